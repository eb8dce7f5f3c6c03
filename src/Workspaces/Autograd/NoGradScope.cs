using Workspaces.Memory.Passes;
using Workspaces.Tensors;

namespace Workspaces.Autograd;

/// <summary>
/// While open, ops are not recorded: <c>using (Gradients.Off())</c>. It belongs to the ambient pass and to passes entered inside it; outside
/// every workspace it belongs to the thread.
/// </summary>
public readonly struct NoGradScope : IDisposable
{
    [ThreadStatic]
    private static int _threadDepth;

    private readonly Frame? _frame;
    private readonly long _serial;
    private readonly int _depth;

    private NoGradScope(Frame frame, int depth)
    {
        _frame = frame;
        _serial = frame.Serial;
        _depth = depth;
    }

    /// <summary>Records again, unless an outer scope is open. A second call does nothing.</summary>
    public void Dispose()
    {
        if (_frame is null) return;
        if (_frame.IsPersistent) CloseAt(ref _threadDepth);
        else if (_frame.Serial == _serial) CloseAt(ref _frame.GradientsOff);
    }

    internal static NoGradScope Open()
    {
        Frame frame = TensorFrames.Current;
        return new NoGradScope(frame, frame.IsPersistent ? ++_threadDepth : Interlocked.Increment(ref frame.GradientsOff));
    }

    internal static bool IsRecording(Frame frame) => (frame.IsPersistent ? _threadDepth : Volatile.Read(ref frame.GradientsOff)) == 0;

    /// <summary>Nothing that runs now is recorded, because it will be recomputed; <see cref="EndSuspension"/> ends it. For frames of passes only.</summary>
    internal static void Suspend(Frame frame) => Interlocked.Add(ref frame.GradientsOff, Frame.Suspended);

    internal static void EndSuspension(Frame frame) => Interlocked.Add(ref frame.GradientsOff, -Frame.Suspended);

    /// <summary>Records whatever scopes are open, as what is recomputed must be; returns what to give to <see cref="EndRecording"/>.</summary>
    internal static int BeginRecording(Frame frame)
    {
        if (!frame.IsPersistent) return Interlocked.Exchange(ref frame.GradientsOff, 0);
        int before = _threadDepth;
        _threadDepth = 0;
        return before;
    }

    internal static void EndRecording(Frame frame, int before)
    {
        if (frame.IsPersistent) _threadDepth = before;
        else Volatile.Write(ref frame.GradientsOff, before);
    }

    /// <summary>Closes this scope and those opened inside it that are still open.</summary>
    private void CloseAt(ref int depth)
    {
        if (depth >= _depth) depth = _depth - 1;
    }
}
