using System.Runtime.InteropServices;

namespace Workspaces.Memory.Allocators;

/// <summary>
/// Blocks cut out of mapped segments, best fit, in granules of 64 bytes. A large request gets a segment of its own. A segment without blocks is released,
/// but for one of the usual size. After <see cref="Close"/> segments go as their last blocks do.
/// </summary>
/// <param name="name">The allocator's name, for messages.</param>
/// <param name="segmentBytes">Usual length of a segment.</param>
/// <param name="map">Makes a segment of so many bytes.</param>
internal sealed unsafe class SegmentHeap(string name, long segmentBytes, Func<long, MemorySegment> map)
{
    private const long MostBytes = 64L << 30;
    private readonly object _gate = new();
    private readonly List<MemorySegment> _segments = [];
    private readonly Dictionary<nint, Part> _live = [];
    private long _mapped;
    private bool _closed;

    /// <summary>Bytes of all segments.</summary>
    internal long MappedBytes
    {
        get
        {
            lock (_gate) return _mapped;
        }
    }

    /// <summary>True when it is closed and its last block is gone: nothing is mapped any more.</summary>
    internal bool IsReleased
    {
        get
        {
            lock (_gate) return _closed && _segments.Count == 0;
        }
    }

    internal Allocation Allocate(long bytes, int alignment, bool zeroed, IAllocator owner)
    {
        AllocatorErrors.ThrowIfInvalid(bytes, alignment, name);
        if (bytes > MostBytes) AllocatorErrors.ThrowTooLarge(bytes, alignment, name, MostBytes, "use the native allocator for larger blocks");
        long size = Granule.RoundUp(Math.Max(bytes, 1)) + Math.Max(0, alignment - Granule.Bytes); // segments and parts are aligned to 64 already
        nint address;
        lock (_gate)
        {
            if (_closed) AllocatorErrors.ThrowDisposed(bytes, alignment, name);
            address = Place(bytes, size, alignment);
        }

        if (zeroed) NativeMemory.Clear((void*)address, (nuint)bytes);
        return new Allocation(address, bytes, alignment, zeroed, owner);
    }

    internal void Free(in Allocation allocation)
    {
        bool known;
        MemorySegment? unused = null;
        lock (_gate)
        {
            known = _live.TryGetValue(allocation.Address, out Part part) && (part.Bytes, part.Alignment) == (allocation.Bytes, allocation.Alignment);
            if (known)
            {
                _live.Remove(allocation.Address);
                part.Segment.Parts.Free(part.Node);
                if (part.Segment.Parts.LiveCount == 0 && (_closed || part.Segment.Bytes != segmentBytes || HasOtherEmpty(part.Segment))) unused = Drop(part.Segment);
            }
        }

        if (!known) AllocatorErrors.ThrowFreedTwice(in allocation, name);
        unused?.Dispose();
    }

    /// <summary>Releases segments without blocks; returns their bytes.</summary>
    internal long Trim()
    {
        List<MemorySegment> unused;
        long bytes = 0;
        lock (_gate)
        {
            unused = _segments.FindAll(static segment => segment.Parts.LiveCount == 0);
            foreach (MemorySegment segment in unused) bytes += Drop(segment).Bytes;
        }

        foreach (MemorySegment segment in unused) segment.Dispose();
        return bytes;
    }

    /// <summary>No more requests; what is live stays until it is freed.</summary>
    internal void Close()
    {
        lock (_gate) _closed = true;
        Trim();
    }

    private nint Place(long bytes, long size, int alignment)
    {
        foreach (MemorySegment segment in _segments)
        {
            if (segment.Parts.TryAllocate(size, segment.Bytes, out long offset, out int node)) return Enter(segment, offset, node, bytes, alignment);
        }

        MemorySegment added = MapSegment(bytes, size, alignment);
        _segments.Add(added);
        _mapped += added.Bytes;
        added.Parts.TryAllocate(size, added.Bytes, out long first, out int firstNode);
        return Enter(added, first, firstNode, bytes, alignment);
    }

    private nint Enter(MemorySegment segment, long offset, int node, long bytes, int alignment)
    {
        nint address = (segment.Address + (nint)offset + (alignment - 1)) & -alignment;
        _live.Add(address, new Part(segment, node, bytes, alignment));
        return address;
    }

    private MemorySegment MapSegment(long bytes, long size, int alignment)
    {
        try
        {
            return map(Math.Max(segmentBytes, size));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or OutOfMemoryException)
        {
            throw AllocatorErrors.RefusedBelow(bytes, alignment, name, refused);
        }
    }

    private bool HasOtherEmpty(MemorySegment but)
    {
        foreach (MemorySegment segment in _segments)
        {
            if (!ReferenceEquals(segment, but) && segment.Bytes == segmentBytes && segment.Parts.LiveCount == 0) return true;
        }

        return false;
    }

    private MemorySegment Drop(MemorySegment segment)
    {
        _segments.Remove(segment);
        _mapped -= segment.Bytes;
        return segment;
    }

    private readonly record struct Part(MemorySegment Segment, int Node, long Bytes, int Alignment);
}
