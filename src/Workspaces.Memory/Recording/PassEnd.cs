using Workspaces.Memory.Replay;

namespace Workspaces.Memory.Recording;

/// <summary>How a pass ran, for those who record it.</summary>
/// <param name="Plan">The plan that it ran on, or that was made of it on shapes alone.</param>
/// <param name="Deviations">Requests that the plan could not serve.</param>
/// <param name="Outside">Requests that were served outside the arena.</param>
/// <param name="IsShapesOnly">True for a pass without bytes.</param>
internal readonly record struct PassEnd(ReplayPlan? Plan, long Deviations, long Outside, bool IsShapesOnly);
