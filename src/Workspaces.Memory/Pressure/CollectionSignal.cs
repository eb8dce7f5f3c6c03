namespace Workspaces.Memory.Pressure;

/// <summary>
/// Calls back after each collection of the oldest generation, from the finalizer thread: an unreachable object whose finalizer registers it again. It does
/// not keep its receiver alive, and ends with it.
/// </summary>
internal sealed class CollectionSignal
{
    private readonly WeakReference<IdleTrimmer> _receiver;

    private CollectionSignal(IdleTrimmer receiver) => _receiver = new WeakReference<IdleTrimmer>(receiver);

    ~CollectionSignal()
    {
        if (Environment.HasShutdownStarted || !_receiver.TryGetTarget(out IdleTrimmer? receiver) || receiver.IsDisposed) return;
        if (GC.GetGeneration(this) == GC.MaxGeneration) receiver.Collected(); // it has been through younger collections before
        GC.ReRegisterForFinalize(this);
    }

    /// <summary>Begins; nobody needs to keep anything.</summary>
    internal static void Start(IdleTrimmer receiver) => GC.KeepAlive(new CollectionSignal(receiver));
}
