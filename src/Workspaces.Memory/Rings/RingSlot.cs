using Workspaces.Memory.Passes;

namespace Workspaces.Memory.Rings;

/// <summary>
/// A slot in the hands of a producer, from <see cref="Ring.Acquire"/> to <see cref="Publish"/>. A value: copies name the same life of the slot. Disposing it
/// unpublished gives it back, and consumers never see it; disposing it afterwards does nothing.
/// </summary>
public readonly struct RingSlot : IDisposable
{
    private readonly RingEntry? _entry;
    private readonly long _epoch;

    internal RingSlot(RingEntry entry)
    {
        _entry = entry;
        _epoch = entry.Epoch;
        Sequence = entry.Sequence;
        Index = entry.Index;
    }

    /// <summary>Place in the order of the ring, from 0: consumers take slots in the order in which they were acquired.</summary>
    public long Sequence { get; }

    /// <summary>Number of the slot itself, from 0; it comes again, so it can index what is kept for each slot.</summary>
    public int Index { get; }

    /// <summary>True until the slot is published, failed or given back.</summary>
    public bool IsOpen => _entry is { State: RingSlotState.Filling, Ring.IsOpen: true } && _entry.Epoch == _epoch;

    /// <summary>The slot's memory, for ops that name their frame.</summary>
    internal Frame Frame => Checked("fill a slot").Batch!;

    /// <summary>Hands out a block of the slot; the consumer finds it under its number in <see cref="RingLease.BlockAt"/>.</summary>
    /// <param name="bytes">Bytes wanted; 0 gives an empty block.</param>
    /// <param name="zeroed">True to have them set to zero.</param>
    /// <param name="purpose">What the block is for, shown in messages.</param>
    /// <returns>The block; it lives until the consumer disposes the lease.</returns>
    /// <exception cref="StaleAccessException">The slot was published or given back.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    public Block Allocate(long bytes, bool zeroed = false, string? purpose = null)
    {
        RingEntry entry = Checked("allocate in a slot");
        BlockHeader header = entry.Batch!.Allocate(HeaderFactory.Plain, new BlockRequest(bytes, zeroed, RequestTag.Of(purpose), purpose), ownOps: 0);
        var block = new Block(header, header.Birth);
        if (!IsOpen)
        {
            block.Dispose(); // another thread gave the slot away meanwhile
            Checked("allocate in a slot");
        }

        entry.Add(block);
        return block;
    }

    /// <summary>Makes the slot ambient in this flow: tensors made until the returned pass is disposed live in it.</summary>
    /// <returns>The pass; dispose it before <see cref="Publish"/>.</returns>
    /// <exception cref="StaleAccessException">The slot was published or given back.</exception>
    /// <exception cref="WorkspaceException">The slot is entered already.</exception>
    public Pass Enter()
    {
        RingEntry entry = Checked("enter a slot");
        return entry.Ring.Workspace.EnterSlot(entry);
    }

    /// <summary>Hands the slot over to consumers, in its turn. Nothing more can be allocated in it.</summary>
    /// <param name="item">Goes with the slot to <see cref="RingLease.Item"/>; keep one object for each <see cref="Index"/> to make no garbage.</param>
    /// <exception cref="StaleAccessException">The slot was published or given back.</exception>
    /// <exception cref="WorkspaceException">The slot's pass is still entered.</exception>
    /// <exception cref="ObjectDisposedException">The workspace's lease has ended.</exception>
    public void Publish(object? item = null)
    {
        if (_entry is null) RingThrow.DefaultHandle("publish a slot");
        _entry.Ring.Publish(_entry, _epoch, item);
    }

    /// <summary>
    /// Hands an exception to the consumer in the slot's turn, with its stack; later slots are taken after it. Does nothing when the slot is not open any more.
    /// </summary>
    /// <param name="error">What went wrong.</param>
    public void Fail(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        _entry?.Ring.Discard(_entry, _epoch, error);
    }

    /// <summary>Gives an unpublished slot back; otherwise does nothing.</summary>
    public void Dispose() => _entry?.Ring.Discard(_entry, _epoch, null);

    private RingEntry Checked(string asked)
    {
        if (_entry is null) RingThrow.DefaultHandle(asked);
        if (!IsOpen) _entry.Ring.ThrowSlotGone(_entry, _epoch, asked, Sequence);
        return _entry;
    }
}
