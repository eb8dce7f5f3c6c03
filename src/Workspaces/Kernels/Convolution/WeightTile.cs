namespace Workspaces.Kernels.Convolution;

/// <summary>One tile of a weight gradient: some taps and one or two registers of filters, summed over rows of positions.</summary>
internal unsafe struct WeightTile<T>
    where T : unmanaged
{
    /// <summary>The padded planes.</summary>
    public T* X;

    /// <summary>Where the taps lie.</summary>
    public int* Places;

    /// <summary>Elements from one position to the next.</summary>
    public nint StepX;

    /// <summary>Elements from one row of positions to the next.</summary>
    public nint StepY;

    /// <summary>Rows.</summary>
    public int Rows;

    /// <summary>Positions of a row.</summary>
    public int Width;

    /// <summary>Gradients: for each position the filters.</summary>
    public T* DY;

    /// <summary>Elements from one position of the gradients, and from one tap of the sums, to the next.</summary>
    public nint Lanes;

    /// <summary>Sums that are added to: for each tap the filters.</summary>
    public T* Sums;
}
