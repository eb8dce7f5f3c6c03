using Workspaces.Memory.Passes;

namespace Workspaces.Memory.Rings;

/// <summary>Passes that rotate through the slots, for leases that enter them.</summary>
public sealed partial class Ring
{
    /// <summary>
    /// Keeps the tensors of a pass beyond the next <c>StepsNumber</c> − 1 passes: its slot leaves the rotation until the lease is disposed. When all slots are held
    /// so, the next <see cref="Workspace.Enter"/> fails or spills, as <c>PolicySpill</c> says.
    /// </summary>
    /// <param name="pass">A pass entered directly in the ring's workspace, open or left.</param>
    /// <returns>The lease.</returns>
    /// <exception cref="StaleAccessException">The slot of that pass serves another one by now.</exception>
    public RingLease Hold(Pass pass) => HoldFrame(pass.Checked("hold a pass", mustBeOpen: false), pass.Serial);

    /// <summary>
    /// The slot of the next pass, called inside the workspace's lock: an idle one, else the one left longest ago that nobody holds. While others are held, that may
    /// be one of the last passes: then a slot beyond the ring serves, or, under Fail, fewer passes stay readable. Whatever the slot held is ended by the caller.
    /// </summary>
    internal Frame NextPass()
    {
        lock (_sync)
        {
            if (_servesProducers) RingThrow.OtherUse(Workspace, "enter a pass", servesPasses: false);
            _servesPasses = true;
            bool isIdle = _signals.Free.Wait(0, CancellationToken.None);
            RingEntry? next = isIdle ? _idle.Pop() : Oldest();
            if (!isIdle && MaySpill && (next is null || !IsOver(next))) next = Beyond();
            if (next is null) RingThrow.AllTaken(this, "enter a pass");

            next.Epoch = ++_epochs;
            next.Sequence = _acquired++;
            next.State = RingSlotState.Entered;
            return next.Pass ??= Workspace.NewRingFrame(next, isPass: true);
        }
    }

    /// <summary>The pass was left; its tensors stay readable.</summary>
    /// <returns>A frame outside the ring that is not needed any more, to be ended; else null.</returns>
    internal Frame? Leave(RingEntry entry)
    {
        lock (_sync)
        {
            entry.State = RingSlotState.Kept;
            RingEntry? surplus = null;
            foreach (RingEntry other in _entries)
            {
                bool over = other is { IsSpill: true, State: RingSlotState.Kept, Holds.Count: 0 } && IsOver(other);
                if (over && (surplus is null || other.Sequence < surplus.Sequence)) surplus = other;
            }

            if (surplus is null) return null;
            Idle(surplus);
            return surplus.Pass;
        }
    }

    private RingLease HoldFrame(Frame frame, long serial)
    {
        lock (_sync)
        {
            if (!_open) RingThrow.Ended(this, "hold a pass");
            if (frame.RingEntry is { } entry && ReferenceEquals(entry.Ring, this) && ReferenceEquals(entry.Pass, frame) && frame.LastSerial == serial
                && entry.State is RingSlotState.Entered or RingSlotState.Kept)
            {
                entry.Holds.Add(++_holds);
                return new RingLease(entry, _holds);
            }
        }

        RingThrow.NotKept(Workspace);
        return default;
    }

    /// <summary>True when so many passes have begun after this one that it need not be readable in the next.</summary>
    private bool IsOver(RingEntry entry) => entry.Sequence <= _acquired - _steps;

    private RingEntry? Oldest()
    {
        RingEntry? oldest = null;
        foreach (RingEntry entry in _entries)
        {
            if (entry is { State: RingSlotState.Kept, Holds.Count: 0 } && (oldest is null || entry.Sequence < oldest.Sequence)) oldest = entry;
        }

        return oldest;
    }
}
