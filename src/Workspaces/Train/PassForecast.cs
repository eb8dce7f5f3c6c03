namespace Workspaces.Train;

/// <summary>The memory that one kind of pass will need.</summary>
/// <param name="Name">Which pass, e.g. <c>training, 128 samples</c>.</param>
/// <param name="Requests">Blocks that it asks for.</param>
/// <param name="PlannedBytes">Bytes of the step workspace under a plan, or as its policies serve it without one; kernel scratch included.</param>
/// <param name="ScratchBytes">Most scratch that one of its kernels takes; a part of <paramref name="PlannedBytes"/>.</param>
/// <param name="LowerBoundBytes">Most bytes, scratch included, that are in use at one moment: no plan can need less.</param>
public sealed record PassForecast(string Name, int Requests, long PlannedBytes, long ScratchBytes, long LowerBoundBytes);
