namespace Workspaces.Memory.Arenas;

/// <summary>What the processor may do with a committed page.</summary>
internal enum PageAccess
{
    /// <summary>Every access faults: what checked mode leaves of a pass that has ended.</summary>
    None,

    /// <summary>Reads only; a write faults.</summary>
    Read,

    /// <summary>Reads and writes.</summary>
    ReadWrite,
}
