namespace Workspaces.Memory.Simulation;

/// <summary>
/// A caching allocator in the manner of the one that PyTorch has for CUDA (its documented behaviour): sizes are rounded up to 512 bytes; requests up to 1 MiB are cut
/// from segments of 2 MiB, larger ones below 10 MiB from segments of 20 MiB, and the rest get a segment of their own in whole 2 MiB. A released block joins its free
/// neighbours in the segment and waits for a request: the smallest one that suffices, the lowest on ties. Segments stay; what they add up to is the peak.
/// </summary>
/// <remarks>Under a cap a request is refused at once: cached segments are not given back first, so that the peak says what a run without a cap would hold.</remarks>
internal sealed class CachingTraceAllocator : ITraceAllocator
{
    internal const long LeastRounding = 512, SmallSize = 1L << 20, SmallSegment = 2L << 20, LargeSegment = 20L << 20, OwnSegmentFrom = 10L << 20;
    private const int None = -1;

    private readonly SortedSet<(long Size, long Offset, int Chunk)> _small = [], _large = [];
    private readonly List<Chunk> _chunks = [];
    private readonly Stack<int> _spare = new();
    private readonly int[] _chunkOf;
    private readonly long _rounding;
    private readonly long _segmentRounding;
    private readonly long _cap;

    /// <summary>Makes the allocator.</summary>
    /// <param name="schedule">The calls to come.</param>
    /// <param name="cap">Most bytes of all segments.</param>
    public CachingTraceAllocator(TraceSchedule schedule, long cap = long.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        _cap = cap;
        _chunkOf = new int[schedule.SlotCount];
        _rounding = Math.Max(LeastRounding, schedule.Problem.Alignment);
        _segmentRounding = Math.Max(SmallSegment, schedule.Problem.Alignment);
    }

    private struct Chunk
    {
        internal long Offset;
        internal long Size;

        /// <summary>Neighbours in the segment.</summary>
        internal int Previous;
        internal int Next;
        internal bool IsSmall;
        internal bool IsFree;
    }

    /// <inheritdoc/>
    public string Name => TraceAllocators.Caching;

    /// <inheritdoc/>
    public bool HasOffsets => true;

    /// <inheritdoc/>
    public long PeakBytes { get; private set; }

    /// <inheritdoc/>
    public void Begin()
    {
        _small.Clear();
        _large.Clear();
        _chunks.Clear();
        _spare.Clear();
        PeakBytes = 0;
    }

    /// <inheritdoc/>
    public long Allocate(int request, int slot, long bytes)
    {
        if (!TryRound(bytes, _rounding, out long size)) return ITraceAllocator.Refused;
        bool small = size <= SmallSize;
        int chunk = TakeFree(small ? _small : _large, size);
        if (chunk == None) chunk = NewSegment(size, small);
        if (chunk == None) return ITraceAllocator.Refused;
        Split(chunk, size);
        _chunkOf[slot] = chunk;
        return _chunks[chunk].Offset;
    }

    /// <inheritdoc/>
    public void Free(int slot)
    {
        int at = _chunkOf[slot];
        Chunk chunk = _chunks[at];
        SortedSet<(long, long, int)> pool = chunk.IsSmall ? _small : _large;
        if (chunk.Previous != None && _chunks[chunk.Previous].IsFree)
        {
            Chunk previous = _chunks[chunk.Previous];
            pool.Remove((previous.Size, previous.Offset, chunk.Previous));
            _spare.Push(chunk.Previous);
            (chunk.Offset, chunk.Size, chunk.Previous) = (previous.Offset, chunk.Size + previous.Size, previous.Previous);
            if (chunk.Previous != None) _chunks[chunk.Previous] = _chunks[chunk.Previous] with { Next = at };
        }

        if (chunk.Next != None && _chunks[chunk.Next].IsFree)
        {
            Chunk next = _chunks[chunk.Next];
            pool.Remove((next.Size, next.Offset, chunk.Next));
            _spare.Push(chunk.Next);
            (chunk.Size, chunk.Next) = (chunk.Size + next.Size, next.Next);
            if (chunk.Next != None) _chunks[chunk.Next] = _chunks[chunk.Next] with { Previous = at };
        }

        chunk.IsFree = true;
        _chunks[at] = chunk;
        pool.Add((chunk.Size, chunk.Offset, at));
    }

    /// <summary>Holds nothing.</summary>
    public void Dispose()
    {
    }

    private int TakeFree(SortedSet<(long Size, long Offset, int Chunk)> pool, long size)
    {
        foreach ((long Size, long Offset, int Chunk) free in pool.GetViewBetween((size, long.MinValue, None), (long.MaxValue, long.MaxValue, int.MaxValue)))
        {
            pool.Remove(free);
            _chunks[free.Chunk] = _chunks[free.Chunk] with { IsFree = false };
            return free.Chunk;
        }

        return None;
    }

    private int NewSegment(long size, bool small)
    {
        if (!TryRound(small ? SmallSegment : size < OwnSegmentFrom ? LargeSegment : size, _segmentRounding, out long segment)) return None;
        if (segment > _cap - PeakBytes) return None;
        int chunk = New(new Chunk { Offset = PeakBytes, Size = segment, Previous = None, Next = None, IsSmall = small });
        PeakBytes += segment;
        return chunk;
    }

    /// <summary>What a request leaves of a block waits for others: of small blocks any rest, of large ones what is more than a small request.</summary>
    private void Split(int at, long size)
    {
        Chunk chunk = _chunks[at];
        long rest = chunk.Size - size;
        if (rest == 0 || (!chunk.IsSmall && rest <= SmallSize)) return;
        int behind = New(new Chunk { Offset = chunk.Offset + size, Size = rest, Previous = at, Next = chunk.Next, IsSmall = chunk.IsSmall, IsFree = true });
        if (chunk.Next != None) _chunks[chunk.Next] = _chunks[chunk.Next] with { Previous = behind };
        _chunks[at] = chunk with { Size = size, Next = behind };
        (chunk.IsSmall ? _small : _large).Add((rest, chunk.Offset + size, behind));
    }

    private int New(Chunk chunk)
    {
        if (_spare.TryPop(out int known))
        {
            _chunks[known] = chunk;
            return known;
        }

        _chunks.Add(chunk);
        return _chunks.Count - 1;
    }

    private static bool TryRound(long bytes, long step, out long rounded)
    {
        rounded = bytes > long.MaxValue - step ? 0 : (bytes + step - 1) & -step;
        return rounded > 0;
    }
}
