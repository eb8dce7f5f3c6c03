using Workspaces.Memory.Replay;

namespace Workspaces.Memory.Passes;

/// <summary>What a workspace name has learned; shared by all its leases, so that a second one starts with it.</summary>
internal sealed class LearnedWorkspace(WorkspaceConfiguration configuration)
{
    /// <summary>Bytes that each arena has needed.</summary>
    internal LearnedSize Sizes { get; } = new();

    /// <summary>The plans.</summary>
    internal PlanCache Plans { get; } = new(configuration);
}
