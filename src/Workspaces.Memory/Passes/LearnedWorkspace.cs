using Workspaces.Memory.Replay;

namespace Workspaces.Memory.Passes;

/// <summary>What a workspace name has learned; shared by all its leases, so that a second one starts with it.</summary>
internal sealed class LearnedWorkspace(WorkspaceConfiguration configuration)
{
    /// <summary>Bytes that each arena has needed.</summary>
    internal LearnedSize Sizes { get; } = new();

    /// <summary>The plans.</summary>
    internal PlanCache Plans { get; } = new(configuration);

    private Workspace? _fileOwner;

    /// <summary>Lets one lease at a time have the mapped file of the name.</summary>
    internal bool TryTakeFile(Workspace workspace) => Interlocked.CompareExchange(ref _fileOwner, workspace, null) is null;

    internal void ReturnFile(Workspace workspace) => Interlocked.CompareExchange(ref _fileOwner, null, workspace);
}
