namespace Workspaces.Memory.Rings;

/// <summary>What producers and consumers of one lease wait on; a wait that outlives its lease is told from those of the next one by this object.</summary>
/// <param name="Free">Counts idle slots.</param>
/// <param name="Ready">Counts slots whose turn it is, and the end.</param>
internal sealed record RingSignals(SemaphoreSlim Free, SemaphoreSlim Ready);
