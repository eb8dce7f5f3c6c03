namespace Workspaces.Ops;

/// <summary>What the fourth operand of an attention says.</summary>
internal enum AttentionMaskKind
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>[batch, keys], true for keys to leave out.</summary>
    Padding,

    /// <summary>True for what a query sees.</summary>
    Visible,

    /// <summary>Numbers to add to the scores.</summary>
    Added,
}
