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
    private static readonly AsyncLocal<Frame?> Flow = new(static change => Stamp(change.CurrentValue));

    [ThreadStatic]
    private static Frame? _stampedFrame;

    [ThreadStatic]
    private static long _stampedSerial;

    [ThreadStatic]
    private static Frame? _threadFrame;

    [ThreadStatic]
    private static long _threadSerial;

    /// <summary>The innermost open pass, or null outside every workspace. Throws in a task that has outlived its pass.</summary>
    internal static Frame? Current
    {
        get
        {
            Frame? frame = CurrentOrStale;
            if (frame is not null && !IsLive(frame)) Throw.Straggler(frame);
            return frame;
        }
    }

    /// <summary>True while a pass entered on this thread only is open.</summary>
    internal static bool IsOnThread => _threadFrame is not null;

    /// <summary>What this flow has installed, open or not.</summary>
    internal static Frame? CurrentOrStale => _threadFrame ?? Flow.Value;

    /// <summary>
    /// The pass that this flow was last seen in, open or ended, as long as its frame serves no other pass: then its links outwards are still those of
    /// this flow. Null outside every workspace and when the frame has been taken by another flow.
    /// </summary>
    internal static Frame? Known => CurrentOrStale is { } frame && SeenSerial(frame) == frame.LastSerial ? frame : null;

    /// <summary>The innermost pass around this flow that is still open.</summary>
    internal static Frame? InnermostOpen
    {
        get
        {
            Frame? frame = Known;
            while (frame is { IsOpen: false }) frame = frame.Scope.OuterIfSame;
            return frame;
        }
    }

    /// <summary>True when the frame, found as ambient on this thread, still is the pass that it was when it came here.</summary>
    internal static bool IsLive(Frame frame) => SeenSerial(frame) == frame.Serial && frame.IsOpen;

    /// <summary>Makes an opened frame ambient in this flow, or on this thread only.</summary>
    internal static void Install(Frame frame, bool onThread)
    {
        ScopeLinks scope = frame.Scope;
        scope.OnThread = onThread;
        if (onThread)
        {
            scope.OuterOnThread = _threadFrame;
            scope.OuterOnThreadSerial = _threadSerial;
            _threadFrame = frame;
            _threadSerial = frame.Serial;
            return;
        }

        ExecutionContext? before = ExecutionContext.Capture();
        if (before is not null && ReferenceEquals(before, scope.Before))
        {
            ExecutionContext.Restore(scope.Inside!);
            Stamp(frame);
            return;
        }

        Flow.Value = frame;
        scope.Inside = before is null ? null : ExecutionContext.Capture();
        scope.Before = scope.Inside is null ? null : before;
        Stamp(frame);
    }

    /// <summary>Makes ambient again what was so before the frame, if this flow has it installed. The frame serves no other pass yet.</summary>
    internal static void Uninstall(Frame frame)
    {
        ScopeLinks scope = frame.Scope;
        if (scope.OnThread)
        {
            if (!ReferenceEquals(_threadFrame, frame)) return;
            _threadFrame = scope.OuterOnThread;
            _threadSerial = scope.OuterOnThreadSerial;
            return;
        }

        if (!ReferenceEquals(Flow.Value, frame)) return;
        ExecutionContext? inside = ExecutionContext.Capture();
        if (inside is not null && ReferenceEquals(inside, scope.Inside))
        {
            ExecutionContext.Restore(scope.Before!);
        }
        else
        {
            Flow.Value = scope.Outer;
        }

        // The outer pass may have ended meanwhile, and its frame may serve another one: then this flow is a straggler there.
        if (scope.Outer is { } outer && outer.LastSerial != scope.OuterSerial) _stampedSerial = 0;
    }

    private static long SeenSerial(Frame frame)
    {
        if (ReferenceEquals(frame, _threadFrame)) return _threadSerial;
        return ReferenceEquals(frame, _stampedFrame) ? _stampedSerial : 0;
    }

    private static void Stamp(Frame? frame)
    {
        _stampedFrame = frame;
        _stampedSerial = frame?.LastSerial ?? 0;
    }
}
