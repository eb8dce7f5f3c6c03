namespace Workspaces.Memory.Simulation;

/// <summary>One event of a <see cref="TraceSchedule"/>: a request, or the release of what it got.</summary>
/// <param name="Request">Number of the request in order of time, from 0; a release names that of its request.</param>
/// <param name="Slot">A number that no other live request has; small, because slots are used again after the release.</param>
/// <param name="Bytes">Bytes asked for, in whole alignments; 0 for a release.</param>
public readonly record struct TraceEvent(int Request, int Slot, long Bytes);
