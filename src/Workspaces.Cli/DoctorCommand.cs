using System.CommandLine;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Text.Json.Nodes;
using Workspaces.Kernels.Team;
using Workspaces.Memory;
using Workspaces.Memory.Arenas;
using Workspaces.Diagnostics;
using Workspaces.Ops;

namespace Workspaces.Cli;

/// <summary><c>doctor</c>: what this machine offers, and what keeps Workspaces from being fast or safe on it.</summary>
internal static class DoctorCommand
{
    private const string HugePageFile = "/sys/kernel/mm/transparent_hugepage/enabled";
    private const long LittleMemory = 1L << 30;

    internal static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("doctor", "Examine this machine.") { json };
        command.SetAction(parsed => CommandErrors.Guard(() => Run(parsed.GetValue(json))));
        return command;
    }

    private static int Run(bool json)
    {
        List<string> problems = [];
        string kernel = KernelInfo.Variant, simd = Simd(problems), huge = HugePages(problems);
        long memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (memory < LittleMemory) problems.Add($"only {ByteSize.Round(memory)} of memory are available to this process; give it more, or set MaxSize of each workspace");
        if (!RuntimeFeature.IsDynamicCodeCompiled) problems.Add("code is interpreted or compiled ahead; kernels use the vectors chosen at that time");
        CheckTieredCompilation(problems);
        CheckArena(problems);
        int threads = WorkspaceManager.Default.KernelThreads;
        double roundTrip = ComputeTeams.Resources(WorkspaceManager.Default).Team.MeasureRoundTrip();
        bool isFar = roundTrip >= TeamDistance.FarNanoseconds;
        if (json)
        {
            JsonLine.Print(new JsonObject
            {
                ["simd"] = simd,
                ["kernel"] = kernel,
                ["threads"] = threads,
                ["round_trip_ns"] = JsonLine.Finite(roundTrip),
                ["threads_far"] = double.IsNaN(roundTrip) ? null : isFar,
                ["huge_pages"] = huge,
                ["memory_bytes"] = memory,
                ["problems"] = new JsonArray([.. problems.Select(static text => (JsonNode)text)]),
            });
            return 0;
        }

        Console.Out.WriteLine($"system      {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {RuntimeInformation.FrameworkDescription}");
        Console.Out.WriteLine($"simd        {simd}");
        Console.Out.WriteLine($"kernel      {kernel} (force with {KernelInfo.EnvironmentVariable}=512|256|128|scalar)");
        Console.Out.WriteLine($"threads     {threads}");
        if (threads > 1) Console.Out.WriteLine($"round trip  {Distance(roundTrip, isFar)}");
        Console.Out.WriteLine($"huge pages  {huge}");
        Console.Out.WriteLine($"memory      {ByteSize.Round(memory)}");
        foreach (string problem in problems) Console.Out.WriteLine($"problem     {problem}");
        if (problems.Count == 0) Console.Out.WriteLine("no problems found");
        return 0;
    }

    private static string Distance(double nanoseconds, bool isFar) => double.IsNaN(nanoseconds)
        ? "not measured: another thread did not answer in time"
        : string.Create(CultureInfo.InvariantCulture, $"{nanoseconds:F0} ns from core to core and back; {(isFar ? "far" : "near")}: the limit is {TeamDistance.FarNanoseconds} ns");

    private static string Simd(List<string> problems)
    {
        if (Vector512.IsHardwareAccelerated && Avx512F.IsSupported) return "AVX-512";
        if (Avx2.IsSupported) return Fma.IsSupported ? "AVX2+FMA" : "AVX2";
        if (AdvSimd.IsSupported) return "NEON";
        problems.Add("no vector unit of 256 bits or more; kernels run several times slower");
        return Vector128.IsHardwareAccelerated ? "128-bit" : "none";
    }

    private static string HugePages(List<string> problems)
    {
        if (!OperatingSystem.IsLinux()) return "not used on this system";
        if (!File.Exists(HugePageFile)) return "not offered by this kernel";
        string text = File.ReadAllText(HugePageFile);
        int begin = text.IndexOf('[', StringComparison.Ordinal), end = text.IndexOf(']', StringComparison.Ordinal);
        string mode = begin >= 0 && end > begin ? text[(begin + 1)..end] : text.Trim();
        if (mode == "never")
            problems.Add($"transparent huge pages are off, so first touches of memory are some ten times slower; write 'madvise' to {HugePageFile}");
        return mode;
    }

    private static void CheckTieredCompilation(List<string> problems)
    {
        if (!Tiers.AreOn)
            problems.Add(
                "tiered compilation is off, so every pass and op costs about half as much again; "
                + "take <TieredCompilation>false</TieredCompilation> out of the program's project");
        else if (Tiers.HoldLoops)
            problems.Add(
                "loops are compiled in tiers, so the first seconds are slower; "
                + "set <TieredCompilationQuickJitForLoops>false</TieredCompilationQuickJitForLoops> in the program's project");
    }

    private static void CheckArena(List<string> problems)
    {
        using var arena = new Arena(64L << 30);
        if (arena.CapacityBytes < 64L << 30)
            problems.Add(
                $"only {ByteSize.Round(arena.CapacityBytes)} of address space can be reserved ({arena.LastSystemErrorText}); "
                + "raise the limit of virtual memory (ulimit -v)");
        if (!arena.TryCommit(1 << 20, arena.CapacityBytes, out _))
            problems.Add($"1 MiB of memory could not be committed: {arena.LastSystemErrorText}");
    }
}
