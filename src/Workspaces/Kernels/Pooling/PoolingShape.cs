using System.Diagnostics.CodeAnalysis;
using Workspaces.Kernels.Convolution;

namespace Workspaces.Kernels.Pooling;

/// <summary>The sizes of an op that maps each plane [Height, Width] to a plane [OutHeight, OutWidth].</summary>
internal readonly record struct PoolingShape
{
    /// <summary>Planes: samples times channels.</summary>
    public int Planes { get; init; }

    /// <summary>Rows of an input plane.</summary>
    public int Height { get; init; }

    /// <summary>Columns of an input plane.</summary>
    public int Width { get; init; }

    /// <summary>Rows of an output plane.</summary>
    public int OutHeight { get; init; }

    /// <summary>Columns of an output plane.</summary>
    public int OutWidth { get; init; }

    /// <summary>The window; not used by adaptive pooling and resampling.</summary>
    public PlaneWindow Window { get; init; }

    /// <summary>Elements of an input plane.</summary>
    public int Plane => Height * Width;

    /// <summary>Elements of an output plane.</summary>
    public int Positions => OutHeight * OutWidth;

    /// <summary>Throws unless spans have as many elements as the sizes say.</summary>
    public void Check(int input, int output)
    {
        if (input != (long)Planes * Plane || output != (long)Planes * Positions) Throw(input, output);
    }

    [DoesNotReturn]
    private void Throw(int input, int output) =>
        throw new ArgumentException($"A kernel on planes {this} got {input} and {output} elements. Give spans that are as long as the sizes say.");
}
