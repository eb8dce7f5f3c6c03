using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Runtime.Intrinsics.X86;
using System.Text.Json.Nodes;

namespace Workspaces.Cli.Bench;

/// <summary>Runs a peer's script once, in the strongest set-up known for it.</summary>
/// <remarks>
/// A shell may preset slow kernels of OpenBLAS, and on a processor that it does not know it takes its oldest, a fifth as fast; both would flatter us: its variables are
/// removed, and the kernels of the instructions that there are named. glibc gives freed memory back to the system, and each first
/// touch of a page then costs as much as a small kernel: an allocator that keeps its memory is put in its place. libgomp's usual spinning fights with
/// OpenBLAS's own threads: it is cut short.
/// </remarks>
internal static class PeerProcess
{
    private const int LongestMilliseconds = 300_000;
    private static readonly string[] LibraryFolders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/lib"];

    /// <summary>The first interpreter that has the framework, or null.</summary>
    internal static string? Interpreter(Peer peer)
    {
        foreach (string program in peer.Interpreters.Distinct())
        {
            if (Run(program, [peer.Script.EndsWith(".js", StringComparison.Ordinal) ? "-e" : "-c", peer.Probe], threads: 1) is { Code: 0 }) return program;
        }

        return null;
    }

    /// <summary>Milliseconds of a step, or NaN; and what is wrong with them, or the reason why there are none.</summary>
    internal static (double Milliseconds, string? Problem) Measure(PeerSetup setup, int threads)
    {
        if (Run(setup, threads) is not { } run) return (double.NaN, "it did not start, or ran for more than five minutes");
        if (LastObject(run.Output) is not { } json) return (double.NaN, LastLine(run.Errors));
        string? warning = json["warning"]?.ToString();
        if (json["ms"] is { } ms) return (ms.GetValue<double>(), warning);
        if (json["us"] is { } us) return (us.GetValue<double>() / 1000, warning);
        return (double.NaN, LastLine(json["error"]?.ToString() ?? ""));
    }

    /// <summary>Blocks that a step takes and the most bytes of them at once, beyond weights and the optimizer's state; null where the script does not tell.</summary>
    internal static (long Blocks, long PeakBytes)? MemoryOf(PeerSetup setup, int threads)
    {
        if (Run(setup, threads, "--memory") is not { Code: 0 } run || LastObject(run.Output) is not { } json) return null;
        return json["allocations"] is { } blocks && json["peak_bytes"] is { } peak ? (blocks.GetValue<long>(), peak.GetValue<long>()) : null;
    }

    private static (int Code, string Output, string Errors)? Run(PeerSetup setup, int threads, params string[] more)
    {
        string mode = Allocator() is null ? "keepmem" : "jemalloc";
        string[] extra = setup.Script.EndsWith(".js", StringComparison.Ordinal) ? [] : ["--mode", mode];
        return Run(setup.Program, [setup.Script, .. setup.Arguments, "--threads", threads.ToString(CultureInfo.InvariantCulture), .. extra, .. more], threads);
    }

    private static JsonNode? LastObject(string output) =>
        output.Split('\n').LastOrDefault(static line => line.StartsWith('{')) is { } line ? JsonNode.Parse(line) : null;

    private static (int Code, string Output, string Errors)? Run(string program, string[] arguments, int threads)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        SetEnvironment(start.Environment, threads);
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
            if (process.WaitForExit(LongestMilliseconds)) return (process.ExitCode, output.GetAwaiter().GetResult(), errors.GetAwaiter().GetResult());
            process.Kill(entireProcessTree: true);
            return null;
        }
        catch (Win32Exception)
        {
            return null; // no such program
        }
    }

    private static void SetEnvironment(IDictionary<string, string?> environment, int threads)
    {
        foreach (string key in environment.Keys.Where(static key => key.StartsWith("OPENBLAS_", StringComparison.Ordinal)).ToArray()) environment.Remove(key);
        if (Avx512F.IsSupported) environment["OPENBLAS_CORETYPE"] = "SkylakeX";
        else if (Avx2.IsSupported) environment["OPENBLAS_CORETYPE"] = "Haswell";
        string count = threads.ToString(CultureInfo.InvariantCulture);
        environment["OMP_NUM_THREADS"] = environment["OPENBLAS_NUM_THREADS"] = count;
        if (Avx512F.IsSupported) environment["ATEN_CPU_CAPABILITY"] = "avx512";
        if (threads > 1) environment["GOMP_SPINCOUNT"] = "2000";
        if (Allocator() is { } allocator)
        {
            environment["LD_PRELOAD"] = allocator;
            environment["MALLOC_CONF"] = "background_thread:false,dirty_decay_ms:-1,muzzy_decay_ms:-1,thp:always";
        }
        else
        {
            environment["MALLOC_MMAP_THRESHOLD_"] = "33554432";
            environment["MALLOC_TRIM_THRESHOLD_"] = "4294967296";
            environment["MALLOC_TOP_PAD_"] = "67108864";
        }

        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsWindows()) return;
        using Process own = Process.GetCurrentProcess();
        var cores = (ulong)own.ProcessorAffinity;
        if (BitOperations.PopCount(cores) == 1) environment["PEER_PIN"] = BitOperations.TrailingZeroCount(cores).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>jemalloc, where it is installed.</summary>
    private static string? Allocator() => LibraryFolders.Select(static folder => Path.Combine(folder, "libjemalloc.so.2")).FirstOrDefault(File.Exists);

    /// <summary>What went wrong, without the folders of this machine.</summary>
    private static string LastLine(string text)
    {
        string line = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "it printed nothing";
        return string.Join(' ', line.Split(' ').Select(static word => word.Contains('/', StringComparison.Ordinal) ? "…" : word));
    }
}
