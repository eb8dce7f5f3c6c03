using System.Runtime.CompilerServices;

namespace Workspaces.Memory.Passes;

/// <summary>
/// Guards the frames of a workspace while passes open and close: a compare-and-swap in and a volatile store out when nobody waits, half the price of a
/// general lock. Who finds it taken yields, then sleeps, because a plan may be made inside. Not re-entrant.
/// </summary>
internal sealed class PassLock
{
    private int _taken;

    /// <summary>Takes the lock until the scope is disposed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Scope Enter()
    {
        if (Interlocked.CompareExchange(ref _taken, 1, 0) != 0) Wait();
        return new Scope(this);
    }

    private void Wait()
    {
        var spin = new SpinWait();
        while (Interlocked.CompareExchange(ref _taken, 1, 0) != 0) spin.SpinOnce();
    }

    internal readonly ref struct Scope(PassLock owner)
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Dispose() => Volatile.Write(ref owner._taken, 0);
    }
}
