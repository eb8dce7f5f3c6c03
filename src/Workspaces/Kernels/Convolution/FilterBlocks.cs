namespace Workspaces.Kernels.Convolution;

/// <summary>The blocks of a pass whose registers hold the planes that are written.</summary>
internal static class FilterBlocks
{
    /// <summary>Planes of a group, rounded up to a whole number of the widest registers.</summary>
    public static int Lanes(in DirectShape s) => (int)ConvolutionNeeds.Round(s.Targets);

    /// <summary>What the pass takes: places of the taps, packed weights and bias for all, and for each part padded planes and results to be turned.</summary>
    public static ConvolutionNeeds Needs(in ConvolutionShape shape, ConvolutionPass pass)
    {
        DirectShape s = DirectShape.Of(shape, pass);
        return new(
            ConvolutionPath.Filters, checked(shape.Batch * shape.Groups * s.Chunks),
            ConvolutionNeeds.Round(s.Depth) + (shape.Groups * (s.Depth + 1L) * Lanes(s)), s.PlanesLength + ((long)s.ChunkRows * s.OutWidth * Lanes(s)));
    }
}
