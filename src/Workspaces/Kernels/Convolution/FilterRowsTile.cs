namespace Workspaces.Kernels.Convolution;

/// <summary>One tile of a convolution whose registers hold planes: up to 12 neighbouring positions of one or two rows, one register of planes.</summary>
internal unsafe struct FilterRowsTile<T>
    where T : unmanaged
{
    /// <summary>The first position in the padded planes.</summary>
    public T* X;

    /// <summary>Elements from there to the first position of the row below.</summary>
    public nint StepX;

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

    /// <summary>Elements from there to the results of the row below.</summary>
    public nint StepY;

    /// <summary>Elements from one tap of the weights, and from one position of the results, to the next.</summary>
    public nint Lanes;
}
