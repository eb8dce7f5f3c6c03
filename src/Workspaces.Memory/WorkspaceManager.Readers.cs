using Workspaces.Memory.Persistent;

namespace Workspaces.Memory;

/// <summary>
/// Who reads and writes persistent memory. It has no register of its own, because its ops would all count on one word; each op registers in the workspace that it
/// runs in. That is mostly one of this manager, open or busy; one of another manager is known here as a guest from its first op on.
/// </summary>
public sealed partial class WorkspaceManager
{
    private const int MostMillisecondsToWait = 10_000;
    private readonly List<Workspace> _busy = []; // their leases have ended, and ops still run
    private readonly List<WeakReference<Workspace>> _guests = [];
    private bool _hasNoMoreReaders;

    /// <summary>Keeps a workspace of another manager in mind as a reader in all its leases.</summary>
    /// <returns>False when the persistent memory of this manager has ended: then its tensors are stale, and nothing is read.</returns>
    internal bool Admit(Workspace guest)
    {
        lock (_sync)
        {
            if (_hasNoMoreReaders) return false;
            ForgetGuests();
            if (!_guests.Contains(guest.Reference)) _guests.Add(guest.Reference);
            return true;
        }
    }

    /// <summary>Lowest persistent clock that some open lease, or an op that outlived its lease, may still be reading at.</summary>
    internal long OldestReader(long none)
    {
        lock (_sync)
        {
            long oldest = none;
            _busy.RemoveAll(static workspace => workspace.IsQuiet);
            ForgetGuests();
            foreach (Workspace workspace in _busy) oldest = Math.Min(oldest, workspace.QuiescentAt);
            foreach (Workspace workspace in _open) oldest = Math.Min(oldest, workspace.QuiescentAt);
            foreach (WeakReference<Workspace> guest in _guests)
            {
                if (guest.TryGetTarget(out Workspace? workspace) && (workspace.IsLeased || !workspace.IsQuiet)) oldest = Math.Min(oldest, workspace.QuiescentAt);
            }

            return oldest;
        }
    }

    private void ForgetGuests() => _guests.RemoveAll(static guest => !guest.TryGetTarget(out Workspace? workspace) || (workspace.IsDestroyed && workspace.IsQuiet));

    /// <summary>
    /// Waits for ops that began before persistent memory ended; later ones find their operands stale. Workspaces of other managers go on, so each must have been quiet
    /// only once: now, or between two passes since. False when one was not.
    /// </summary>
    private bool WaitForReaders(List<Workspace> workspaces)
    {
        long ended = PersistentMemory.Tick();
        lock (_sync)
        {
            _hasNoMoreReaders = true;
            workspaces.AddRange(_busy);
            foreach (WeakReference<Workspace> guest in _guests)
            {
                if (guest.TryGetTarget(out Workspace? workspace)) workspaces.Add(workspace);
            }
        }

        Interlocked.MemoryBarrier(); // an op registers, then reads the floor; here the floor was written, then the register is read
        bool waited = SpinWait.SpinUntil(
            () =>
            {
                workspaces.RemoveAll(workspace => workspace.IsQuiet || (workspace.QuiescentAt is var at && at >= ended && at != long.MaxValue));
                return workspaces.Count == 0 && Persistent.IsQuiet;
            },
            MostMillisecondsToWait);
        if (waited)
        {
            lock (_sync) _guests.Clear();
        }

        return waited;
    }
}
