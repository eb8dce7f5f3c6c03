namespace Workspaces.Memory;

/// <summary>What happens to a request that would pass <see cref="WorkspaceConfiguration.MaxSize"/>.</summary>
public enum SpillPolicy
{
    /// <summary>It throws, with the numbers.</summary>
    Fail,

    /// <summary>It is served from ordinary memory, and the arena grows (up to the cap) when the pass ends.</summary>
    Reallocate,

    /// <summary>It is served from a memory-mapped temporary file that is given back when the pass ends.</summary>
    External,
}
