namespace Workspaces.Diagnostics;

/// <summary>A cache, or the memory behind all of them.</summary>
/// <param name="Name">L1, L2, L3 or memory.</param>
/// <param name="SizeBytes">What fits in; <see cref="long.MaxValue"/> for memory.</param>
/// <param name="BytesPerSecond">Bytes read and written in a second, measured with a working set that fits.</param>
public readonly record struct MemoryLevel(string Name, long SizeBytes, double BytesPerSecond);
