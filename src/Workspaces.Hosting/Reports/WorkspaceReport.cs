using Workspaces.Memory;
using Workspaces.Memory.Recording;

namespace Workspaces.Hosting.Reports;

/// <summary>The memory picture of a workspace of a program, as one HTML file.</summary>
/// <remarks>
/// With a <see cref="PassRecording"/> of the workspace's manager the picture has shapes, layers, places in the code and all kinds of passes:
/// <code>
/// using PassRecording recording = workspace.Manager.RecordPasses();
/// …                                                   // some passes
/// WorkspaceReport.Write(workspace, "memory.html", recording);
/// </code>
/// Without one it shows the last complete pass, as far as its trace knows it.
/// </remarks>
public static class WorkspaceReport
{
    /// <summary>Gathers what there is to show.</summary>
    /// <param name="workspace">The workspace; its lease may be open or not.</param>
    /// <param name="recording">Passes that were recorded; those of other workspaces are left out. Null for the last pass alone.</param>
    /// <returns>The report.</returns>
    /// <exception cref="WorkspaceException">No pass of the workspace has ended yet, or none was recorded.</exception>
    public static RunReport Of(Workspace workspace, PassRecording? recording = null)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        string name = workspace.Name ?? "(unnamed)";
        RecordedPass[] passes = recording is not null ? [.. recording.Passes.Where(pass => pass.Workspace == name)]
            : workspace.LastTrace is { } trace ? [RecordedPass.Of(name, trace)] : [];
        if (passes.Length == 0)
            throw new WorkspaceException(
                "draw the memory of a workspace", $"workspace '{name}'", recording is null ? "0 passes have ended" : "0 of its passes were recorded",
                "run a pass before, and begin recording before it");
        return new RunReport
        {
            Title = $"Workspace {name}",
            Subtitle = $"{workspace.State}, {workspace.PassCount} passes, {workspace.Deviations} deviations, {ByteSize.Round(workspace.PeakBytes)} at most in use",
            Passes = passes,
            Runs = recording is null ? [] : [.. recording.Runs.Where(run => run.Workspace == name)],
            Memory = workspace.Memory,
            Persistent = ReportRecorder.PersistentOf(workspace.Manager),
            Findings = workspace.Manager.Findings,
        };
    }

    /// <summary>Writes the picture.</summary>
    /// <param name="workspace">The workspace; its lease may be open or not.</param>
    /// <param name="path">The HTML file to make or replace.</param>
    /// <param name="recording">Passes that were recorded; null for the last pass alone.</param>
    /// <exception cref="WorkspaceException">No pass of the workspace has ended yet, or none was recorded, or none asked for bytes.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(Workspace workspace, string path, PassRecording? recording = null) => Of(workspace, recording).Write(path);
}
