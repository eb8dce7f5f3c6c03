namespace Workspaces.Ops;

/// <summary>How heads lie in the operands of an attention.</summary>
internal enum AttentionForm
{
    /// <summary>An axis of their own: [batch, head, position, width].</summary>
    Heads,

    /// <summary>Side by side in the last axis: [batch, position, heads · width].</summary>
    Packed,

    /// <summary>As packed, with queries, keys and values side by side in one tensor.</summary>
    Fused,
}
