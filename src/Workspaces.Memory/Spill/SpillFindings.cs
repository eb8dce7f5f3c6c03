using Workspaces.Memory.Tracking;
using static System.FormattableString;

namespace Workspaces.Memory.Spill;

/// <summary>What spilling has to say, four parts each.</summary>
internal static class SpillFindings
{
    internal static Finding SpillsEveryPass(
        WorkspaceConfiguration configuration, long passes, long requests, long bytes, long peak, double milliseconds)
    {
        string name = configuration.Name ?? "(unnamed)";
        bool file = configuration.PolicySpill == SpillPolicy.External;
        string where = file ? $"in a temporary file in '{TempFiles.Folder(configuration)}'" : "in ordinary memory";
        string cost = file ? Invariant($"; taking and giving back its space took {milliseconds:0.0} ms so far") : "";
        return new Finding(
            FindingCodes.SpillsEveryPass, FindingSeverity.Information, name, WorkspaceException.Compose(
                $"serve passes with MaxSize = {configuration.MaxSize} bytes", $"workspace '{name}'",
                $"{passes} passes spilled {requests} requests of {bytes} bytes in all, {bytes / passes} bytes a pass, {peak} bytes at most, {where}{cost}",
                $"raise Workspaces:{name}:MaxSize by {peak} bytes, use smaller batches, or keep it so: results are the same, only slower"));
    }
}
