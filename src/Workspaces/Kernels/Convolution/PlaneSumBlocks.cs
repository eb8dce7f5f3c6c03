using System.Numerics;

namespace Workspaces.Kernels.Convolution;

/// <summary>The blocks of a weight gradient of few filters, whose registers hold positions.</summary>
internal static class PlaneSumBlocks
{
    /// <summary>Elements of a sum: the widest register of f32.</summary>
    private const int Lanes = 16;

    /// <summary>Elements of the sums over a slice of the batch: for each weight a register.</summary>
    public static long SumsLength(in ConvolutionShape s) => Lanes * s.WeightLength;

    /// <summary>What the pass takes: the places of the taps and the sums of all slices, and for each part padded planes.</summary>
    public static ConvolutionNeeds Needs<T>(in ConvolutionShape s)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        DirectShape shape = DirectShape.Of(s, ConvolutionPass.Forward);
        return new(ConvolutionPath.PlaneSums, s.Partials, ConvolutionNeeds.Round(s.Depth) + (s.Partials * SumsLength(s)), shape.PlanesLength);
    }
}
