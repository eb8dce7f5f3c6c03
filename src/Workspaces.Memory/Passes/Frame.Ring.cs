using Workspaces.Memory.Rings;

namespace Workspaces.Memory.Passes;

/// <summary>A frame as the memory of a slot: left without being ended.</summary>
internal sealed partial class Frame
{
    private bool _sealed;

    /// <summary>The slot that the frame belongs to, or null.</summary>
    internal RingEntry? RingEntry;

    /// <summary>True while a producer has the slot's frame ambient.</summary>
    internal bool IsEntered { get; private set; }

    /// <summary>True when nothing is allocated any more but views, and everything can be read until <see cref="End"/>.</summary>
    internal bool IsSealed => _sealed;

    /// <summary>Leaves the pass without ending it: requests are refused, blocks stay, what happens to them is still recorded.</summary>
    internal void Seal()
    {
        using (_gate.Enter())
        {
            _sealed = true;
            _planned = null; // nor on the short way
            Volatile.Write(ref _serial, 0);
        }

        Attachment?.EndPass(); // a graph ends with its pass, and with it what it holds
    }

    /// <summary>The slot's frame becomes a pass: a serial of its own, so that a copy of an earlier one is stale.</summary>
    internal void EnterSlot()
    {
        long serial = NextSerial();
        Volatile.Write(ref _lastSerial, serial);
        Volatile.Write(ref _serial, serial);
        IsEntered = true;
    }

    /// <summary>The pass is left; the slot is still being filled. The last serial stays, because the flow has still to be led out of the pass.</summary>
    internal void LeaveSlot()
    {
        IsEntered = false;
        Volatile.Write(ref _serial, NextSerial());
    }
}
