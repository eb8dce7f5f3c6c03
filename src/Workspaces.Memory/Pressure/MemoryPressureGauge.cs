using System.Buffers.Text;
using System.Text;

namespace Workspaces.Memory.Pressure;

/// <summary>
/// How full memory is: of the control groups that this process is in, each with its own limit (version 2: <c>memory.max</c> and <c>memory.high</c>;
/// version 1: <c>memory.limit_in_bytes</c>), and of the machine (<c>/proc/meminfo</c>). Files cached by the system count as free, as far as it can drop
/// them at once. Read without garbage; the files are found once.
/// </summary>
internal sealed class MemoryPressureGauge : IDisposable
{
    private const int MostBytes = 8 << 10;
    private const long KiB = 1024;

    /// <summary>Version 1 writes "no limit" as the largest multiple of a page.</summary>
    private const long NoLimit = 1L << 60;

    private readonly List<Level> _levels = [];
    private readonly IControlFile? _machine;
    private readonly byte[] _buffer = new byte[MostBytes];

    /// <summary>Finds the files.</summary>
    internal MemoryPressureGauge(IControlFiles files)
    {
        _machine = files.Open("/proc/meminfo");
        string mounts = ReadText(files, "/proc/self/mountinfo");
        foreach (string line in ReadText(files, "/proc/self/cgroup").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line.Split(':', 3); // number : controllers : path
            if (parts.Length < 3) continue;
            if (parts[1].Length == 0) AddLevels(files, MountOf(mounts, " - cgroup2 ", "", "/sys/fs/cgroup"), parts[2], isFirstVersion: false);
            else if (parts[1].Split(',').Contains("memory")) AddLevels(files, MountOf(mounts, " - cgroup ", "memory", "/sys/fs/cgroup/memory"), parts[2], isFirstVersion: true);
        }
    }

    /// <summary>Groups with a memory controller that were found.</summary>
    internal int Levels => _levels.Count;

    /// <summary>The largest part in use, over all groups and the machine: 0 for empty, 1 for full. 0 where the system tells nothing.</summary>
    internal double Read()
    {
        double highest = Machine();
        foreach (Level level in _levels) highest = Math.Max(highest, Part(level));
        return highest;
    }

    /// <summary>Bytes that this process can still have: the least that a group or the machine has left. <see cref="long.MaxValue"/> where the system tells nothing.</summary>
    internal long Room()
    {
        long room = MachineRoom();
        foreach (Level level in _levels) room = Math.Min(room, RoomOf(level));
        return Math.Max(room, 0);
    }

    public void Dispose()
    {
        _machine?.Dispose();
        foreach (Level level in _levels) level.Dispose();
        _levels.Clear();
    }

    private static string ReadText(IControlFiles files, string path)
    {
        using IControlFile? file = files.Open(path);
        if (file is null) return "";
        byte[] buffer = new byte[64 << 10];
        return Encoding.UTF8.GetString(buffer, 0, file.Read(buffer));
    }

    /// <summary>Where a kind of group is mounted, and which group is seen there as the root.</summary>
    private static (string Folder, string Root) MountOf(string mounts, string kind, string option, string usual)
    {
        foreach (string line in mounts.Split('\n'))
        {
            int at = line.IndexOf(kind, StringComparison.Ordinal);
            if (at < 0 || !line[(line.LastIndexOf(' ') + 1)..].Split(',').Contains(option == "" ? "rw" : option)) continue;
            string[] fields = line[..at].Split(' '); // number, parent, device, root, mount point, …
            if (fields.Length > 4) return (fields[4], fields[3]);
        }

        return (usual, "/");
    }

    private void AddLevels(IControlFiles files, (string Folder, string Root) mount, string path, bool isFirstVersion)
    {
        if (mount.Root != "/" && path.StartsWith(mount.Root, StringComparison.Ordinal)) path = path[mount.Root.Length..];
        if (path.Contains("..", StringComparison.Ordinal)) path = "/"; // the group lies outside of what this container sees
        path = path.TrimEnd('/');
        while (true)
        {
            if (Level.Open(files, mount.Folder + path, isFirstVersion) is { } level) _levels.Add(level);
            if (path.Length == 0) return;
            path = path[..Math.Max(path.LastIndexOf('/'), 0)];
        }
    }

    private double Machine()
    {
        if (_machine is null) return 0;
        ReadOnlySpan<byte> text = Text(_machine);
        long total = Figure(text, "MemTotal:"u8), available = Figure(text, "MemAvailable:"u8);
        return total > 0 && available >= 0 ? 1 - ((double)available / total) : 0;
    }

    private long MachineRoom() => _machine is not null && Figure(Text(_machine), "MemAvailable:"u8) is >= 0 and var available ? available * KiB : long.MaxValue;

    private double Part(Level level) => UseOf(level) is (var used, < NoLimit and var limit) ? (double)used / Math.Max(limit, 1) : 0;

    private long RoomOf(Level level) => UseOf(level) is (var used, < NoLimit and var limit) ? limit - used : long.MaxValue;

    /// <summary>What a group uses, without what the system can drop, and its limit; no limit when it says nothing useful.</summary>
    private (long Used, long Limit) UseOf(Level level)
    {
        long limit = Math.Min(Limit(level.Max), Limit(level.High));
        if (limit >= NoLimit || Figure(Text(level.Current), default) is not (>= 0 and var used)) return (0, NoLimit);
        long droppable = level.Statistics is { } statistics ? Figure(Text(statistics), level.DroppableKey) : 0;
        return (Math.Max(used - Math.Max(droppable, 0), 0), limit);
    }

    private long Limit(IControlFile? file) => file is null || Figure(Text(file), default) is not (>= 0 and var bytes) ? long.MaxValue : bytes;

    private ReadOnlySpan<byte> Text(IControlFile file) => _buffer.AsSpan(0, file.Read(_buffer));

    /// <summary>The number after a key at the start of a line, or at the start of the text for an empty key; -1 when there is none ("max").</summary>
    private static long Figure(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key)
    {
        while (!text.StartsWith(key))
        {
            int end = text.IndexOf((byte)'\n');
            if (end < 0) return -1;
            text = text[(end + 1)..];
        }

        return Utf8Parser.TryParse(text[key.Length..].TrimStart((byte)' '), out long value, out _) ? value : -1;
    }

    private sealed class Level(IControlFile current, IControlFile? max, IControlFile? high, IControlFile? statistics, byte[] droppableKey) : IDisposable
    {
        internal IControlFile Current => current;

        internal IControlFile? Max => max;

        internal IControlFile? High => high;

        internal IControlFile? Statistics => statistics;

        internal byte[] DroppableKey => droppableKey;

        internal static Level? Open(IControlFiles files, string folder, bool isFirstVersion)
        {
            if (files.Open($"{folder}/{(isFirstVersion ? "memory.usage_in_bytes" : "memory.current")}") is not { } current) return null;
            return new Level(
                current,
                files.Open($"{folder}/{(isFirstVersion ? "memory.limit_in_bytes" : "memory.max")}"),
                isFirstVersion ? null : files.Open($"{folder}/memory.high"),
                files.Open($"{folder}/memory.stat"),
                isFirstVersion ? "total_inactive_file "u8.ToArray() : "inactive_file "u8.ToArray());
        }

        public void Dispose()
        {
            current.Dispose();
            max?.Dispose();
            high?.Dispose();
            statistics?.Dispose();
        }
    }
}
