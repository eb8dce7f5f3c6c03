using System.Runtime.ExceptionServices;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Rings;

/// <summary>
/// How slots change hands. Every change of state happens under the ring's lock, by comparing the epoch; frames are opened and ended outside it, because the
/// workspace's lock comes first: passes rotate inside that one.
/// </summary>
public sealed partial class Ring
{
    private readonly object _sync = new();
    private volatile RingEntry[] _entries = []; // replaced under the lock when it grows, so that it can be walked without
    private readonly Stack<RingEntry> _idle = new(), _spare = new();
    private readonly Queue<RingEntry> _filling = new(), _inTurn = new();
    private RingSignals _signals = new(new SemaphoreSlim(0), new SemaphoreSlim(0));
    private long _epochs;
    private long _holds;
    private long _acquired;
    private long _waits;
    private long _spills;
    private int _steps;
    private bool _open;
    private bool _completed;
    private bool _endTold;
    private bool _servesPasses;
    private bool _servesProducers;
    private bool _spillTold;

    /// <summary>What slots have needed.</summary>
    internal RingSizes Sizes { get; } = new();

    /// <summary>True from the beginning to the end of a lease.</summary>
    internal bool IsOpen => Volatile.Read(ref _open);

    /// <summary>Begins with a lease: so many idle slots. Nobody may use the ring yet; handles of earlier leases are of other epochs.</summary>
    internal void Begin(int slots)
    {
        lock (_sync)
        {
            _idle.Clear();
            _spare.Clear();
            _filling.Clear();
            _inTurn.Clear();
            while (_entries.Length < slots) _entries = [.. _entries, new RingEntry(this, _entries.Length)];
            for (int i = _entries.Length - 1; i >= 0; i--)
            {
                RingEntry entry = _entries[i];
                Clear(entry);
                entry.Epoch = ++_epochs;
                entry.IsSpill = i >= slots;
                (entry.IsSpill ? _spare : _idle).Push(entry);
            }

            SlotCount = _steps = slots;
            _signals = new RingSignals(new SemaphoreSlim(slots), new SemaphoreSlim(0));
            _acquired = _waits = _spills = 0;
            _completed = _endTold = _servesPasses = _servesProducers = _spillTold = false;
            _open = true;
        }
    }

    /// <summary>Ends with the lease, inside the workspace's lock: wakes whoever waits, and ends every frame.</summary>
    /// <param name="end">Ends a frame.</param>
    internal void End(Action<Frame> end)
    {
        int held;
        lock (_sync)
        {
            if (!_open) return;
            held = CountHeld();
            _open = false;
        }

        foreach (RingEntry entry in _entries)
        {
            if (entry.Batch is { } batch) end(batch);
            if (entry.Pass is { } pass) end(pass);
        }

        _signals.Free.Release(); // each one who wakes up wakes the next
        _signals.Ready.Release();
        if (held > 0) Tell(FindingCodes.RingSlotsOpen, FindingSeverity.Warning, Findings.RingSlotsOpen(this, held));
    }

    /// <summary>Slots that are being filled or read, or are kept.</summary>
    internal int HeldSlots
    {
        get
        {
            lock (_sync) return CountHeld();
        }
    }

    /// <summary>True when no op runs on a slot. Takes no lock: the manager asks while it holds its own, and a slot that is sealed may ask the manager.</summary>
    internal bool IsQuiet()
    {
        foreach (RingEntry entry in _entries)
        {
            if (entry.Batch?.IsQuiet() == false || entry.Pass?.IsQuiet() == false) return false;
        }

        return true;
    }

    private int CountHeld()
    {
        int held = 0;
        foreach (RingEntry entry in _entries)
        {
            if (_open && (entry.State is RingSlotState.Filling or RingSlotState.Leased || entry.Holds.Count > 0)) held++;
        }

        return held;
    }

    internal bool IsLeased(RingEntry entry, long epoch, long hold)
    {
        lock (_sync) return _open && entry.Epoch == epoch && (hold == 0 ? entry.State == RingSlotState.Leased : entry.Holds.Contains(hold));
    }

    internal void Publish(RingEntry entry, long epoch, object? item)
    {
        int ready, freed;
        lock (_sync)
        {
            if (entry.Epoch != epoch || entry.State != RingSlotState.Filling || !_open) ThrowSlotGone(entry, epoch, "publish a slot", entry.Sequence);
            if (entry.Batch!.IsEntered) RingThrow.StillEntered(this, entry.Sequence);
            entry.Batch.Seal();
            entry.Item = item;
            entry.State = RingSlotState.Published;
            ready = Advance(out freed);
        }

        Announce(ready, freed);
    }

    /// <summary>Ends an unpublished life, with an exception for the consumer or without; does nothing when it is over.</summary>
    internal void Discard(RingEntry entry, long epoch, Exception? error)
    {
        lock (_sync)
        {
            if (!_open || entry.Epoch != epoch || entry.State != RingSlotState.Filling) return;
            entry.State = RingSlotState.Ending;
            entry.Error = error is null ? null : ExceptionDispatchInfo.Capture(error);
        }

        Workspace.EndSlot(entry.Batch);
        int ready, freed;
        lock (_sync)
        {
            if (entry.Epoch != epoch) return;
            entry.State = error is null ? RingSlotState.Abandoned : RingSlotState.Failed;
            ready = Advance(out freed);
        }

        Announce(ready, freed);
    }

    /// <summary>Ends a lease; does nothing when it is over.</summary>
    internal void Release(RingEntry entry, long epoch, long hold)
    {
        lock (_sync)
        {
            if (!_open || entry.Epoch != epoch) return;
            if (hold != 0) entry.Holds.Remove(hold);
            if (hold != 0 || entry.State != RingSlotState.Leased) return;
            entry.State = RingSlotState.Ending;
        }

        Workspace.EndSlot(entry.Batch);
        int freed;
        lock (_sync) freed = entry.Epoch == epoch ? Idle(entry) : 0;
        Announce(0, freed);
    }

    /// <summary>Gives back everything that is published and not taken.</summary>
    internal void DropReady()
    {
        while (_open && _signals.Ready.Wait(0, CancellationToken.None))
        {
            RingEntry? entry;
            lock (_sync)
            {
                if (!_inTurn.TryDequeue(out entry))
                {
                    _signals.Ready.Release(); // that was the end, which stays
                    return;
                }

                entry.State = RingSlotState.Leased;
            }

            Release(entry, entry.Epoch, hold: 0);
        }
    }

    internal void ThrowSlotGone(RingEntry entry, long epoch, string asked, long sequence)
    {
        if (!_open) RingThrow.Ended(this, asked);
        RingThrow.SlotGone(
            this, asked, sequence,
            entry.Epoch == epoch && entry.State is RingSlotState.Published or RingSlotState.Leased ? "it was published" : "it was given back, and may serve others");
    }

    /// <summary>A slot for which the wait is over; a wait that began in an earlier lease has ended with that one.</summary>
    private RingEntry TakeIdle(RingSignals signals, string asked)
    {
        lock (_sync)
        {
            bool open = _open && ReferenceEquals(signals, _signals);
            if (open && !_completed) return Queued(_idle.Pop());
            signals.Free.Release(); // also wakes the next one who waits
            if (!open) RingThrow.Ended(this, asked);
        }

        RingThrow.Completed(this, asked);
        return null!;
    }

    private RingEntry Queued(RingEntry entry)
    {
        entry.Epoch = ++_epochs;
        entry.Sequence = _acquired++;
        entry.Thread = Environment.CurrentManagedThreadId;
        entry.State = RingSlotState.Filling;
        _filling.Enqueue(entry);
        return entry;
    }

    private RingSlot BeginFilling(RingEntry entry)
    {
        try
        {
            Workspace.OpenSlot(entry);
        }
        catch
        {
            Discard(entry, entry.Epoch, null);
            throw;
        }

        return new RingSlot(entry);
    }

    private bool TakeReady(RingSignals signals, out RingLease lease)
    {
        ExceptionDispatchInfo? error;
        lease = default;
        lock (_sync)
        {
            bool open = _open && ReferenceEquals(signals, _signals);
            if (!open || !_inTurn.TryDequeue(out RingEntry? entry))
            {
                signals.Ready.Release(); // the end stays the end for the next one
                if (!open) RingThrow.Ended(this, "take a slot");
                return false;
            }

            error = entry.Error;
            entry.State = RingSlotState.Leased;
            entry.Thread = Environment.CurrentManagedThreadId;
            lease = new RingLease(entry, hold: 0);
        }

        if (error is null) return true;
        lease.Dispose();
        lease = default;
        error.Throw();
        return false;
    }

    /// <summary>Moves what is ready from the front of those being filled to those that wait to be taken; returns how many to announce.</summary>
    private int Advance(out int freed)
    {
        int ready = freed = 0;
        while (_filling.TryPeek(out RingEntry? first) && first.State is not (RingSlotState.Filling or RingSlotState.Ending))
        {
            _filling.Dequeue();
            if (first.State == RingSlotState.Abandoned)
            {
                freed += Idle(first);
                continue;
            }

            _inTurn.Enqueue(first);
            ready++;
        }

        return ready + EndToken();
    }

    /// <summary>One announcement of the end, when nothing more can come.</summary>
    private int EndToken()
    {
        if (!_completed || _endTold || _filling.Count > 0) return 0;
        _endTold = true;
        return 1;
    }

    /// <summary>True when a wait of this thread could be ended by nobody else.</summary>
    private bool HeldByThisThread(bool isConsumer)
    {
        int me = Environment.CurrentManagedThreadId;
        lock (_sync)
        {
            foreach (RingEntry entry in _entries)
            {
                bool mine = entry.Thread == me && (entry.State == RingSlotState.Leased || (!isConsumer && entry.State == RingSlotState.Filling));
                if (!mine && !(entry.IsSpill && entry.State == RingSlotState.Idle)) return false;
            }

            return !_completed;
        }
    }

    private void CheckOpen(string asked)
    {
        if (!_open) RingThrow.Ended(this, asked);
    }

    private void CheckProducers(string asked)
    {
        CheckOpen(asked);
        if (_completed) RingThrow.Completed(this, asked);
        if (_servesPasses) RingThrow.OtherUse(Workspace, asked, servesPasses: true);
        _servesProducers = true;
    }

    /// <summary>A slot more than the ring has, for good or for once.</summary>
    private RingEntry Beyond()
    {
        _spills++;
        if (!_spillTold) Tell(FindingCodes.RingSpilled, FindingSeverity.Information, Findings.RingSpilled(this));
        _spillTold = true;
        if (!_spare.TryPop(out RingEntry? entry)) _entries = [.. _entries, entry = new RingEntry(this, _entries.Length)];
        entry.IsSpill = !Grows;
        if (Grows) SlotCount++;
        return entry;
    }

    /// <summary>Nobody has the slot any more; returns the number of slots that somebody may wait for.</summary>
    private int Idle(RingEntry entry)
    {
        Clear(entry);
        (entry.IsSpill ? _spare : _idle).Push(entry);
        return entry.IsSpill ? 0 : 1;
    }

    private void Announce(int ready, int freed)
    {
        if (freed > 0) _signals.Free.Release(freed);
        if (ready > 0) _signals.Ready.Release(ready);
    }

    private static void Clear(RingEntry entry)
    {
        entry.State = RingSlotState.Idle;
        entry.Item = null;
        entry.Error = null;
        entry.Holds.Clear();
        entry.Thread = entry.BlockCount = 0;
    }

    private void Tell(string code, FindingSeverity severity, string text) => Workspace.Manager.QueueFinding(new Finding(code, severity, Workspace.DisplayName, text));
}
