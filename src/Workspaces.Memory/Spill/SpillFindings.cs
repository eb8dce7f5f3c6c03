using Workspaces.Memory.Tracking;
using static System.FormattableString;

namespace Workspaces.Memory.Spill;

/// <summary>What spilling has to say, four parts each.</summary>
internal static class SpillFindings
{
    private const long Kibi = 1024;

    /// <summary>Passes were served, with a part of them outside memory.</summary>
    /// <param name="configuration">The workspace's.</param>
    /// <param name="passes">Passes that spilled.</param>
    /// <param name="requests">Their requests that lay outside.</param>
    /// <param name="bytes">Bytes of those.</param>
    /// <param name="peak">Most of them at once.</param>
    /// <param name="need">Bytes with which nothing would have spilled.</param>
    /// <param name="milliseconds">What the system's calls took.</param>
    internal static Finding SpillsEveryPass(
        WorkspaceConfiguration configuration, long passes, long requests, long bytes, long peak, long need, double milliseconds)
    {
        string name = configuration.Name ?? "(unnamed)";
        bool file = configuration.PolicySpill == SpillPolicy.External;
        string where = file ? $"a temporary file in '{TempFiles.Folder(configuration)}'" : "ordinary memory beside the arena";
        string cost = file ? Invariant($"; taking and giving back its space took {milliseconds:0.0} ms so far") : "";
        string limit = configuration.MaxSize > 0 ? $"MaxSize = {configuration.MaxSize} bytes" : $"DebugMode = {configuration.DebugMode}";
        return new Finding(
            FindingCodes.SpillsEveryPass, FindingSeverity.Information, name,
            $"Served passes with a part of them in {where}, asked by workspace '{name}' with {limit}: {passes} passes spilled {requests} requests of {bytes} bytes in all, "
            + $"{bytes / passes} bytes a pass, {peak} bytes at most at once{cost}. Remedy: {Remedy(configuration, peak, need)}.");
    }

    private static string Remedy(WorkspaceConfiguration configuration, long peak, long need)
    {
        if (configuration.DebugMode == DebugMode.SpillEverything) return "set DebugMode to Disabled";
        long page = Environment.SystemPageSize, enough = need > configuration.MaxSize ? need : configuration.MaxSize + peak;
        long size = (enough + page - 1) / page * page / Kibi; // an arena has whole pages
        string key = configuration.Name is { } name ? $"Workspaces:{name}:MaxSize" : "MaxSize";
        return $"set {key} to {size}KiB, which is enough for all of it, use smaller batches, or keep it so: results are the same, only slower";
    }
}
