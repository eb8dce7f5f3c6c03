namespace Workspaces.Memory;

/// <summary>How much memory a planned workspace takes for what it has learned.</summary>
public enum AllocationPolicy
{
    /// <summary>Exactly the bytes of the plan.</summary>
    Strict,

    /// <summary>The bytes of the plan and <see cref="WorkspaceConfiguration.OverallocationLimit"/> as head-room.</summary>
    Overallocate,

    /// <summary>Nothing is reused: every request is fresh and is poisoned when it dies. The baseline of the sanitizer.</summary>
    Always,
}
