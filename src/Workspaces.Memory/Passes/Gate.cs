using System.Runtime.CompilerServices;

namespace Workspaces.Memory.Passes;

/// <summary>
/// One thread at a time, for nanoseconds: a compare-and-swap in, a volatile store out. Inside it runs no user code and nothing waits for another
/// thread. Not re-entrant.
/// </summary>
internal struct Gate
{
    private int _taken;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Enter()
    {
        if (!TryEnter()) Wait();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryEnter() => Interlocked.CompareExchange(ref _taken, 1, 0) == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Exit() => Volatile.Write(ref _taken, 0);

    private void Wait()
    {
        var spin = new SpinWait();
        while (!TryEnter()) spin.SpinOnce(sleep1Threshold: -1); // never sleep for what takes nanoseconds
    }
}
