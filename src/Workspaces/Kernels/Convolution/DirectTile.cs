namespace Workspaces.Kernels.Convolution;

/// <summary>One tile of a direct convolution: some planes at one or two registers of positions.</summary>
internal unsafe struct DirectTile<T>
    where T : unmanaged
{
    /// <summary>The first positions in the padded planes.</summary>
    public T* X0;

    /// <summary>The second positions; not read when <see cref="Count1"/> is 0.</summary>
    public T* X1;

    /// <summary>Where the taps lie from a position.</summary>
    public int* Places;

    /// <summary>Taps.</summary>
    public int Depth;

    /// <summary>Weights of the planes: for each tap one a plane, <see cref="Simd.ISimd{T, TVector}.TileRows"/> apart.</summary>
    public T* Weights;

    /// <summary>Where the first positions of the first plane go.</summary>
    public T* Y0;

    /// <summary>Where the second positions of the first plane go.</summary>
    public T* Y1;

    /// <summary>How many of the first positions are stored.</summary>
    public int Count0;

    /// <summary>How many of the second positions are stored, or 0.</summary>
    public int Count1;

    /// <summary>Elements between planes that are written.</summary>
    public nint PlaneStep;

    /// <summary>One number a plane, or null.</summary>
    public T* Bias;

    /// <summary>The least result.</summary>
    public T Floor;
}
