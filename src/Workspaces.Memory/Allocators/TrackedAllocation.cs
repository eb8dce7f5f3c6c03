namespace Workspaces.Memory.Allocators;

/// <summary>One live block of a <see cref="TrackingAllocator"/>.</summary>
/// <param name="Number">Counts the requests of that allocator from 1.</param>
/// <param name="Address">First byte.</param>
/// <param name="Bytes">Size asked for.</param>
/// <param name="Alignment">Alignment asked for.</param>
/// <param name="Tag">The tag in force in the flow that asked, or null.</param>
/// <param name="Site">The frames that asked, outermost last, one a line; null when sites are not captured.</param>
public readonly record struct TrackedAllocation(long Number, nint Address, long Bytes, int Alignment, string? Tag, string? Site);
