using Workspaces.Memory;

namespace Workspaces.Hosting.DependencyInjection;

/// <summary>A workspace that a scope of a container has rented; it goes back to its pool with the scope.</summary>
internal sealed class ScopedLease(WorkspacePool pool) : IDisposable
{
    private readonly WorkspaceLease _lease = pool.Rent();

    internal Workspace Workspace => _lease.Workspace;

    public void Dispose() => _lease.Dispose();
}
