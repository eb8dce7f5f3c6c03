namespace Workspaces.Memory.Allocators;

/// <summary>
/// Counts what passes through, exactly and under any number of threads, and knows what is live: a second free of the same memory, or
/// one of memory from elsewhere, throws before the upstream can be harmed.
/// </summary>
/// <remarks>
/// A lock and a table of live addresses: about 50 ns a pair, no garbage once the table has grown. Only memory that has been handed out
/// again at the same address meanwhile makes a second free look right, as far as size and alignment agree too.
/// </remarks>
public sealed class StatisticsAllocator : IAllocator
{
    private readonly IAllocator _upstream;
    private readonly Lock _gate = new();
    private readonly Dictionary<nint, (long Bytes, int Alignment)> _live = [];
    private AllocatorStatistics _counts;

    /// <summary>Counts for an upstream.</summary>
    public StatisticsAllocator(IAllocator upstream)
    {
        ArgumentNullException.ThrowIfNull(upstream);
        _upstream = upstream;
        Name = $"Statistics({upstream.Name})";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>All counters at one moment.</summary>
    public AllocatorStatistics Statistics
    {
        get
        {
            lock (_gate)
                return _counts;
        }
    }

    /// <summary>Starts a new peak at what is live now.</summary>
    public void ResetPeak()
    {
        lock (_gate)
            _counts = _counts with { PeakBytes = _counts.LiveBytes };
    }

    /// <inheritdoc/>
    public Allocation Allocate(long bytes, int alignment = 64, bool zeroed = false)
    {
        Allocation taken;
        try
        {
            taken = _upstream.Allocate(bytes, alignment, zeroed);
        }
        catch (AllocationException)
        {
            lock (_gate)
                _counts = _counts with { FailedCount = _counts.FailedCount + 1 };
            throw;
        }
        bool isNew;
        try
        {
            isNew = TryEnter(in taken);
        }
        catch (OutOfMemoryException)
        {
            _upstream.Free(in taken); // no room in the table: nothing was handed out
            throw;
        }
        if (!isNew)
            AllocatorErrors.ThrowHandedOutTwice(in taken, _upstream.Name);
        return taken.OwnedBy(this);
    }

    /// <inheritdoc/>
    public void Free(in Allocation allocation)
    {
        AllocatorErrors.ThrowIfForeign(in allocation, this);
        // Out of the table first: while the upstream frees, the address may be handed out again by another thread, and a second
        // free of it must already fail.
        if (!TryLeave(in allocation))
            AllocatorErrors.ThrowFreedTwice(in allocation, Name);
        bool freed = false;
        try
        {
            _upstream.Free(allocation.OwnedBy(_upstream));
            freed = true;
        }
        finally
        {
            if (!freed)
                Return(in allocation);
        }
    }

    private bool TryEnter(in Allocation taken)
    {
        lock (_gate)
        {
            if (!_live.TryAdd(taken.Address, (taken.Bytes, taken.Alignment)))
                return false;
            long live = _counts.LiveBytes + taken.Bytes;
            _counts = _counts with
            {
                LiveBytes = live,
                LiveCount = _counts.LiveCount + 1,
                PeakBytes = Math.Max(_counts.PeakBytes, live),
                TotalBytes = _counts.TotalBytes + taken.Bytes,
                TotalCount = _counts.TotalCount + 1,
            };
            return true;
        }
    }

    private bool TryLeave(in Allocation allocation)
    {
        lock (_gate)
        {
            if (!_live.TryGetValue(allocation.Address, out (long Bytes, int Alignment) known)
                || known != (allocation.Bytes, allocation.Alignment))
                return false;
            _live.Remove(allocation.Address);
            _counts = _counts with { LiveBytes = _counts.LiveBytes - known.Bytes, LiveCount = _counts.LiveCount - 1 };
            return true;
        }
    }

    // The upstream threw: what it did not take back is still live.
    private void Return(in Allocation allocation)
    {
        lock (_gate)
        {
            _live[allocation.Address] = (allocation.Bytes, allocation.Alignment);
            _counts = _counts with
            {
                LiveBytes = _counts.LiveBytes + allocation.Bytes,
                LiveCount = _counts.LiveCount + 1,
            };
        }
    }
}
