using Workspaces.Memory.Configuration;

namespace Workspaces.Memory;

/// <summary>On which sides (host, device) the memory of a workspace exists.</summary>
public enum MirroringPolicy
{
    /// <summary>Host memory, and no bookkeeping of mirrors.</summary>
    Disabled,

    /// <summary>A host arena only.</summary>
    HostOnly,

    /// <summary>A host and a device arena with equal offsets, kept coherent.</summary>
    Enabled,

    /// <summary>Another name of <see cref="Enabled"/>.</summary>
    [EnumAlias]
    Full = Enabled,
}
