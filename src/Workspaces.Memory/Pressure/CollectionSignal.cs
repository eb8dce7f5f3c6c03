using System.Runtime.InteropServices;

namespace Workspaces.Memory.Pressure;

/// <summary>
/// Calls back after each collection of the oldest generation, from the finalizer thread: an unreachable object whose finalizer registers it again. It does
/// not keep its receiver alive, and ends with it.
/// </summary>
internal sealed class CollectionSignal
{
    // A handle and no WeakReference: that is an object with a finalizer too, which may have run before ours.
    private readonly WeakGCHandle<IdleTrimmer> _receiver;

    private CollectionSignal(IdleTrimmer receiver) => _receiver = new WeakGCHandle<IdleTrimmer>(receiver);

    ~CollectionSignal()
    {
        if (Environment.HasShutdownStarted || !_receiver.TryGetTarget(out IdleTrimmer? receiver) || receiver.IsDisposed)
        {
            _receiver.Dispose();
            return;
        }

        if (GC.GetGeneration(this) == GC.MaxGeneration) receiver.Collected(); // it has been through younger collections before
        GC.ReRegisterForFinalize(this);
    }

    /// <summary>Begins; nobody needs to keep anything.</summary>
    internal static void Start(IdleTrimmer receiver) => GC.KeepAlive(new CollectionSignal(receiver));
}
