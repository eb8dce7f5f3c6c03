using System.Runtime.CompilerServices;

namespace Workspaces.Memory.Passes;

/// <summary>
/// What one thread knows of the pass that it works in, in one object so that one look at thread-local storage finds all of it. It also names the thread
/// as the owner of a pass and of gates. Written by its own thread only.
/// </summary>
internal sealed class FlowThread
{
    [ThreadStatic]
    private static FlowThread? _current;

    /// <summary>The frame that the flow brought here, as the ambient value stands on this thread, and its serial when it came.</summary>
    internal Frame? Stamped;

    /// <summary>Serial of <see cref="Stamped"/> when it came; 0 for a straggler.</summary>
    internal long StampedSerial;

    /// <summary>The frame that was entered on this thread only; goes before the flow's.</summary>
    internal Frame? OnThread;

    /// <summary>Serial of <see cref="OnThread"/> when it was entered.</summary>
    internal long OnThreadSerial;

    /// <summary>The gate of blocks that this thread is inside of as its owner, or 0.</summary>
    internal long InsideBlocks;

    /// <summary>The gate of passes that this thread is inside of as its owner, or 0.</summary>
    internal long InsidePasses;

    internal static FlowThread Current
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _current ?? Make();
    }

    /// <summary>What this thread has installed, open or not.</summary>
    internal Frame? Installed => OnThread ?? Stamped;

    /// <summary>True when this thread works in the frame's pass, and that is open.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsIn(Frame frame)
    {
        long serial = frame.Serial;
        return serial == SerialSeen(frame) && serial != 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal long SerialSeen(Frame frame) =>
        ReferenceEquals(frame, OnThread) ? OnThreadSerial : ReferenceEquals(frame, Stamped) ? StampedSerial : 0;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static FlowThread Make() => _current = new FlowThread();
}
