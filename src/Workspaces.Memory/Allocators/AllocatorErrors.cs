using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Workspaces.Memory.Arenas;
using static System.FormattableString;

namespace Workspaces.Memory.Allocators;

/// <summary>The errors of allocators, out of the way of the code that runs often.</summary>
internal static class AllocatorErrors
{
    /// <summary>The checks of arguments that all sources share.</summary>
    public static void ThrowIfInvalid(long bytes, int alignment, string allocator)
    {
        if (bytes < 0)
            ThrowSize(bytes, allocator);
        if (alignment > Allocation.MaxAlignment || !BitOperations.IsPow2(alignment))
            ThrowAlignment(bytes, alignment, allocator);
    }

    /// <summary>Memory goes back to the allocator that handed it out.</summary>
    public static void ThrowIfForeign(in Allocation allocation, IAllocator allocator)
    {
        if (!ReferenceEquals(allocation.Owner, allocator))
            ThrowForeign(in allocation, allocator.Name);
    }

    /// <summary>The system, or the collector, has no more memory.</summary>
    public static AllocationException Refused(long bytes, int alignment, string allocator, OutOfMemoryException inner) => new(
        Request(bytes, alignment),
        allocator,
        Invariant($"the system refused; the process uses {Environment.WorkingSet:N0} bytes of memory now"),
        "free memory, lower the batch size, or set MaxSize and a PolicySpill",
        bytes,
        inner);

    [DoesNotReturn]
    public static void ThrowTooLarge(long bytes, int alignment, string allocator, long most, string remedy) =>
        throw new AllocationException(
            Request(bytes, alignment), allocator, Invariant($"one block may have up to {most:N0} bytes"), remedy, bytes);

    [DoesNotReturn]
    public static void ThrowFreedTwice(in Allocation allocation, string allocator) => throw new WorkspaceException(
        Free(in allocation),
        allocator,
        "it is not live: it was freed before, or its size or alignment is another",
        "free every block once");

    [DoesNotReturn]
    public static void ThrowNotHandedOut(in Allocation allocation, string allocator) => throw new WorkspaceException(
        Free(in allocation), allocator, "it was not made here, or its State was changed", "pass on what Allocate returned, unchanged");

    [DoesNotReturn]
    public static void ThrowHandedOutTwice(in Allocation allocation, string upstream) => throw new WorkspaceException(
        Request(allocation.Bytes, allocation.Alignment),
        upstream,
        Invariant($"it handed out address 0x{allocation.Address:x}, which is live already"),
        "repair that allocator: live memory must not overlap");

    [DoesNotReturn]
    public static void ThrowSpanTooLong(long bytes, IAllocator? owner) => throw new WorkspaceException(
        Invariant($"make a span of {bytes:N0} bytes"),
        owner?.Name ?? "a default Allocation",
        Invariant($"a span has up to {int.MaxValue:N0} bytes"),
        "take slices from its Address");

    [DoesNotReturn]
    public static void ThrowNotLive(int node, int liveCount) => throw new WorkspaceException(
        "free a block",
        "the best-fit allocator of an arena",
        Invariant($"node {node} is not that of a live block; {liveCount:N0} blocks are live"),
        "free each block once, at the arena that it came from");

    [DoesNotReturn]
    public static void ThrowStart(long start) => throw new ArgumentOutOfRangeException(
        nameof(start),
        WorkspaceException.Compose(
            Invariant($"start a region at byte {start:N0}"),
            "the best-fit allocator of an arena",
            Invariant($"an arena has bytes 0 to {Arena.MaxReserveBytes:N0}"),
            "start inside it"));

    [DoesNotReturn]
    private static void ThrowSize(long bytes, string allocator) => throw new ArgumentOutOfRangeException(
        nameof(bytes),
        WorkspaceException.Compose(
            Invariant($"allocate {bytes:N0} bytes"), allocator, "a size is 0 or more", "check the shape for an overflow"));

    [DoesNotReturn]
    private static void ThrowAlignment(long bytes, int alignment, string allocator) => throw new ArgumentOutOfRangeException(
        nameof(alignment),
        WorkspaceException.Compose(
            Request(bytes, alignment),
            allocator,
            Invariant($"an alignment is a power of two from 1 to {Allocation.MaxAlignment:N0}"),
            "use 64, a cache line and the widest vector"));

    [DoesNotReturn]
    private static void ThrowForeign(in Allocation allocation, string allocator) => throw new WorkspaceException(
        Free(in allocation),
        allocator,
        $"its owner is {allocation.Owner?.Name ?? "nobody (the default value)"}, another allocator",
        "free it with allocation.Owner.Free(allocation)");

    private static string Request(long bytes, int alignment) => Invariant($"allocate {bytes:N0} bytes aligned to {alignment:N0}");

    private static string Free(in Allocation allocation) =>
        Invariant($"free {allocation.Bytes:N0} bytes at address 0x{allocation.Address:x}");
}
