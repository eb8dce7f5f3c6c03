namespace Workspaces.Memory.Allocators;

/// <summary>
/// Counts what passes through, exactly and under any number of threads, and knows what is live: a second free of the same memory, or
/// one of memory from elsewhere, throws before the upstream can be harmed.
/// </summary>
/// <remarks>
/// A lock and a table of live addresses: about 50 ns a pair, no garbage once the table has grown. Only memory that has been handed out
/// again at the same address meanwhile makes a second free look right, as far as size and alignment agree too.
/// </remarks>
public sealed class StatisticsAllocator : WrapperAllocator
{
    private readonly object _gate = new();
    private readonly Stack<Region> _regions = new();
    private readonly Dictionary<nint, (long Bytes, int Alignment)> _live = [];
    private AllocatorStatistics _counts;

    /// <summary>Counts for an upstream.</summary>
    /// <param name="upstream">Serves the requests.</param>
    /// <param name="leaveOpen">False to dispose the upstream with this wrapper.</param>
    public StatisticsAllocator(IAllocator upstream, bool leaveOpen = true)
        : base(upstream, "Statistics", leaveOpen)
    {
    }

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

    /// <summary>Regions begun with <see cref="Push"/> and not ended.</summary>
    public int RegionCount
    {
        get
        {
            lock (_gate) return _regions.Count;
        }
    }

    /// <summary>Begins a region: its counters start at zero now. Regions nest; the counters of the whole go on. Regions are the allocator's, not the flow's.</summary>
    public void Push()
    {
        lock (_gate) _regions.Push(new Region(_counts, _counts.LiveBytes));
    }

    /// <summary>The counters of the innermost region so far; see <see cref="Pop"/>.</summary>
    /// <exception cref="WorkspaceException">No region has been begun.</exception>
    public AllocatorStatistics Peek()
    {
        lock (_gate)
        {
            if (_regions.TryPeek(out Region region)) return Since(in region);
        }

        AllocatorErrors.ThrowNoRegion(Name);
        return default;
    }

    /// <summary>
    /// Ends the innermost region. Live bytes and count are differences, so they are negative when the region freed more than it took; the peak is
    /// counted from what was live when it began.
    /// </summary>
    /// <returns>The counters of the region.</returns>
    /// <exception cref="WorkspaceException">No region has been begun.</exception>
    public AllocatorStatistics Pop()
    {
        lock (_gate)
        {
            if (_regions.TryPop(out Region region))
            {
                if (_regions.TryPop(out Region outer)) _regions.Push(outer with { PeakBytes = Math.Max(outer.PeakBytes, region.PeakBytes) });
                return Since(in region);
            }
        }

        AllocatorErrors.ThrowNoRegion(Name);
        return default;
    }

    /// <inheritdoc/>
    protected override Allocation Take(long bytes, int alignment, bool zeroed)
    {
        Allocation taken;
        try
        {
            taken = Upstream.Allocate(bytes, alignment, zeroed);
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
            Upstream.Free(in taken); // no room in the table: nothing was handed out
            throw;
        }
        if (!isNew)
            AllocatorErrors.ThrowHandedOutTwice(in taken, Upstream.Name);
        return taken.OwnedBy(this);
    }

    /// <inheritdoc/>
    protected override void GiveBack(in Allocation allocation)
    {
        // Out of the table first: while the upstream frees, the address may be handed out again by another thread, and a second
        // free of it must already fail.
        if (!TryLeave(in allocation))
            AllocatorErrors.ThrowFreedTwice(in allocation, Name);
        bool freed = false;
        try
        {
            Upstream.Free(allocation.OwnedBy(Upstream));
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
            if (_regions.TryPeek(out Region region) && live > region.PeakBytes)
            {
                _regions.Pop();
                _regions.Push(region with { PeakBytes = live });
            }

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

    private AllocatorStatistics Since(in Region region) => new()
    {
        LiveBytes = _counts.LiveBytes - region.Start.LiveBytes,
        LiveCount = _counts.LiveCount - region.Start.LiveCount,
        PeakBytes = region.PeakBytes - region.Start.LiveBytes,
        TotalBytes = _counts.TotalBytes - region.Start.TotalBytes,
        TotalCount = _counts.TotalCount - region.Start.TotalCount,
        FailedCount = _counts.FailedCount - region.Start.FailedCount,
    };

    /// <summary>Where a region began, and the most bytes of the whole that were live in it.</summary>
    private readonly record struct Region(AllocatorStatistics Start, long PeakBytes);
}
