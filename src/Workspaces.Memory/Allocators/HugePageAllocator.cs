using Workspaces.Memory.Arenas;

namespace Workspaces.Memory.Allocators;

/// <summary>
/// Blocks in maps of their own that ask the system for huge pages (2 MiB): a tenth of the page faults, and fewer misses of the translation cache, for
/// large tensors. Where the system has none, plain pages. Thread-safe; a second free throws.
/// </summary>
public sealed class HugePageAllocator : IAllocator, IDisposable
{
    private readonly SegmentHeap _heap;
    private readonly VirtualMemory _system;
    private int _plain;

    /// <summary>Makes an allocator that maps nothing before its first request.</summary>
    /// <param name="segmentBytes">Bytes mapped at once, rounded up to huge pages; larger requests get a map of their own. 1 byte to 64 GiB.</param>
    /// <exception cref="ArgumentOutOfRangeException">The segment is out of range.</exception>
    public HugePageAllocator(long segmentBytes = 32L << 20)
        : this(VirtualMemory.Current, segmentBytes)
    {
    }

    internal HugePageAllocator(VirtualMemory system, long segmentBytes = 32L << 20)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(segmentBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(segmentBytes, 64L << 30);
        _system = system;
        _heap = new SegmentHeap(Name, Whole(segmentBytes), Map);
    }

    /// <inheritdoc/>
    public string Name => "HugePage";

    /// <summary>False once the system has refused the wish for huge pages: later blocks may lie on plain ones.</summary>
    public bool HasHugePages => Volatile.Read(ref _plain) == 0;

    /// <summary>Bytes mapped now.</summary>
    public long MappedBytes => _heap.MappedBytes;

    /// <summary>True when it was disposed and its last block is gone.</summary>
    public bool IsReleased => _heap.IsReleased;

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The allocator was disposed.</exception>
    public Allocation Allocate(long bytes, int alignment = 64, bool zeroed = false) => _heap.Allocate(bytes, alignment, zeroed, this);

    /// <inheritdoc/>
    public void Free(in Allocation allocation)
    {
        AllocatorErrors.ThrowIfForeign(in allocation, this);
        _heap.Free(in allocation);
    }

    /// <summary>Gives maps without blocks back to the system.</summary>
    /// <returns>Bytes given back.</returns>
    public long Trim() => _heap.Trim();

    /// <summary>Refuses further requests. Maps are released as their last blocks are freed.</summary>
    public void Dispose() => _heap.Close();

    private PageSegment Map(long bytes)
    {
        var segment = new PageSegment(_system, Whole(bytes));
        if (!segment.HasHugePages) Volatile.Write(ref _plain, 1);
        return segment;
    }

    private static long Whole(long bytes) => VirtualMemory.RoundUp(bytes, VirtualMemory.HugePageSize);
}
