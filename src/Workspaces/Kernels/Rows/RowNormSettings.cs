namespace Workspaces.Kernels.Rows;

/// <summary>Sizes and rules of the backward half of <see cref="RowNorm"/>.</summary>
internal readonly record struct RowNormSettings
{
    /// <summary>Rows.</summary>
    public int Rows { get; init; }

    /// <summary>Columns.</summary>
    public int Columns { get; init; }

    /// <summary>Added to the variance.</summary>
    public double Epsilon { get; init; }

    /// <summary>True for layer norm, false for RMS norm.</summary>
    public bool Centered { get; init; }

    /// <summary>True to add to the gradient of the input.</summary>
    public bool AddToInput { get; init; }

    /// <summary>True to add to the gradient of the factors.</summary>
    public bool AddToWeight { get; init; }

    /// <summary>True to add to the gradient of the summands.</summary>
    public bool AddToBias { get; init; }
}
