using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Passes;

/// <summary>What a manager keeps of one name: the configuration, idle leases with their memory, and what all leases learned. Used under the manager's lock.</summary>
internal sealed class NamedWorkspace(WorkspaceConfiguration configuration, WorkspaceConfiguration effective)
{
    private readonly Stack<Workspace> _idle = new();
    private bool _destroyed;

    internal WorkspaceConfiguration Configuration { get; } = configuration;

    internal LearnedWorkspace Learned { get; } = new(effective);

    internal MemoryReport IdleMemory
    {
        get
        {
            MemoryReport sum = default;
            foreach (Workspace workspace in _idle) sum += workspace.OwnMemory;
            return sum;
        }
    }

    /// <summary>Workspaces that nobody has leased, with their memory.</summary>
    internal Stack<Workspace> Idle => _idle;

    internal Workspace? TakeIdle() => _idle.Count > 0 ? _idle.Pop() : null;

    /// <summary>Keeps the memory of an ended lease for the next one; false when the name was destroyed meanwhile or belongs to another life.</summary>
    internal bool TryKeep(Workspace workspace, long round)
    {
        if (_destroyed || !ReferenceEquals(workspace.Learned, Learned)) return false;
        workspace.IdleSince = round;
        _idle.Push(workspace);
        return true;
    }

    internal long Trim()
    {
        long freed = 0;
        foreach (Workspace workspace in _idle) freed += workspace.Trim();
        return freed;
    }

    /// <summary>Ends the name: its idle workspaces are to be destroyed, and none comes back.</summary>
    /// <param name="ending">Receives them.</param>
    internal void Retire(List<Workspace> ending)
    {
        _destroyed = true;
        while (_idle.Count > 0) ending.Add(_idle.Pop());
    }
}
