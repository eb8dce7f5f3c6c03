namespace Workspaces.Kernels.Rows;

/// <summary>Pinned operands of <see cref="RowNorm"/>; what a direction or a caller does not have is null.</summary>
internal unsafe struct RowNormOperands<T>
    where T : unmanaged
{
    /// <summary>[rows, columns].</summary>
    public T* X;

    /// <summary>[columns], or null for 1.</summary>
    public T* Weight;

    /// <summary>[columns], or null for 0.</summary>
    public T* Bias;

    /// <summary>The result of the forward half.</summary>
    public T* Y;

    /// <summary>The gradient of the result.</summary>
    public T* DY;

    /// <summary>The gradient of the input, or null.</summary>
    public T* DX;

    /// <summary>Sums of each part: dWeight, then dBias.</summary>
    public T* Sums;

    /// <summary>Columns.</summary>
    public int Columns;

    /// <summary>Added to the variance.</summary>
    public double Epsilon;

    /// <summary>True for layer norm, false for RMS norm.</summary>
    public bool Centered;

    /// <summary>True to add to the gradient of the input.</summary>
    public bool AddToInput;
}
