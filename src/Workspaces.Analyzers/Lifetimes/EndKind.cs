namespace Workspaces.Analyzers.Lifetimes;

/// <summary>How the life of a value has ended.</summary>
internal enum EndKind
{
    /// <summary>It has not.</summary>
    None,

    /// <summary>Its pass, its lease or a using block is over, on one path at least.</summary>
    Scope,

    /// <summary>It was disposed by name, on every path.</summary>
    Disposed,

    /// <summary>A pointer was carried over an await or a yield.</summary>
    Await,
}
