using System.Numerics;

namespace Workspaces.Kernels.Convolution;

/// <summary>The blocks of a weight gradient with sums in registers.</summary>
internal static class WeightBlocks
{
    /// <summary>Positions that are worked on at a time: with two registers of filters each they stay in L1.</summary>
    private const int Positions = 256;

    /// <summary>What is read: that of the forward pass, in smaller pieces.</summary>
    public static DirectShape Shape(in ConvolutionShape s)
    {
        DirectShape shape = DirectShape.Of(s, ConvolutionPass.Forward);
        int rows = Math.Clamp(Positions / Math.Max(1, s.OutWidth), 1, shape.ChunkRows), chunks = ((s.OutHeight - 1) / rows) + 1;
        return shape with { ChunkRows = ((s.OutHeight - 1) / chunks) + 1 };
    }

    /// <summary>Filters of a group, rounded up to a whole number of the widest registers.</summary>
    public static int Lanes(in ConvolutionShape s) => (int)ConvolutionNeeds.Round(s.GroupFilters);

    /// <summary>Elements of the sums over a slice of the batch: for each group and tap the filters.</summary>
    public static long SumsLength(in ConvolutionShape s) => (long)s.Groups * s.Depth * Lanes(s);

    /// <summary>What the pass takes: the places of the taps and the sums of all slices, and for each part padded planes and turned gradients.</summary>
    public static ConvolutionNeeds Needs<T>(in ConvolutionShape s)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        DirectShape shape = Shape(s);
        return new(
            ConvolutionPath.Direct, s.Partials, ConvolutionNeeds.Round(s.Depth) + (s.Partials * SumsLength(s)),
            shape.PlanesLength + ((long)shape.ChunkRows * s.OutWidth * Lanes(s)));
    }
}
