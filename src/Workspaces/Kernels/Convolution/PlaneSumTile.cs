namespace Workspaces.Kernels.Convolution;

/// <summary>One tile of a weight gradient of few filters: some filters and up to three taps, summed over rows of positions.</summary>
internal unsafe struct PlaneSumTile<T>
    where T : unmanaged
{
    /// <summary>The padded planes.</summary>
    public T* X;

    /// <summary>Where the taps lie.</summary>
    public int* Places;

    /// <summary>Elements from one padded row of positions to the next.</summary>
    public nint StepY;

    /// <summary>Rows.</summary>
    public int Rows;

    /// <summary>Positions of a row.</summary>
    public int Width;

    /// <summary>The gradient at the first position of the first filter.</summary>
    public T* DY;

    /// <summary>Elements from one filter of the gradient to the next.</summary>
    public nint Plane;

    /// <summary>Sums that are added to: registers, those of a tap next to each other.</summary>
    public T* Sums;

    /// <summary>Elements from one tap of the sums to the next.</summary>
    public nint TapStep;
}
