namespace Workspaces.Memory;

/// <summary>Whether a workspace has memory of its own.</summary>
public enum WorkspaceMode
{
    /// <summary>It has.</summary>
    Enabled,

    /// <summary>All names share one workspace.</summary>
    Single,

    /// <summary>Workspaces are off: every block owns its memory. The baseline of comparisons.</summary>
    None,
}
