using System.Runtime.CompilerServices;
using Workspaces.Memory.Arenas;

namespace Workspaces.Memory.Allocators;

/// <summary>
/// Online best fit with coalescing over the offsets of one arena, in granules of 64 bytes. It deals in numbers only: the caller commits
/// and touches [0, <see cref="Top"/>) itself.
/// <code>
/// start                                   Top            PeakTop
///   | live | free | live | free |  live    |  wilderness   |  fresh: never handed out
/// </code>
/// The hole taken is the smallest that suffices, the lowest on ties; only when there is none does <see cref="Top"/> rise. A hole that
/// comes to touch <see cref="Top"/> joins the wilderness: the next block that needs growth starts at its lowest byte.
/// </summary>
/// <remarks>
/// The holes are a treap (Seidel and Aragon, 1996) ordered by size, then offset; all chunks are a list in address order, so neighbours
/// are found in O(1). Allocate and free cost O(log holes) expected; priorities come from a counter, so equal calls give equal layouts.
/// Nodes are structs in one array, linked by index: no managed garbage once it has grown. Not thread-safe.
/// </remarks>
internal sealed class BestFitAllocator
{
    /// <summary>Node of an empty block, which needs no free.</summary>
    public const int NoNode = -1;

    private const long Unit = Granule.Bytes; // a long, so that products with the 32-bit numbers of a chunk do not wrap

    // One granule less than the arena, so that a size in granules fits 32 bits.
    private const long MaxBlockBytes = Arena.MaxReserveBytes - Unit;
    private const long MaxGranules = Arena.MaxReserveBytes / Unit;

    private readonly HoleTree _holes = new();
    private Chunk[] _chunks;
    private int _used;      // nodes ever taken since Reset
    private int _spare;     // recycled nodes, linked by Next
    private int _last;      // the chunk that ends at Top; always live
    private long _start;
    private long _top;
    private long _peakTop;
    private long _live;

    /// <summary>Makes an allocator that starts at offset 0.</summary>
    /// <param name="capacity">Chunks, live and free, before the arrays grow.</param>
    public BestFitAllocator(int capacity = 64)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        _chunks = new Chunk[Math.Max(capacity, 4)];
        Reset(0);
    }

    /// <summary>Bytes handed out and not freed, rounded up to granules.</summary>
    public long LiveBytes => _live * Unit;

    /// <summary>Blocks handed out and not freed; empty ones are not counted.</summary>
    public int LiveCount { get; private set; }

    /// <summary>The first byte of the region, as given to <see cref="Reset"/>, rounded up to a granule.</summary>
    public long Start => _start * Unit;

    /// <summary>One past the highest live byte.</summary>
    public long Top => _top * Unit;

    /// <summary>The highest <see cref="Top"/> since <see cref="Reset"/>: bytes at and above it were never handed out.</summary>
    public long PeakTop => _peakTop * Unit;

    /// <summary>Bytes from <see cref="Start"/> to <see cref="PeakTop"/> that are not live.</summary>
    public long UnreferencedBytes => (_peakTop - _start - _live) * Unit;

    /// <summary>Free chunks below <see cref="Top"/>.</summary>
    public int HoleCount => _holes.Count;

    /// <summary>Managed bytes of the arrays, for the books.</summary>
    public long BookkeepingBytes => (long)_chunks.Length * Unsafe.SizeOf<Chunk>();

    /// <summary>Gives out a block.</summary>
    /// <param name="bytes">Size, rounded up to 64; 0 gives an empty block at <see cref="Top"/> with <see cref="NoNode"/>.</param>
    /// <param name="limitBytes"><see cref="Top"/> never rises above this offset, counted from 0.</param>
    /// <param name="offset">First byte, a multiple of 64.</param>
    /// <param name="node">What <see cref="Free"/> takes.</param>
    /// <param name="freshOnly">Take only bytes never handed out since <see cref="Reset"/>: for threads that do not own the pass.</param>
    /// <returns>False when no hole suffices and the limit forbids growth; then nothing has changed.</returns>
    public bool TryAllocate(long bytes, long limitBytes, out long offset, out int node, bool freshOnly = false)
    {
        node = NoNode;
        if (bytes <= 0)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(bytes);
            offset = Top;
            return true;
        }
        offset = 0;
        long limit = Math.Min(limitBytes / Unit, MaxGranules);
        if (bytes > MaxBlockBytes)
            return false;
        uint size = (uint)(Granule.RoundUp(bytes) / Unit);
        int hole = freshOnly ? NoNode : _holes.FindBest(_chunks, size);
        if (hole == NoNode)
        {
            long at = freshOnly ? _peakTop : _top;
            if (at > limit - size)
                return false;
            node = Grow(at, size);
        }
        else
        {
            node = Take(hole, size);
        }
        _live += size;
        LiveCount++;
        offset = _chunks[node].Offset * Unit;
        return true;
    }

    /// <summary>Takes a block back and joins it with its free neighbours.</summary>
    /// <exception cref="WorkspaceException">The node is not that of a live block: freed twice, or never handed out.</exception>
    public void Free(int node)
    {
        if (node == NoNode)
            return;
        if ((uint)node >= (uint)_used || _chunks[node].State != ChunkState.Live)
            AllocatorErrors.ThrowNotLive(node, LiveCount);
        _live -= _chunks[node].Size;
        LiveCount--;
        int previous = _chunks[node].Previous;
        if (previous != NoNode && _chunks[previous].State == ChunkState.Hole)
        {
            _holes.Remove(_chunks, previous);
            Absorb(previous, node);
            node = previous;
        }
        int next = _chunks[node].Next;
        if (next == NoNode)
        {
            Lower(node);
            return;
        }
        if (_chunks[next].State == ChunkState.Hole)
        {
            _holes.Remove(_chunks, next);
            Absorb(node, next);
        }
        _chunks[node].State = ChunkState.Hole;
        _holes.Add(_chunks, node);
    }

    /// <summary>Size of a live block in bytes, rounded up to granules.</summary>
    public long SizeOf(int node) => node == NoNode ? 0 : _chunks[node].Size * Unit;

    /// <summary>Drops every block and starts again at <paramref name="start"/>, rounded up to a granule. O(1); the arrays stay.</summary>
    public void Reset(long start)
    {
        if (start is < 0 or > Arena.MaxReserveBytes)
            AllocatorErrors.ThrowStart(start);
        _start = _top = _peakTop = Granule.RoundUp(start) / Unit;
        _used = 0;
        _spare = _last = NoNode;
        _live = 0;
        LiveCount = 0;
        _holes.Clear();
    }

    /// <summary>Grows the arrays so that this many chunks, live and free, make no garbage.</summary>
    public void EnsureCapacity(int chunks)
    {
        if (chunks > _chunks.Length)
            Array.Resize(ref _chunks, chunks);
    }

    /// <summary>Walks all chunks below <see cref="Top"/> in address order, for tests and memory pictures; -1 starts and ends.</summary>
    internal int Before(int node, out long offset, out long bytes, out bool live)
    {
        int chunk = node == NoNode ? _last : _chunks[node].Previous;
        offset = bytes = 0;
        live = false;
        if (chunk != NoNode)
        {
            offset = _chunks[chunk].Offset * Unit;
            bytes = _chunks[chunk].Size * Unit;
            live = _chunks[chunk].State == ChunkState.Live;
        }
        return chunk;
    }

    private int Take(int hole, uint size)
    {
        _holes.Remove(_chunks, hole);
        _chunks[hole].State = ChunkState.Live;
        uint rest = _chunks[hole].Size - size;
        if (rest == 0)
            return hole;

        int remainder = NewChunk(_chunks[hole].Offset + size, rest);
        _chunks[hole].Size = size;
        int next = _chunks[hole].Next; // never none: a hole does not touch Top
        Link(hole, remainder);
        Link(remainder, next);
        _chunks[remainder].State = ChunkState.Hole;
        _holes.Add(_chunks, remainder);
        return hole;
    }

    private int Grow(long at, uint size)
    {
        if (at > _top)
        {
            int gap = NewChunk((uint)_top, (uint)(at - _top));
            Append(gap);
            _chunks[gap].State = ChunkState.Hole;
            _holes.Add(_chunks, gap);
        }
        int node = NewChunk((uint)at, size);
        Append(node);
        _chunks[node].State = ChunkState.Live;
        _top = at + size;
        _peakTop = Math.Max(_peakTop, _top);
        return node;
    }

    // The last chunk, free now, becomes wilderness. Its predecessor is live, else it would have been absorbed.
    private void Lower(int node)
    {
        _top = _chunks[node].Offset;
        _last = _chunks[node].Previous;
        if (_last != NoNode)
            _chunks[_last].Next = NoNode;
        Recycle(node);
    }

    private void Absorb(int into, int next)
    {
        _chunks[into].Size += _chunks[next].Size;
        int after = _chunks[next].Next;
        _chunks[into].Next = after;
        if (after != NoNode)
            _chunks[after].Previous = into;
        else
            _last = into;
        Recycle(next);
    }

    private void Append(int node)
    {
        if (_last != NoNode)
            Link(_last, node);
        _last = node;
    }

    private void Link(int left, int right)
    {
        _chunks[left].Next = right;
        _chunks[right].Previous = left;
    }

    private int NewChunk(uint offset, uint size)
    {
        int node = _spare;
        if (node != NoNode)
            _spare = _chunks[node].Next;
        else
            node = NextUnused();
        _chunks[node] = new Chunk { Offset = offset, Size = size, Previous = NoNode, Next = NoNode };
        return node;
    }

    private int NextUnused()
    {
        if (_used == _chunks.Length)
            Array.Resize(ref _chunks, checked(_used * 2));
        return _used++;
    }

    private void Recycle(int node)
    {
        _chunks[node].State = ChunkState.Spare;
        _chunks[node].Next = _spare;
        _spare = node;
    }
}
