namespace Workspaces.Memory.Passes;

/// <summary>How a lease hangs in flows.</summary>
internal enum LeaseKind
{
    /// <summary>Ambient in the flow that took it; passes are entered inside that flow.</summary>
    Ambient,

    /// <summary>Ambient nowhere; its owner allocates in frames of its own, and no op finds its way into it.</summary>
    Detached,

    /// <summary>Ambient nowhere by itself; any flow may enter a pass, one at a time.</summary>
    Pooled,
}
