namespace Workspaces.Memory.Passes;

/// <summary>The memory that all workspaces with <see cref="WorkspaceMode.Single"/> have in common. Used under the manager's lock.</summary>
/// <param name="first">The workspace that made it, whose sizes and policies hold.</param>
internal sealed class SharedMemory(Workspace first)
{
    private readonly HashSet<Workspace> _users = [];

    internal WorkspaceMemory Memory { get; } = new(first);

    internal bool IsEmpty => _users.Count == 0;

    /// <summary>Adds a workspace, which must want the same of its memory.</summary>
    /// <exception cref="WorkspaceException">It wants another memory.</exception>
    internal void Add(Workspace workspace)
    {
        WorkspaceConfiguration here = Memory.Configuration, wanted = workspace.Configuration;
        IReadOnlyList<string> differences = Common(wanted).DifferencesFrom(Common(here));
        if (differences.Count > 0)
            throw new WorkspaceException(
                "share one memory between names of different configurations", $"workspace '{workspace.DisplayName}'",
                $"beside workspace '{here.Name ?? "(unnamed)"}': {string.Join("; ", differences)}",
                "give all workspaces the same sizes and policies, best under Workspaces:Defaults, or leave WorkspaceMode at Enabled");
        _users.Add(workspace);
    }

    /// <summary>Takes a workspace out; the last one frees the memory. False while an op of an ended pass still runs on it.</summary>
    internal bool TryRemove(Workspace workspace)
    {
        if (_users.Count == 1 && _users.Contains(workspace) && !Memory.TryDestroy()) return false;
        _users.Remove(workspace);
        return true;
    }

    /// <summary>Keys that have nothing to do with where bytes lie may differ.</summary>
    private static WorkspaceConfiguration Common(WorkspaceConfiguration configuration) => configuration with
    {
        Name = null, Lifetimes = default, MaxPlans = 0, CyclesBeforeInitialization = 0, UseCycleDetector = false, Checks = default,
        PolicyReset = default, StepsNumber = 0, HelperAllowFallback = false, HelperMinSize = 0, PolicyMirroring = default,
    };
}
