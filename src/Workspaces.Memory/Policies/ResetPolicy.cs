namespace Workspaces.Memory;

/// <summary>When the arena starts again at offset zero.</summary>
public enum ResetPolicy
{
    /// <summary>At the end of every pass.</summary>
    BlockLeft,

    /// <summary>When the end of the buffer is reached: a ring of <see cref="WorkspaceConfiguration.StepsNumber"/> slots.</summary>
    EndOfBufferReached,
}
