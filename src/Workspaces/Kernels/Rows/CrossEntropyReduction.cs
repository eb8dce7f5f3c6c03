namespace Workspaces.Kernels.Rows;

/// <summary>What becomes of the losses of the rows.</summary>
internal enum CrossEntropyReduction
{
    /// <summary>One loss per row.</summary>
    None,

    /// <summary>Their mean; NaN of no rows.</summary>
    Mean,

    /// <summary>Their sum.</summary>
    Sum,
}
