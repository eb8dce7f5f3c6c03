namespace Workspaces.Memory.Sites;

/// <summary>Somebody's wish to have places recorded.</summary>
internal sealed class SiteRecording : IDisposable
{
    private readonly WorkspaceManager _manager;

    internal SiteRecording(WorkspaceManager manager, int oneIn)
    {
        _manager = manager;
        OneIn = oneIn;
        manager.Add(this);
    }

    internal int OneIn { get; }

    public void Dispose() => _manager.Remove(this);
}
