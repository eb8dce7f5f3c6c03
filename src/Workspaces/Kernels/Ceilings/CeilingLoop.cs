namespace Workspaces.Kernels.Ceilings;

/// <summary>What a <see cref="CeilingJob"/> runs.</summary>
internal enum CeilingLoop
{
    /// <summary>Multiply-adds in registers.</summary>
    MultiplyAdds,

    /// <summary>Reading.</summary>
    Read,

    /// <summary>Reading two streams and writing a third.</summary>
    Triad,
}
