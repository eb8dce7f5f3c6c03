namespace Workspaces.Memory.Replay;

/// <summary>The plans of one name at a moment.</summary>
/// <param name="Plans">Plans kept.</param>
/// <param name="PlansMade">Plans made so far.</param>
/// <param name="PeakBytes">What the largest needs.</param>
/// <param name="LowerBoundBytes">The lower bound of that one.</param>
internal readonly record struct PlanCensus(int Plans, long PlansMade, long PeakBytes, long LowerBoundBytes);
