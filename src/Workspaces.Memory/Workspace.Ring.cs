using Workspaces.Memory.Passes;
using Workspaces.Memory.Rings;

namespace Workspaces.Memory;

/// <summary>A workspace as a ring (<c>PolicyReset: EndOfBufferReached</c>): slots for producers and consumers, or passes that rotate through the slots.</summary>
public sealed partial class Workspace
{
    private Ring? _ring;

    /// <summary>
    /// The slots, for producers and consumers. A lease that enters passes instead has each of them in the next slot, so that tensors of the last
    /// <c>StepsNumber</c> − 1 passes stay readable; one lease does one or the other.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    /// <exception cref="WorkspaceException"><c>PolicyReset</c> is not <c>EndOfBufferReached</c>.</exception>
    public Ring Ring
    {
        get
        {
            if (!_leased) Throw.Disposed(this, "ask for the ring");
            return IsRing ? _ring! : RingThrow.NoRing(this);
        }
    }

    private bool IsRing => Configuration.PolicyReset == ResetPolicy.EndOfBufferReached;

    /// <summary>The ring of a lease that needs at least so many slots, whatever <c>PolicyReset</c> is; asked for once, before anybody uses it.</summary>
    internal Ring RingOf(int slots)
    {
        using (_gate.Enter())
        {
            if (!_leased) Throw.Disposed(this, "make a ring");
            return BeginRing(IsRing ? Math.Max(slots, Configuration.StepsNumber) : slots);
        }
    }

    /// <summary>Begins the next life of a producer's slot.</summary>
    internal void OpenSlot(RingEntry entry)
    {
        using (_gate.Enter())
        {
            if (!_leased) RingThrow.Ended(entry.Ring, "fill a slot");
            Frame frame = entry.Batch ??= NewRingFrame(entry, isPass: false);
            OpenFrame(FlowThread.Current, frame, null, null, default);
        }
    }

    /// <summary>Makes a slot ambient in the flow of its producer.</summary>
    internal Pass EnterSlot(RingEntry entry)
    {
        Frame? outer = Ambient.InnermostOpen;
        Frame frame = entry.Batch!;
        using (_gate.Enter())
        {
            if (!_leased) RingThrow.Ended(entry.Ring, "enter a slot");
            if (frame.IsEntered) RingThrow.EnteredTwice(entry.Ring, entry.Sequence);
            frame.Scope.Outer = outer;
            frame.Scope.OuterSerial = outer?.LastSerial ?? 0;
            frame.GradientsOff = outer?.GradientsOff > 0 ? 1 : 0;
            frame.EnterSlot();
        }

        Ambient.Install(frame, Ambient.IsOnThread);
        return new Pass(frame, frame.Serial);
    }

    /// <summary>Ends a life of a producer's slot; everything made in it is stale.</summary>
    internal void EndSlot(Frame? frame)
    {
        if (frame is null) return;
        using (_gate.Enter()) EndLife(frame);
        FinishEnd();
    }

    /// <summary>A frame of a slot. Those of passes share plans with ordinary passes; those of producers are not planned.</summary>
    internal Frame NewRingFrame(RingEntry entry, bool isPass)
    {
        Frame frame = NewFrame(_root, isPass ? ChildPlace : DetachedPlace);
        frame.RingEntry = entry;
        return frame;
    }

    private Ring BeginRing(int slots)
    {
        _ring ??= new Ring(this);
        _ring.Begin(slots);
        return _ring;
    }

    /// <summary>The frame of the next pass directly in the ring: the slot that was left longest ago, whose tensors are stale from now on.</summary>
    private Frame RotateRing()
    {
        Frame frame = _ring!.NextPass();
        EndLife(frame);
        _root.Scope.Child = frame;
        return frame;
    }

    /// <summary>A pass in a slot is left: nothing is allocated in it any more, but it stays readable. False for any other frame.</summary>
    private bool LeaveSlot(Frame frame)
    {
        if (frame.RingEntry is not { } entry) return false;
        if (!ReferenceEquals(entry.Pass, frame))
        {
            frame.LeaveSlot();
            return true;
        }

        if (frame.ShapesOnly) EndFrame(frame); // no bytes to read, and its trace is wanted now
        else frame.Seal();
        if (entry.Ring.Leave(entry) is { } surplus) EndLife(surplus);
        return true;
    }

    private void EndLife(Frame frame)
    {
        if (!frame.IsOpen && !frame.IsSealed) return;
        CloseNested(frame, report: true);
        EndFrame(frame);
    }

    private void EndRing() => _ring?.End(EndLife);
}
