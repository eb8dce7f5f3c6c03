namespace Workspaces.Memory.Telemetry;

/// <summary>A pass that has ended, as the memory core saw it.</summary>
/// <param name="Configuration">The configuration of its workspace, with its name.</param>
/// <param name="Pass">Number of the pass in its workspace, from 1.</param>
/// <param name="Result">How it was served.</param>
/// <param name="Requests">Requests for memory that it made.</param>
/// <param name="Deviations">Requests that its plan, or <c>InitialSize</c> without plans, did not cover.</param>
/// <param name="DeviationBytes">Bytes of those, in whole granules of 64.</param>
/// <param name="SpilledRequests">Requests that <c>PolicySpill</c> served outside the arena.</param>
/// <param name="SpilledBytes">Bytes of those, in whole granules of 64.</param>
public readonly record struct PassReport(
    WorkspaceConfiguration Configuration, long Pass, PassResult Result, int Requests, long Deviations, long DeviationBytes, long SpilledRequests, long SpilledBytes)
{
    /// <summary>Name of the workspace, <c>(unnamed)</c> without one.</summary>
    public string Workspace => Configuration.Name ?? "(unnamed)";
}
