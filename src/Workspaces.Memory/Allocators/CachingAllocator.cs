using System.Numerics;
using System.Runtime.InteropServices;

namespace Workspaces.Memory.Allocators;

/// <summary>
/// Keeps freed blocks by size class and hands them out again without asking the upstream, up to a cap. Classes are multiples of 64 bytes up to 512, then
/// four to each doubling, so at most a quarter is wasted. When the upstream refuses, the cache is emptied and the request tried once more.
/// </summary>
/// <remarks>Thread-safe. A pair costs two looks into tables, and no garbage once these have grown. A second free throws.</remarks>
public sealed unsafe class CachingAllocator : WrapperAllocator
{
    private const long SmallBytes = 512;
    private readonly object _gate = new();
    private readonly Dictionary<(long Bytes, int Alignment), Stack<Allocation>> _free = [];
    private readonly LiveBlocks<Allocation> _live = new();
    private long _cached;
    private long _hits;
    private long _misses;

    /// <summary>Puts a cache in front of an upstream.</summary>
    /// <param name="upstream">Serves what the cache cannot.</param>
    /// <param name="maxCachedBytes">Most bytes kept; what is freed beyond them goes to the upstream at once.</param>
    /// <param name="leaveOpen">False to dispose the upstream with this wrapper.</param>
    /// <exception cref="ArgumentOutOfRangeException">The cap is negative.</exception>
    public CachingAllocator(IAllocator upstream, long maxCachedBytes = 256L << 20, bool leaveOpen = true)
        : base(upstream, "Caching", leaveOpen)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxCachedBytes);
        MaxCachedBytes = maxCachedBytes;
    }

    /// <summary>Most bytes kept.</summary>
    public long MaxCachedBytes { get; }

    /// <summary>Bytes kept now, in whole classes; never above the cap.</summary>
    public long CachedBytes => Interlocked.Read(ref _cached);

    /// <summary>Requests served from the cache.</summary>
    public long HitCount => Interlocked.Read(ref _hits);

    /// <summary>Requests that went to the upstream.</summary>
    public long MissCount => Interlocked.Read(ref _misses);

    /// <summary>Gives kept blocks back to the upstream, the largest first.</summary>
    /// <param name="keepBytes">Stop when no more than this is kept.</param>
    /// <returns>Bytes given back.</returns>
    public long Trim(long keepBytes = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(keepBytes);
        List<Allocation> freed = [];
        long bytes = 0;
        lock (_gate)
        {
            foreach (((long Bytes, int Alignment) key, Stack<Allocation> blocks) in _free.OrderByDescending(static one => one.Key.Bytes))
            {
                while (_cached > keepBytes && blocks.TryPop(out Allocation block))
                {
                    _cached -= key.Bytes;
                    bytes += key.Bytes;
                    freed.Add(block);
                }
            }
        }

        var failures = default(Failures);
        foreach (Allocation block in freed)
        {
            try
            {
                Upstream.Free(in block);
            }
            catch (Exception failure)
            {
                failures.Add(failure);
            }
        }

        failures.ThrowIfAny();
        return bytes;
    }

    /// <inheritdoc/>
    protected override Allocation Take(long bytes, int alignment, bool zeroed)
    {
        (long Bytes, int Alignment) key = (ClassOf(bytes), Math.Max(alignment, Granule.Bytes));
        bool hit = TryTakeCached(key, out Allocation taken);
        if (hit)
        {
            Interlocked.Increment(ref _hits);
            if (zeroed) NativeMemory.Clear((void*)taken.Address, (nuint)bytes);
        }
        else
        {
            Interlocked.Increment(ref _misses);
            taken = TakeUpstream(key, bytes, alignment, zeroed);
        }

        var block = new Allocation(taken.Address, bytes, alignment, zeroed, this, taken.State);
        _live.Enter(in block, taken, in taken, Upstream);
        return block;
    }

    /// <inheritdoc/>
    protected override void GiveBack(in Allocation allocation)
    {
        Allocation taken = _live.Leave(in allocation, Name);
        if (TryKeep(in taken)) return;
        bool freed = false;
        try
        {
            Upstream.Free(in taken);
            freed = true;
        }
        finally
        {
            if (!freed) _live.Return(in allocation, taken);
        }
    }

    /// <inheritdoc/>
    protected override void OnDispose() => Trim();

    private Allocation TakeUpstream((long Bytes, int Alignment) key, long bytes, int alignment, bool zeroed)
    {
        try
        {
            return Upstream.Allocate(key.Bytes, key.Alignment, zeroed);
        }
        catch (AllocationException refused)
        {
            if (Trim() == 0) throw AllocatorErrors.RefusedBelow(bytes, alignment, Name, refused);
        }

        try
        {
            return Upstream.Allocate(key.Bytes, key.Alignment, zeroed);
        }
        catch (AllocationException refused)
        {
            throw AllocatorErrors.RefusedBelow(bytes, alignment, Name, refused);
        }
    }

    private bool TryTakeCached((long Bytes, int Alignment) key, out Allocation block)
    {
        lock (_gate)
        {
            block = default;
            if (!_free.TryGetValue(key, out Stack<Allocation>? blocks) || !blocks.TryPop(out block)) return false;
            _cached -= key.Bytes;
            return true;
        }
    }

    private bool TryKeep(in Allocation block)
    {
        lock (_gate)
        {
            if (IsDisposed || block.Bytes > MaxCachedBytes - _cached) return false;
            if (!_free.TryGetValue((block.Bytes, block.Alignment), out Stack<Allocation>? blocks))
                _free[(block.Bytes, block.Alignment)] = blocks = new Stack<Allocation>();
            blocks.Push(block);
            _cached += block.Bytes;
            return true;
        }
    }

    /// <summary>The size that a request is served with; what can never be kept is not rounded.</summary>
    private long ClassOf(long bytes)
    {
        if (bytes > MaxCachedBytes) return bytes;
        long size = Granule.RoundUp(Math.Max(bytes, 1));
        if (size <= SmallBytes) return size;
        int step = 61 - BitOperations.LeadingZeroCount((ulong)(size - 1)); // a quarter of the power of two below the size
        return (size + (1L << step) - 1) & -(1L << step);
    }
}
