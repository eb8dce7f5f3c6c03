namespace Workspaces.Memory;

/// <summary>
/// A workspace rented from a <see cref="WorkspacePool"/>, until it is disposed. A value: copies name the same lease, and disposing a second time does nothing.
/// </summary>
public readonly struct WorkspaceLease : IDisposable
{
    private readonly WorkspacePool _pool;
    private readonly WorkspacePool.Slot _slot;
    private readonly long _serial;

    internal WorkspaceLease(WorkspacePool pool, WorkspacePool.Slot slot, long serial)
    {
        _pool = pool;
        _slot = slot;
        _serial = serial;
    }

    /// <summary>The workspace; any flow may enter it, one at a time.</summary>
    /// <exception cref="StaleAccessException">The lease was given back, or is a default value.</exception>
    public Workspace Workspace =>
        (_slot is { } slot && slot.Serial == _serial ? slot.Workspace : null)
        ?? throw new StaleAccessException(
            "use a rented workspace", _pool is null ? "a default lease" : $"a lease of the pool '{_pool.Configuration.Name}'",
            _pool is null ? "it was never rented (default value of the struct)" : "it was given back", "rent a workspace, and use it before the lease is disposed");

    /// <summary>Opens a pass; see <see cref="Workspace.Enter"/>. It is ambient in the calling flow, wherever the lease was rented.</summary>
    /// <param name="signature">Tells passes with different memory needs apart.</param>
    /// <returns>The pass; dispose it in the same flow.</returns>
    /// <exception cref="StaleAccessException">The lease was given back.</exception>
    /// <exception cref="WorkspaceException">A pass is open in this workspace in another flow.</exception>
    public Pass Enter(in PassSignature signature = default) => Workspace.Enter(signature);

    /// <summary>Opens a pass on this thread only; see <see cref="Workspace.EnterOnThread"/>.</summary>
    /// <param name="signature">Tells passes with different memory needs apart.</param>
    /// <returns>The pass; dispose it on the same thread.</returns>
    /// <exception cref="StaleAccessException">The lease was given back.</exception>
    /// <exception cref="WorkspaceException">A pass is open in this workspace in another flow.</exception>
    public ThreadPass EnterOnThread(in PassSignature signature = default) => Workspace.EnterOnThread(signature);

    /// <summary>Gives the workspace back, from any thread. What was made in it is stale; passes still open are closed and reported.</summary>
    public void Dispose() => _pool?.Return(_slot, _serial);
}
