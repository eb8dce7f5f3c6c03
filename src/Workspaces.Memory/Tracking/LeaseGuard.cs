namespace Workspaces.Memory.Tracking;

/// <summary>
/// Notices that nobody can reach a workspace any more whose lease is open. The manager knows open leases only through references that do not keep them alive,
/// so the collector finds out; the finalizer then reports, and makes the workspace known for good. It frees nothing: a span may still lie in its pages.
/// </summary>
/// <param name="workspace">The workspace, which has this guard and no other object has.</param>
internal sealed class LeaseGuard(Workspace workspace) : IDisposable
{
    private bool _hasRun;

    ~LeaseGuard()
    {
        _hasRun = true;
        workspace.Manager.Abandon(workspace);
    }

    /// <summary>A lease begins: whatever was reported of an earlier one, this one is guarded too.</summary>
    internal void Arm()
    {
        if (!_hasRun) return;
        _hasRun = false;
        GC.ReRegisterForFinalize(this);
    }

    /// <summary>The workspace is destroyed: there is nothing to notice any more.</summary>
    public void Dispose() => GC.SuppressFinalize(this);
}
