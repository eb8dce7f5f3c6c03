namespace Workspaces.Memory;

/// <summary>What a workspace does.</summary>
public enum WorkspaceState
{
    /// <summary>Requests are served by an online allocator and recorded.</summary>
    Learning,

    /// <summary>Requests are served from a plan.</summary>
    Planned,

    /// <summary>The lease has ended.</summary>
    Closed,
}
