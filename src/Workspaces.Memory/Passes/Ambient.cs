using System.Runtime.CompilerServices;

namespace Workspaces.Memory.Passes;

/// <summary>
/// The innermost open pass of this flow. It follows <c>await</c>, <c>Task.Run</c> and <c>Parallel.For</c> through the execution context.
/// <para>
/// A frame object serves many passes, so a task that outlives pass 1 would see pass 2 as its own. Therefore each thread is stamped
/// with the serial of the pass at the moment the context arrives; a stamp that is no longer the frame's serial is a straggler.
/// </para>
/// <para>
/// Writing an <see cref="AsyncLocal{T}"/> allocates. A frame keeps the pair (context before, context inside) of its last entry; when the
/// next entry finds the same context before, restoring the cached one is free.
/// </para>
/// </summary>
internal static class Ambient
{
    // The handler mirrors the value into each thread that a context arrives on, so reading it needs no look into the context.
    private static readonly AsyncLocal<Frame?> Flow = new(static change => Stamp(FlowThread.Current, change.CurrentValue));

    /// <summary>The innermost open pass, or null outside every workspace. Throws in a task that has outlived its pass.</summary>
    internal static Frame? Current => CurrentOf(FlowThread.Current);

    /// <summary>As <see cref="Current"/>, for who knows the thread already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Frame? CurrentOf(FlowThread me)
    {
        Frame? frame = me.Installed;
        if (frame is not null && !me.IsIn(frame)) Throw.Straggler(frame);
        return frame;
    }

    /// <summary>True while a pass entered on this thread only is open.</summary>
    internal static bool IsOnThread => FlowThread.Current.OnThread is not null;

    /// <summary>
    /// The pass that this flow was last seen in, open or ended, as long as its frame serves no other pass: then its links outwards are still those of
    /// this flow. Null outside every workspace and when the frame has been taken by another flow.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Frame? KnownTo(FlowThread me) => me.Installed is { } frame && me.SerialSeen(frame) == frame.LastSerial ? frame : null;

    /// <summary>The innermost pass around this flow that is still open.</summary>
    internal static Frame? InnermostOpen => InnermostOpenOf(FlowThread.Current);

    /// <summary>As <see cref="InnermostOpen"/>, for who knows the thread already.</summary>
    internal static Frame? InnermostOpenOf(FlowThread me)
    {
        Frame? frame = KnownTo(me);
        while (frame is { IsOpen: false }) frame = frame.Scope.OuterIfSame;
        return frame;
    }

    /// <summary>Makes an opened frame ambient in this flow, or on this thread only.</summary>
    internal static void Install(Frame frame, bool onThread) => Install(FlowThread.Current, frame, onThread);

    /// <summary>The same for who knows the thread already.</summary>
    internal static void Install(FlowThread me, Frame frame, bool onThread)
    {
        ScopeLinks scope = frame.Scope;
        scope.OnThread = onThread;
        if (onThread)
        {
            scope.OuterOnThread = me.OnThread;
            scope.OuterOnThreadSerial = me.OnThreadSerial;
            me.OnThread = frame;
            me.OnThreadSerial = frame.Serial;
            return;
        }

        if (!ReferenceEquals(scope.StampedBefore, me.Stamped)) scope.StampedBefore = me.Stamped;
        scope.StampedBeforeSerial = me.StampedSerial;
        ExecutionContext? before = ExecutionContext.Capture();
        if (before is not null && ReferenceEquals(before, scope.Before))
        {
            ExecutionContext.Restore(scope.Inside!);
            Stamp(me, frame);
            return;
        }

        Flow.Value = frame;
        scope.Inside = before is null ? null : ExecutionContext.Capture();
        scope.Before = scope.Inside is null ? null : before;
        Stamp(me, frame);
    }

    /// <summary>Makes ambient again what was so before the frame, if this flow has it installed. The frame serves no other pass yet.</summary>
    internal static void Uninstall(Frame frame) => Uninstall(FlowThread.Current, frame);

    /// <summary>The same for who knows the thread already.</summary>
    internal static void Uninstall(FlowThread me, Frame frame)
    {
        ScopeLinks scope = frame.Scope;
        if (scope.OnThread)
        {
            if (!ReferenceEquals(me.OnThread, frame)) return;
            me.OnThread = scope.OuterOnThread;
            me.OnThreadSerial = scope.OuterOnThreadSerial;
            return;
        }

        if (!ReferenceEquals(me.Stamped, frame)) return;
        ExecutionContext? inside = ExecutionContext.Capture();
        if (inside is not null && ReferenceEquals(inside, scope.Inside))
        {
            ExecutionContext.Restore(scope.Before!);
        }
        else
        {
            Flow.Value = scope.Outer;
        }

        // What was ambient before may have ended meanwhile, and its frame may serve another pass: then this flow is a straggler there.
        Frame? now = me.Stamped;
        if (now is not null) me.StampedSerial = ReferenceEquals(now, scope.StampedBefore) ? scope.StampedBeforeSerial : ReferenceEquals(now, scope.Outer) ? scope.OuterSerial : 0;
    }

    /// <summary>Leaves a pass that was ended elsewhere, if this thread still has it: its links outwards may be those of another pass by now.</summary>
    /// <param name="frame">The frame of the pass.</param>
    /// <param name="serial">The pass, or 0 for whichever this thread saw there.</param>
    internal static void Forget(Frame frame, long serial = 0)
    {
        FlowThread me = FlowThread.Current;
        if (ReferenceEquals(me.OnThread, frame) && me.OnThreadSerial != frame.Serial && (serial == 0 || me.OnThreadSerial == serial))
        {
            bool linked = frame.LastSerial == me.OnThreadSerial;
            (me.OnThread, me.OnThreadSerial) = linked ? (frame.Scope.OuterOnThread, frame.Scope.OuterOnThreadSerial) : (null, 0);
        }

        if (!ReferenceEquals(me.Stamped, frame) || me.StampedSerial == frame.Serial || (serial != 0 && me.StampedSerial != serial)) return;
        if (frame.LastSerial == me.StampedSerial && !frame.Scope.OnThread) Uninstall(frame);
        else Flow.Value = null;
    }

    private static void Stamp(FlowThread me, Frame? frame)
    {
        if (!ReferenceEquals(me.Stamped, frame)) me.Stamped = frame;
        me.StampedSerial = frame?.LastSerial ?? 0;
    }
}
