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

    /// <summary>An allocator of somebody else's must give what was asked for: whoever writes to less, or to nowhere, destroys what others keep there.</summary>
    public static void ThrowIfUnusable(in Allocation taken, long bytes, int alignment, IAllocator allocator)
    {
        bool isPlaced = taken.Address % alignment == 0 || allocator is MappedView.Piece; // a file lends its bytes where they lie
        if (isPlaced && taken.Bytes >= bytes && (taken.Address != 0 || bytes == 0)) return;
        if (taken.Address != 0) allocator.Free(in taken);
        throw new WorkspaceException(
            Request(bytes, alignment), allocator.Name, Invariant($"it handed out {taken.Bytes:N0} bytes at address 0x{taken.Address:x}"),
            "repair that allocator: it gives at least the bytes asked for, at a multiple of the alignment, or throws");
    }

    /// <summary>The system, or the collector, has no more memory.</summary>
    public static AllocationException Refused(long bytes, int alignment, string allocator, OutOfMemoryException inner) => new(
        Request(bytes, alignment),
        allocator,
        Invariant($"the system refused; the process uses {Environment.WorkingSet:N0} bytes of memory now"),
        "free memory, lower the batch size, or set MaxSize and a PolicySpill",
        bytes,
        inner);

    /// <summary>What lies below has no more memory; the first message says what for.</summary>
    public static AllocationException RefusedBelow(long bytes, int alignment, string allocator, Exception inner) => new(
        Request(bytes, alignment),
        allocator,
        inner is AllocationException refused ? $"{refused.By} refused: {refused.Numbers}" : inner.Message.TrimEnd('.'),
        inner is AllocationException below ? below.Remedy : "free memory, make room on the disk, or use another allocator",
        bytes,
        inner);

    /// <summary>A native library is not there, or not for this system.</summary>
    public static DllNotFoundException NotLoaded(string library, string allocator, Exception inner) => new(
        WorkspaceException.Compose(
            $"load '{library}'", allocator, inner.Message.ReplaceLineEndings(" ").TrimEnd('.'),
            "install it, give its full path, or use the native allocator"),
        inner);

    /// <summary>A native library lacks a function.</summary>
    public static EntryPointNotFoundException NoSymbol(string symbol, string allocator) => new(
        WorkspaceException.Compose($"find the function '{symbol}'", allocator, "the library does not export it", "name its functions in NativeLibrarySymbols"));

    [DoesNotReturn]
    public static void ThrowRefused(long bytes, int alignment, string allocator, string numbers, string remedy) =>
        throw new AllocationException(Request(bytes, alignment), allocator, numbers, remedy, bytes);

    [DoesNotReturn]
    public static void ThrowDisposed(long bytes, int alignment, string allocator) => throw new ObjectDisposedException(
        allocator,
        WorkspaceException.Compose(
            Request(bytes, alignment), allocator, "it was disposed and takes back only what is live", "allocate before that, or elsewhere"));

    [DoesNotReturn]
    public static void ThrowProbability(double probability, string allocator) => throw new ArgumentOutOfRangeException(
        nameof(probability),
        WorkspaceException.Compose(
            Invariant($"refuse requests with probability {probability}"), allocator, "a probability lies between 0 and 1", "use 0.01 for one in a hundred"));

    [DoesNotReturn]
    public static void ThrowNoFolder(string path, string allocator) => throw new DirectoryNotFoundException(
        WorkspaceException.Compose($"map files as '{path}'", allocator, "the folder does not exist", "create it, or choose another"));

    [DoesNotReturn]
    public static void ThrowLeaked(string allocator, string report) => throw new WorkspaceException(
        "find nothing live", allocator, report, "free them, or dispose what holds them, before this point");

    [DoesNotReturn]
    public static void ThrowDamaged(in Allocation block, string allocator, long at, string what) => throw new WorkspaceException(
        $"find {Describe(in block)} as it was left",
        allocator,
        Invariant($"{what}, at its byte {at:N0}"),
        "look for an index out of range or a pointer kept too long near where the block is used; it was freed properly now if it had to be");

    [DoesNotReturn]
    public static void ThrowNoRegion(string allocator) => throw new WorkspaceException(
        "read the counters of a region", allocator, "no region has been begun, or each was ended already", "call Push once for each Pop");

    [DoesNotReturn]
    public static void ThrowScopeGone(string allocator) => throw new WorkspaceException(
        "use the allocator of this flow", $"the scope of {allocator}", "the scope was disposed, and this flow has outlived it",
        "await the task before the scope ends, or open a scope inside the task");

    [DoesNotReturn]
    public static void ThrowScopeOrder(string allocator, string inner) => throw new WorkspaceException(
        "end an allocator scope", $"the scope of {allocator}", $"the scope of {inner}, opened inside it in this flow, is still open and stays in force",
        "dispose scopes in the reverse order of opening them, best by using declarations");

    [DoesNotReturn]
    public static void ThrowTooDeep(long bytes, string allocator, int depth) => throw new WorkspaceException(
        Invariant($"allocate {bytes:N0} bytes"), allocator, Invariant($"it is inside {depth} requests of its own on this thread"),
        "do not make tensors from inside an allocator in a pass that it serves");

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

    private static string Describe(in Allocation block) => Invariant($"a block of {block.Bytes:N0} bytes at address 0x{block.Address:x}");

    private static string Free(in Allocation allocation) =>
        Invariant($"free {allocation.Bytes:N0} bytes at address 0x{allocation.Address:x}");
}
