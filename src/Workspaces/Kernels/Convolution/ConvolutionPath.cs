namespace Workspaces.Kernels.Convolution;

/// <summary>How a pass of a convolution is computed. Chosen from its shape alone, so that neither threads nor vector width change what is summed.</summary>
internal enum ConvolutionPath
{
    /// <summary>Windows are gathered into columns, and matrix products do the rest; a pointwise window needs no columns. Takes every shape.</summary>
    Columns,

    /// <summary>Sums stay in registers while the taps walk over padded planes; nothing is gathered.</summary>
    Direct,

    /// <summary>As <see cref="Direct"/>, but registers hold the planes that are written, not positions of a row.</summary>
    Filters,

    /// <summary>As <see cref="Direct"/>, for the weight gradient of few filters: registers hold positions, not filters.</summary>
    PlaneSums,

    /// <summary>Products of transformed tiles: a quarter of the multiplications of a 3 x 3 window.</summary>
    Winograd,
}
