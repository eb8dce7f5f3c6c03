namespace Workspaces.Memory.Passes;

/// <summary>Which bytes a request may have.</summary>
internal enum PlaceRule
{
    /// <summary>Any that no live block has.</summary>
    Reuse,

    /// <summary>Only bytes that no block of this pass has had: an op elsewhere may still read dead ones.</summary>
    Fresh,

    /// <summary>The same, and the plan does not go on: the request comes from a thread that could not take over the pass.</summary>
    Foreign,
}
