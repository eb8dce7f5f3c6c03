namespace Workspaces.Kernels.Convolution;

/// <summary>One tile of a convolution whose registers hold planes: up to 8 positions of one or two registers of planes.</summary>
internal unsafe struct FilterTile<T>
    where T : unmanaged
{
    /// <summary>The positions in the padded planes: up to 8 pointers.</summary>
    public T** X;

    /// <summary>Where the taps lie from a position.</summary>
    public int* Places;

    /// <summary>Taps.</summary>
    public int Depth;

    /// <summary>Weights: for each tap the planes.</summary>
    public T* Weights;

    /// <summary>One number a plane.</summary>
    public T* Bias;

    /// <summary>The least result.</summary>
    public T Floor;

    /// <summary>Results: for each position the planes.</summary>
    public T* Y;

    /// <summary>Elements from one tap of the weights, and from one position of the results, to the next.</summary>
    public nint Lanes;
}
