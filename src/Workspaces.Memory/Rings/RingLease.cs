namespace Workspaces.Memory.Rings;

/// <summary>
/// A published slot in the hands of a consumer, from <see cref="Ring.Take(CancellationToken)"/> to <see cref="Dispose"/>: everything made in the slot can be read
/// meanwhile, and is stale at once afterwards. A value: copies name the same lease, and disposing it again does nothing.
/// </summary>
public readonly struct RingLease : IDisposable
{
    private readonly RingEntry? _entry;
    private readonly long _epoch;
    private readonly long _hold;

    internal RingLease(RingEntry entry, long hold)
    {
        _entry = entry;
        _hold = hold;
        _epoch = entry.Epoch;
        Sequence = entry.Sequence;
        Index = entry.Index;
    }

    /// <summary>Place in the order of the ring, from 0; a gap means that a producer gave a slot back.</summary>
    public long Sequence { get; }

    /// <summary>Number of the slot itself, from 0; it comes again.</summary>
    public int Index { get; }

    /// <summary>True until the lease is disposed.</summary>
    public bool IsAlive => _entry is not null && _entry.Ring.IsLeased(_entry, _epoch, _hold);

    /// <summary>What the producer gave to <see cref="RingSlot.Publish"/>.</summary>
    /// <exception cref="StaleAccessException">The lease was disposed.</exception>
    public object? Item => Checked("read the item of a slot").Item;

    /// <summary>Number of blocks that <see cref="RingSlot.Allocate"/> has handed out in the slot.</summary>
    /// <exception cref="StaleAccessException">The lease was disposed.</exception>
    public int BlockCount => Checked("count the blocks of a slot").BlockCount;

    /// <summary>A block of the slot, in the order of allocation.</summary>
    /// <param name="block">Number from 0.</param>
    /// <returns>The block.</returns>
    /// <exception cref="StaleAccessException">The lease was disposed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such block.</exception>
    public Block BlockAt(int block)
    {
        RingEntry entry = Checked("read a slot");
        if ((uint)block >= (uint)entry.BlockCount)
            throw new ArgumentOutOfRangeException(nameof(block), WorkspaceException.Compose(
                $"read block {block}", $"slot {Sequence} of the ring of workspace '{entry.Ring.Workspace.DisplayName}'",
                $"its producer allocated {entry.BlockCount} blocks", "count with BlockCount"));
        return entry.Blocks[block];
    }

    /// <summary>
    /// Says that another thread is going to dispose the lease. Without it a thread that holds all slots and takes one more is told that it waits for itself.
    /// </summary>
    /// <exception cref="StaleAccessException">The lease was disposed.</exception>
    public void HandOver() => Checked("hand a lease over").Thread = 0;

    /// <summary>Gives the slot back to producers; what was made in it is stale. A second call does nothing.</summary>
    public void Dispose() => _entry?.Ring.Release(_entry, _epoch, _hold);

    private RingEntry Checked(string asked)
    {
        if (_entry is null) RingThrow.DefaultHandle(asked);
        if (!IsAlive) RingThrow.LeaseGone(_entry.Ring, asked, Sequence);
        return _entry;
    }
}
