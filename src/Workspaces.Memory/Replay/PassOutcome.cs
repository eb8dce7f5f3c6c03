namespace Workspaces.Memory.Replay;

/// <summary>How a pass ran.</summary>
/// <param name="Plan">The plan that it ran on, or null.</param>
/// <param name="IsLent">True when that is the plan of another signature.</param>
/// <param name="Spills">Requests that the plan could not serve.</param>
/// <param name="IsWhole">False when the pass stopped before the end of the plan.</param>
internal readonly record struct PassOutcome(ReplayPlan? Plan, bool IsLent = false, long Spills = 0, bool IsWhole = true);
