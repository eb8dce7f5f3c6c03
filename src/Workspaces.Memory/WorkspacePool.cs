using Workspaces.Memory.Telemetry;

namespace Workspaces.Memory;

/// <summary>
/// Workspaces of one name for many workers or requests: each rents one, with arenas of its own, and all share the plans. There are at most
/// <see cref="Capacity"/> at once; who comes when all are rented waits.
/// </summary>
/// <remarks>
/// Nothing belongs to a thread: a lease may be rented on one thread, used on another and given back on a third, and threads that end leave nothing behind. The
/// workspace given back last is rented first, so that those not needed stay idle and are trimmed. Renting and giving back make no garbage while nobody waits.
/// </remarks>
public sealed class WorkspacePool : IDisposable
{
    private readonly object _sync = new();
    private readonly Stack<Slot> _slots = new();
    private readonly SemaphoreSlim _free;
    private bool _disposed;
    private int _rented;
    private int _waiting;

    /// <summary>Makes a pool; it takes no memory before the first workspace is rented.</summary>
    /// <param name="manager">Owns the workspaces, and keeps them with their plans when the pool is disposed.</param>
    /// <param name="configuration">Of each workspace; it must have a name, under which plans are shared.</param>
    /// <param name="capacity">Most workspaces rented at once, 1 or more: the number of workers, or of requests served at a time.</param>
    /// <exception cref="ConfigurationException">The configuration cannot run.</exception>
    /// <exception cref="WorkspaceException">The configuration has no name, or the manager allows fewer open workspaces.</exception>
    public WorkspacePool(WorkspaceManager manager, WorkspaceConfiguration configuration, int capacity)
    {
        ArgumentNullException.ThrowIfNull(manager);
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        configuration.ThrowIfInvalid();
        if (configuration.Name is null)
            throw new WorkspaceException(
                "make a pool of workspaces", "a configuration without a name", "plans are shared by name, and unnamed workspaces share none", "set Name");
        int most = manager.Configuration.MaxWorkspaces;
        if (most > 0 && capacity > most)
            throw new WorkspaceException(
                $"make a pool of {capacity} workspaces", $"workspace '{configuration.Name}'", $"Workspaces:Manager:MaxWorkspaces is {most}",
                "lower the capacity or raise the limit");
        Manager = manager;
        Configuration = configuration;
        Capacity = capacity;
        _free = new SemaphoreSlim(capacity);
        if (manager.IsWatched) WorkspaceRegister.Add(this);
    }

    /// <summary>Owns the workspaces.</summary>
    public WorkspaceManager Manager { get; }

    /// <summary>The configuration of each workspace.</summary>
    public WorkspaceConfiguration Configuration { get; }

    /// <summary>Most workspaces rented at once.</summary>
    public int Capacity { get; }

    /// <summary>Workspaces that are rented now.</summary>
    public int Rented
    {
        get
        {
            lock (_sync) return _rented;
        }
    }

    /// <summary>Callers that wait for a workspace now.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Rents a workspace; waits while all are rented.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The lease; dispose it when the request is served.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The pool or its manager was disposed, be it during the wait.</exception>
    /// <exception cref="OutOfWorkspaceException"><c>InitialSize</c> cannot be committed.</exception>
    public WorkspaceLease Rent(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_free.Wait(0, CancellationToken.None)) return Take();
        Interlocked.Increment(ref _waiting);
        try
        {
            _free.Wait(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }

        return Take();
    }

    /// <summary>Rents a workspace; waits, without keeping a thread, while all are rented.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The lease. It may be used and given back in any flow: enter its passes where the work is done.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The pool or its manager was disposed, be it during the wait.</exception>
    /// <exception cref="OutOfWorkspaceException"><c>InitialSize</c> cannot be committed.</exception>
    public ValueTask<WorkspaceLease> RentAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<WorkspaceLease>(cancellationToken);
        return _free.Wait(0, CancellationToken.None) ? new ValueTask<WorkspaceLease>(Take()) : WaitAsync(cancellationToken);
    }

    /// <summary>Rents a workspace if one is free now.</summary>
    /// <param name="lease">The lease when true is returned.</param>
    /// <returns>False when all are rented.</returns>
    /// <exception cref="ObjectDisposedException">The pool or its manager was disposed.</exception>
    public bool TryRent(out WorkspaceLease lease)
    {
        bool isFree = _free.Wait(0, CancellationToken.None);
        lease = isFree ? Take() : default;
        return isFree;
    }

    /// <summary>
    /// Ends renting: those who wait get an <see cref="ObjectDisposedException"/>. Leases that are out stay good until they are given back, and the manager keeps
    /// the workspaces. Further calls do nothing.
    /// </summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;
        if (Manager.IsWatched) WorkspaceRegister.Remove(this);
        _free.Release(); // wakes one who waits, and each wakes the next
    }

    internal void Return(Slot slot, long serial)
    {
        Workspace workspace;
        lock (_sync)
        {
            if (slot.Serial != serial || slot.Workspace is not { } rented) return;
            workspace = rented;
            slot.Serial = 0;
            slot.Workspace = null;
            _slots.Push(slot);
            _rented--;
        }

        try
        {
            workspace.EndLeaseOf(serial);
        }
        finally
        {
            _free.Release();
        }
    }

    private async ValueTask<WorkspaceLease> WaitAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            await _free.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }

        return Take();
    }

    /// <summary>One of the free places is ours; it is given back when there is nothing to have.</summary>
    private WorkspaceLease Take()
    {
        bool taken = false;
        try
        {
            if (Volatile.Read(ref _disposed)) Throw.UsedAfterDispose(nameof(WorkspacePool), "rent a workspace", "rent before the pool is disposed, or make another pool");
            Workspace workspace = Manager.LeasePooled(Configuration);
            lock (_sync)
            {
                if (!_slots.TryPop(out Slot? slot)) slot = new Slot();
                long serial = workspace.LeaseSerial;
                slot.Workspace = workspace;
                slot.Serial = serial;
                _rented++;
                taken = true;
                return new WorkspaceLease(this, slot, serial);
            }
        }
        finally
        {
            if (!taken) _free.Release();
        }
    }

    /// <summary>A place for a lease that is out.</summary>
    internal sealed class Slot
    {
        private long _serial;

        /// <summary>Number of the lease, 0 for none.</summary>
        internal long Serial
        {
            get => Volatile.Read(ref _serial);
            set => Volatile.Write(ref _serial, value);
        }

        internal Workspace? Workspace { get; set; }
    }
}
