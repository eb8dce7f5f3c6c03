namespace Workspaces.Memory.Simulation;

/// <summary>
/// Online first fit: a block takes the low end of the first hole in order of address that suffices, and the arena grows only when there is none.
/// Released neighbours are joined at once; a hole that touches the top gives its bytes back to the space above.
/// </summary>
internal sealed class FirstFitTraceAllocator : ITraceAllocator
{
    private const int None = FirstFitTree.None;

    private readonly FirstFitTree _holes = new();
    private readonly int[] _chunkOf;
    private readonly long _cap;
    private FirstFitChunk[] _chunks = new FirstFitChunk[64];
    private int _used;   // chunks ever taken in this replay
    private int _spare;  // chunks not in use, linked by Next
    private int _last;   // the chunk that ends at the top; always live
    private long _top;

    /// <summary>Makes the allocator.</summary>
    /// <param name="schedule">The calls to come.</param>
    /// <param name="cap">The highest live byte lies below this.</param>
    public FirstFitTraceAllocator(TraceSchedule schedule, long cap = long.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        _cap = cap;
        _chunkOf = new int[schedule.SlotCount];
        Begin();
    }

    /// <inheritdoc/>
    public string Name => TraceAllocators.FirstFit;

    /// <inheritdoc/>
    public bool HasOffsets => true;

    /// <inheritdoc/>
    public long PeakBytes { get; private set; }

    /// <inheritdoc/>
    public void Begin()
    {
        _holes.Clear();
        _used = 0;
        _spare = _last = None;
        PeakBytes = _top = 0;
    }

    /// <inheritdoc/>
    public long Allocate(int request, int slot, long bytes)
    {
        int hole = _holes.FindFirst(_chunks, bytes);
        if (hole == None && bytes > _cap - _top) return ITraceAllocator.Refused;
        int chunk = hole == None ? Grow(bytes) : Take(hole, bytes);
        _chunkOf[slot] = chunk;
        return _chunks[chunk].Offset;
    }

    /// <inheritdoc/>
    public void Free(int slot)
    {
        int chunk = _chunkOf[slot], previous = _chunks[chunk].Previous, next = _chunks[chunk].Next;
        bool joinsPrevious = previous != None && _chunks[previous].IsHole, joinsNext = next != None && _chunks[next].IsHole;
        if (next == None)
        {
            Lower(chunk, joinsPrevious);
            return;
        }

        if (joinsPrevious)
        {
            if (joinsNext)
            {
                _holes.Remove(_chunks, next);
                Absorb(chunk, next);
            }

            Absorb(previous, chunk);
            _holes.Refresh(_chunks, previous);
        }
        else if (joinsNext)
        {
            // The hole grows downwards and keeps its place in the tree.
            _chunks[next].Offset = _chunks[chunk].Offset;
            _chunks[next].Size += _chunks[chunk].Size;
            Unlink(chunk);
            _holes.Refresh(_chunks, next);
        }
        else
        {
            _chunks[chunk].IsHole = true;
            _holes.Add(_chunks, chunk);
        }
    }

    /// <summary>Holds nothing.</summary>
    public void Dispose()
    {
    }

    /// <summary>A live chunk from the low end of a hole; what is left of the hole stays in the tree.</summary>
    private int Take(int hole, long bytes)
    {
        if (_chunks[hole].Size == bytes)
        {
            _holes.Remove(_chunks, hole);
            _chunks[hole].IsHole = false;
            return hole;
        }

        int chunk = New(_chunks[hole].Offset, bytes), previous = _chunks[hole].Previous;
        _chunks[hole].Offset += bytes;
        _chunks[hole].Size -= bytes;
        _holes.Refresh(_chunks, hole);
        Link(previous, chunk);
        Link(chunk, hole);
        return chunk;
    }

    private int Grow(long bytes)
    {
        int chunk = New(_top, bytes);
        Link(_last, chunk);
        _last = chunk;
        _top += bytes;
        PeakBytes = Math.Max(PeakBytes, _top);
        return chunk;
    }

    /// <summary>The last chunk is released: it, and a hole below it, lie above the new top.</summary>
    private void Lower(int chunk, bool withPrevious)
    {
        int lowest = withPrevious ? _chunks[chunk].Previous : chunk;
        if (withPrevious)
        {
            _holes.Remove(_chunks, lowest);
            Recycle(chunk);
        }

        _top = _chunks[lowest].Offset;
        _last = _chunks[lowest].Previous;
        if (_last != None) _chunks[_last].Next = None;
        Recycle(lowest);
    }

    private void Absorb(int into, int next)
    {
        _chunks[into].Size += _chunks[next].Size;
        Unlink(next);
    }

    private void Unlink(int chunk)
    {
        int previous = _chunks[chunk].Previous, next = _chunks[chunk].Next;
        if (previous != None) _chunks[previous].Next = next;
        if (next != None) _chunks[next].Previous = previous;
        Recycle(chunk);
    }

    private void Link(int left, int right)
    {
        if (left != None) _chunks[left].Next = right;
        _chunks[right].Previous = left;
    }

    private int New(long offset, long bytes)
    {
        int chunk = _spare;
        if (chunk != None)
        {
            _spare = _chunks[chunk].Next;
        }
        else
        {
            if (_used == _chunks.Length) Array.Resize(ref _chunks, checked(2 * _used));
            chunk = _used++;
        }

        _chunks[chunk] = new FirstFitChunk { Offset = offset, Size = bytes, Previous = None, Next = None };
        return chunk;
    }

    private void Recycle(int chunk)
    {
        _chunks[chunk].Next = _spare;
        _spare = chunk;
    }
}
