namespace Workspaces.Memory.Rings;

/// <summary>
/// The slots of a workspace whose <c>PolicyReset</c> is <c>EndOfBufferReached</c>, from <see cref="Workspace.Ring"/>. Producers acquire slots, fill and publish
/// them; consumers take them in the order of acquisition, whatever the order of publishing, and give them back by disposing the lease:
/// <code>
///   Acquire ─► filling ─► Publish ─► waiting its turn ─► Take ─► leased ─► Dispose ─► idle
///      ▲                                                                                │
///      └────────────────────────────────────────────────────────────────────────────────┘
/// </code>
/// No slot is written while somebody reads it: a producer waits, or, where it must not wait, spills to memory outside the ring or fails, as
/// <c>PolicySpill</c> says. Any number of producers and consumers on any thread; waits can be cancelled; nothing here makes garbage after the first round,
/// except waits in async methods.
/// </summary>
public sealed partial class Ring
{
    internal Ring(Workspace workspace) => Workspace = workspace;

    /// <summary>The workspace whose memory the slots are.</summary>
    public Workspace Workspace { get; }

    /// <summary>Slots of the ring: <c>StepsNumber</c>, and those that <c>PolicySpill: Reallocate</c> has added.</summary>
    public int SlotCount { get; private set; }

    /// <summary>Slots that nobody has at this moment.</summary>
    public int FreeCount => _signals.Free.CurrentCount;

    /// <summary>Bytes that each slot keeps, learned from what batches needed; a larger batch gets more for that once.</summary>
    public long SlotBytes => Sizes.SlotBytes;

    /// <summary>Slots acquired so far.</summary>
    public long Acquired => Volatile.Read(ref _acquired);

    /// <summary>How often a producer found no free slot and waited.</summary>
    public long Waits => Volatile.Read(ref _waits);

    /// <summary>How often a slot was needed at once, none was free, and memory outside the ring served instead.</summary>
    public long Spills => Volatile.Read(ref _spills);

    /// <summary>
    /// Gets a slot to fill, and waits until there is one. When this very thread holds all slots, nobody could end the wait: then <c>PolicySpill: Fail</c>
    /// throws, and the others serve a slot outside the ring.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The slot; publish it, or dispose it to give it back.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled; no slot was taken.</exception>
    /// <exception cref="WorkspaceException">The ring was completed, or the thread would wait for itself.</exception>
    /// <exception cref="ObjectDisposedException">The workspace's lease has ended.</exception>
    public RingSlot Acquire(CancellationToken cancellationToken = default)
    {
        CheckProducers("acquire a slot");
        RingSignals signals = _signals;
        if (!signals.Free.Wait(0, CancellationToken.None))
        {
            if (HeldByThisThread(isConsumer: false)) return AcquireBeyond("acquire a slot");
            Interlocked.Increment(ref _waits);
            signals.Free.Wait(cancellationToken);
        }

        return BeginFilling(TakeIdle(signals, "acquire a slot"));
    }

    /// <summary>Gets a slot to fill, and waits until there is one without blocking a thread.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The slot.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled; no slot was taken.</exception>
    /// <exception cref="WorkspaceException">The ring was completed.</exception>
    /// <exception cref="ObjectDisposedException">The workspace's lease has ended.</exception>
    public async ValueTask<RingSlot> AcquireAsync(CancellationToken cancellationToken = default)
    {
        CheckProducers("acquire a slot");
        RingSignals signals = _signals;
        if (!signals.Free.Wait(0, CancellationToken.None))
        {
            Interlocked.Increment(ref _waits);
            await signals.Free.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return BeginFilling(TakeIdle(signals, "acquire a slot"));
    }

    /// <summary>Gets a slot to fill when one is free.</summary>
    /// <param name="slot">The slot.</param>
    /// <returns>False when none is.</returns>
    /// <exception cref="WorkspaceException">The ring was completed.</exception>
    /// <exception cref="ObjectDisposedException">The workspace's lease has ended.</exception>
    public bool TryAcquire(out RingSlot slot)
    {
        CheckProducers("acquire a slot");
        RingSignals signals = _signals;
        bool any = signals.Free.Wait(0, CancellationToken.None);
        slot = any ? BeginFilling(TakeIdle(signals, "acquire a slot")) : default;
        return any;
    }

    /// <summary>
    /// Gets a slot to fill without waiting. When none is free, <c>PolicySpill</c> decides: Fail throws, External serves a slot outside the ring whose pages go back
    /// when it is given back, Reallocate makes the ring one slot longer.
    /// </summary>
    /// <returns>The slot.</returns>
    /// <exception cref="WorkspaceException">No slot is free under Fail, or the ring was completed.</exception>
    /// <exception cref="ObjectDisposedException">The workspace's lease has ended.</exception>
    public RingSlot AcquireNow() => TryAcquire(out RingSlot slot) ? slot : AcquireBeyond("acquire a slot at once");

    /// <summary>Takes the next slot in order, and waits until it is published.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The lease; dispose it to give the slot back.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled; nothing was taken.</exception>
    /// <exception cref="WorkspaceException">The ring was completed and is empty, or this thread holds all slots itself.</exception>
    /// <exception cref="ObjectDisposedException">The workspace's lease has ended.</exception>
    /// <remarks>Throws what the producer of that slot gave to <see cref="RingSlot.Fail"/>; the next call goes on with the slot after it.</remarks>
    public RingLease Take(CancellationToken cancellationToken = default)
    {
        if (!Take(out RingLease lease, cancellationToken)) RingThrow.Completed(this, "take a slot");
        return lease;
    }

    /// <summary>As <see cref="Take(CancellationToken)"/>, for loops: false when the ring was completed and everything in it was taken.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False at the end.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled; nothing was taken.</exception>
    /// <exception cref="WorkspaceException">This thread holds all slots itself.</exception>
    /// <exception cref="ObjectDisposedException">The workspace's lease has ended.</exception>
    public bool Take(out RingLease lease, CancellationToken cancellationToken = default)
    {
        CheckOpen("take a slot");
        RingSignals signals = _signals;
        if (!signals.Ready.Wait(0, CancellationToken.None))
        {
            if (HeldByThisThread(isConsumer: true))
                RingThrow.WaitsForItself(
                    this, "take a slot", "dispose a lease before taking the next slot, raise StepsNumber, or call HandOver on leases that other threads dispose");
            signals.Ready.Wait(cancellationToken);
        }

        return TakeReady(signals, out lease);
    }

    /// <summary>As <see cref="Take(CancellationToken)"/>, without blocking a thread.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The lease.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled; nothing was taken.</exception>
    /// <exception cref="WorkspaceException">The ring was completed and is empty.</exception>
    /// <exception cref="ObjectDisposedException">The workspace's lease has ended.</exception>
    public async ValueTask<RingLease> TakeAsync(CancellationToken cancellationToken = default)
    {
        CheckOpen("take a slot");
        RingSignals signals = _signals;
        if (!signals.Ready.Wait(0, CancellationToken.None)) await signals.Ready.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (!TakeReady(signals, out RingLease lease)) RingThrow.Completed(this, "take a slot");
        return lease;
    }

    /// <summary>Takes the next slot in order when it is published already.</summary>
    /// <param name="lease">The lease.</param>
    /// <returns>False when it is not, or the ring was completed and is empty.</returns>
    /// <exception cref="ObjectDisposedException">The workspace's lease has ended.</exception>
    public bool TryTake(out RingLease lease)
    {
        CheckOpen("take a slot");
        lease = default;
        RingSignals signals = _signals;
        return signals.Ready.Wait(0, CancellationToken.None) && TakeReady(signals, out lease);
    }

    /// <summary>No slot will be acquired any more; those acquired can still be published and taken. A second call does nothing.</summary>
    public void Complete()
    {
        int end;
        lock (_sync)
        {
            if (!_open || _completed) return;
            _completed = true;
            end = EndToken();
        }

        Announce(end, freed: 0);
    }

    private bool MaySpill => Workspace.Configuration.PolicySpill != SpillPolicy.Fail;

    private bool Grows => Workspace.Configuration.PolicySpill == SpillPolicy.Reallocate;

    private RingSlot AcquireBeyond(string asked)
    {
        RingEntry entry;
        lock (_sync)
        {
            if (!_open) RingThrow.Ended(this, asked);
            if (!MaySpill) RingThrow.AllTaken(this, asked);
            entry = Queued(Beyond());
        }

        return BeginFilling(entry);
    }
}
