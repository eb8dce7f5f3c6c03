namespace Workspaces.Memory.Telemetry;

/// <summary>A plan that passes run on from now on.</summary>
/// <param name="Workspace">Name of the workspace, <c>(unnamed)</c> without one.</param>
/// <param name="Reason">Why it was made.</param>
/// <param name="Requests">Requests that it has places for.</param>
/// <param name="PeakBytes">Bytes that it needs.</param>
/// <param name="LowerBoundBytes">Most bytes live at one moment: no plan can need fewer.</param>
/// <param name="PlansMade">Plans made for this name so far, this one included.</param>
/// <param name="Planner">What found it.</param>
/// <param name="Begin">When planning began, in universal time.</param>
/// <param name="Duration">How long it took.</param>
public sealed record PlanReport(
    string Workspace, PlanReason Reason, int Requests, long PeakBytes, long LowerBoundBytes, long PlansMade, string Planner, DateTimeOffset Begin, TimeSpan Duration);
