using System.Numerics;
using System.Runtime.CompilerServices;

namespace Workspaces.Kernels.Convolution;

/// <summary>
/// The sizes of a convolution of [Batch, Channels, Height, Width] to [Batch, Filters, OutHeight, OutWidth] with weights
/// [Filters, Channels / Groups, Window.Height, Window.Width]. One axis less is a height of 1.
/// </summary>
internal readonly record struct ConvolutionShape
{
    /// <summary>Bytes of columns that are made at a time: with the panels of the product they stay in L2.</summary>
    private const int ChunkBytes = 256 << 10;

    /// <summary>Elements that partial sums of the weight gradient may take together.</summary>
    private const int PartialElements = 1 << 17;

    /// <summary>The most partial sums of the weight gradient.</summary>
    private const int MostPartials = 8;

    /// <summary>Samples.</summary>
    public int Batch { get; init; }

    /// <summary>Channels of the input.</summary>
    public int Channels { get; init; }

    /// <summary>Rows of the input.</summary>
    public int Height { get; init; }

    /// <summary>Columns of the input.</summary>
    public int Width { get; init; }

    /// <summary>Channels of the output.</summary>
    public int Filters { get; init; }

    /// <summary>Rows of the output.</summary>
    public int OutHeight { get; init; }

    /// <summary>Columns of the output.</summary>
    public int OutWidth { get; init; }

    /// <summary>Groups of channels that know nothing of each other.</summary>
    public int Groups { get; init; }

    /// <summary>The window.</summary>
    public PlaneWindow Window { get; init; }

    /// <summary>Input channels of a group.</summary>
    public int GroupChannels => Channels / Groups;

    /// <summary>Filters of a group.</summary>
    public int GroupFilters => Filters / Groups;

    /// <summary>Input elements that an output element sums: rows of the matrix of columns.</summary>
    public int Depth => GroupChannels * Window.Taps;

    /// <summary>Elements of a plane of the input.</summary>
    public int Plane => Height * Width;

    /// <summary>Elements of a plane of the output: columns of the matrix of columns.</summary>
    public int Positions => OutHeight * OutWidth;

    /// <summary>Elements of the weight.</summary>
    public long WeightLength => (long)Filters * Depth;

    /// <summary>Multiply-adds of one pass.</summary>
    public long Work => Batch * (long)Positions * WeightLength;

    /// <summary>
    /// True when input and output have the same positions and the window takes one element at each, so that a plane is its own column. A transposed
    /// convolution with output padding has a pointwise window, and yet an input that is larger than the output.
    /// </summary>
    public bool IsPointwise => Window.IsPointwise && Height == OutHeight && Width == OutWidth;

    /// <summary>True when there is nothing to compute.</summary>
    public bool IsEmpty => Batch == 0 || Positions == 0 || Filters == 0;

    /// <summary>Rows of the output whose columns are made at a time; all for a pointwise window, which needs no columns.</summary>
    public int RowsPerChunk<T>()
    {
        if (IsPointwise) return OutHeight;
        long rowBytes = Math.Max(1L, (long)Depth * OutWidth * Unsafe.SizeOf<T>());
        int rows = (int)Math.Clamp(ChunkBytes / rowBytes, 1, Math.Max(1, OutHeight)), chunks = ((OutHeight - 1) / rows) + 1;
        return ((OutHeight - 1) / chunks) + 1;
    }

    /// <summary>
    /// Slices of the batch whose weight gradients are summed apart, so that the sum does not depend on the number of threads; a power of two, so that they
    /// are shared out evenly.
    /// </summary>
    public int Partials => (int)BitOperations.RoundUpToPowerOf2(
        (uint)Math.Clamp(PartialElements / Math.Max(1, WeightLength), Math.Min(2, Batch), Math.Clamp(Batch, 1, MostPartials)) + 1) / 2;

    /// <summary>First sample of a slice; that of the slice after the last is the number of samples.</summary>
    public int FirstSample(int slice, int slices) => (int)((long)Batch * slice / slices);
}
