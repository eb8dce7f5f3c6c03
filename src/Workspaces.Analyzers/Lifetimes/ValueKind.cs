namespace Workspaces.Analyzers.Lifetimes;

/// <summary>What a tracked value is.</summary>
internal enum ValueKind
{
    /// <summary>A tensor, a block, or something made of them; every use is checked when the program runs.</summary>
    Tensor,

    /// <summary>A span of one: good to the end of the pass, even when the tensor is disposed.</summary>
    Raw,

    /// <summary>Memory of one, which is revoked with it.</summary>
    Memory,

    /// <summary>An address in one.</summary>
    Pointer,

    /// <summary>A delegate that has captured one.</summary>
    Closure,
}
