namespace Workspaces.Analyzers;

/// <summary>What a method of the library opens.</summary>
internal enum ScopeKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A workspace, which is ambient and an implicit outer pass.</summary>
    Lease,

    /// <summary>A pass, which is ambient.</summary>
    Pass,

    /// <summary>Something else to be closed: lanes, a rented workspace, a slot, gradients off.</summary>
    Other,
}
