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

    private NoGradScope(Frame frame)
    {
        _frame = frame;
        _serial = frame.Serial;
    }

    /// <summary>Records again, unless another scope is open. Call it once.</summary>
    public void Dispose()
    {
        if (_frame is null) return;
        if (_frame.IsPersistent) _threadDepth--;
        else if (_frame.Serial == _serial) Interlocked.Decrement(ref _frame.GradientsOff);
    }

    internal static NoGradScope Open()
    {
        Frame frame = TensorFrames.Current;
        if (frame.IsPersistent) _threadDepth++;
        else Interlocked.Increment(ref frame.GradientsOff);
        return new NoGradScope(frame);
    }

    internal static bool IsRecording(Frame frame) => (frame.IsPersistent ? _threadDepth : Volatile.Read(ref frame.GradientsOff)) == 0;
}
