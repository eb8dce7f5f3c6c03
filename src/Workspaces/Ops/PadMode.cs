namespace Workspaces.Ops;

/// <summary>What padding is filled with.</summary>
public enum PadMode
{
    /// <summary>One number.</summary>
    Constant,

    /// <summary>The elements mirrored at the edge, without the edge itself.</summary>
    Reflect,

    /// <summary>The edge repeated.</summary>
    Replicate,
}
