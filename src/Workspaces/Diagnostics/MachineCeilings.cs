using System.Globalization;
using Workspaces.Kernels.Ceilings;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Diagnostics;

/// <summary>
/// What this machine can do at most, measured here and now: multiply-adds in registers, and bytes from each level of memory. With the work of a pass
/// (see <see cref="WorkMeter"/>) it gives the least time that the pass could take, its roofline (Williams, Waterman and Patterson 2009).
/// </summary>
public sealed class MachineCeilings
{
    private const long MostRead = 512L << 20;
    private const string CacheFolder = "/sys/devices/system/cpu/cpu0/cache";

    /// <summary>Sizes where the system does not tell them: those of small present-day cores.</summary>
    private static readonly (string Name, long Bytes)[] UsualCaches = [("L1", 32 << 10), ("L2", 512 << 10), ("L3", 8 << 20)];

    private MachineCeilings(int threads, IReadOnlyList<(string Variant, double PerSecond)> multiplyAdds, IReadOnlyList<MemoryLevel> levels)
    {
        Threads = threads;
        MultiplyAdds = multiplyAdds;
        Levels = levels;
    }

    /// <summary>Threads that were measured together.</summary>
    public int Threads { get; }

    /// <summary>f32 multiply-adds in a second on all threads, for each vector width of this machine, the width in use first.</summary>
    public IReadOnlyList<(string Variant, double PerSecond)> MultiplyAdds { get; }

    /// <summary>The levels of memory, nearest first.</summary>
    public IReadOnlyList<MemoryLevel> Levels { get; }

    /// <summary>Measures; takes some 14 times as long as asked for each loop.</summary>
    /// <param name="threads">Threads that work together.</param>
    /// <param name="seconds">Time for each loop, above 0.</param>
    /// <returns>The ceilings.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is not above 0, or the number of threads not from 1 to 1024.</exception>
    public static MachineCeilings Measure(int threads = 1, double seconds = 0.1)
    {
        ThrowIfNotAboveZero(seconds);
        using var team = new KernelTeam(threads);
        KernelVariant[] variants = [.. Enum.GetValues<KernelVariant>()
            .Where(static variant => variant != KernelVariant.Automatic && KernelSelection.IsAvailable(variant))
            .OrderByDescending(static variant => variant == KernelSelection.Best).ThenByDescending(static variant => (int)variant)];
        List<MemoryLevel> levels = [];
        long last = 0;
        foreach ((string name, long bytes) in Caches())
        {
            levels.Add(new MemoryLevel(name, bytes, CeilingTimer.Bytes(team, Math.Max(last + (last / 2), bytes / 2), seconds)));
            last = bytes;
        }

        levels.Add(new MemoryLevel("memory", long.MaxValue, CeilingTimer.Bytes(team, Math.Clamp(4 * last, 64L << 20, MostRead) / threads, seconds)));
        return new MachineCeilings(threads, [.. variants.Select(variant => (variant.ToString(), CeilingTimer.MultiplyAdds(team, variant, seconds)))], levels);
    }

    /// <summary>
    /// Measures how fast a working set of a given size is summed again and again: the ceiling of an op that reads each byte of it once. A cache that is almost
    /// full, or shared with others, is slower than <see cref="Levels"/> says, where each cache is measured half full.
    /// </summary>
    /// <param name="bytes">Bytes of all threads together, above 0; they are taken while it measures, but 512 MiB at most, far more than most caches hold.</param>
    /// <param name="threads">Threads that read, each a part.</param>
    /// <param name="seconds">Time for the loop, above 0.</param>
    /// <returns>Bytes read in a second.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Bytes or time are not above 0, or the number of threads not from 1 to 1024.</exception>
    public static double MeasureReading(long bytes, int threads = 1, double seconds = 0.1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        ThrowIfNotAboveZero(seconds);
        using var team = new KernelTeam(threads);
        return CeilingTimer.BytesRead(team, Math.Min(bytes, MostRead) / threads, seconds);
    }

    /// <summary>The nearest level that holds so many bytes.</summary>
    /// <param name="bytes">A working set.</param>
    /// <returns>The level.</returns>
    public MemoryLevel LevelOf(long bytes)
    {
        foreach (MemoryLevel level in Levels)
        {
            if (bytes <= level.SizeBytes) return level;
        }

        return Levels[^1];
    }

    /// <summary>The least time for some work: that of its multiply-adds or of its bytes, whichever is longer, because both can go on at once.</summary>
    /// <param name="work">The work.</param>
    /// <returns>Seconds of arithmetic, of memory, and the longer of both.</returns>
    public (double Arithmetic, double Memory, double Floor) Least(in OpWork work)
    {
        double arithmetic = work.MultiplyAdds / MultiplyAdds[0].PerSecond, memory = work.Bytes / LevelOf(work.Bytes / Threads).BytesPerSecond;
        return (arithmetic, memory, Math.Max(arithmetic, memory));
    }

    private static void ThrowIfNotAboveZero(double seconds)
    {
        if (!(seconds > 0)) throw new ArgumentOutOfRangeException(nameof(seconds), seconds, "MachineCeilings: a loop is measured for a time above 0 seconds.");
    }

    /// <summary>Data caches of the first core, as Linux tells them.</summary>
    private static IEnumerable<(string Name, long Bytes)> Caches()
    {
        List<(string, long)> caches = [];
        for (int i = 0; Directory.Exists($"{CacheFolder}/index{i}"); i++)
        {
            string folder = $"{CacheFolder}/index{i}", size = Text($"{folder}/size");
            if (Text($"{folder}/type") != "Instruction" && long.TryParse(size.TrimEnd('K'), NumberStyles.None, CultureInfo.InvariantCulture, out long kilobytes))
                caches.Add(($"L{Text($"{folder}/level")}", kilobytes << 10));
        }

        return caches.Count == 0 ? UsualCaches : caches;
    }

    private static string Text(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : "";
}
