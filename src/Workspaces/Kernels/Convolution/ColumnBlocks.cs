using System.Numerics;
using GemmKernel = Workspaces.Kernels.Gemm.Gemm;

namespace Workspaces.Kernels.Convolution;

/// <summary>The blocks of a convolution by columns.</summary>
internal static class ColumnBlocks
{
    /// <summary>What a pass takes: columns and panels for each part, and partial sums of the weight gradient.</summary>
    public static ConvolutionNeeds Needs<T>(in ConvolutionShape shape, ConvolutionPass pass)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int rows = shape.RowsPerChunk<T>();
        int panels = Math.Max(Panels<T>(shape, pass, rows * shape.OutWidth), Panels<T>(shape, pass, (shape.OutHeight % rows) * shape.OutWidth));
        int items = pass switch
        {
            ConvolutionPass.Forward => checked(shape.Batch * shape.Groups * (((shape.OutHeight - 1) / rows) + 1)),
            ConvolutionPass.BackwardInput => checked(shape.Batch * shape.Groups),
            _ => shape.Partials,
        };
        long partials = pass == ConvolutionPass.BackwardWeight ? (shape.Partials - 1) * shape.WeightLength : 0;
        return new(ConvolutionPath.Columns, items, ConvolutionNeeds.Round(partials), ConvolutionNeeds.Round(Length<T>(shape) + panels));
    }

    /// <summary>Elements of the columns of a part, a multiple of 16 so that the panels behind them are aligned as they are.</summary>
    public static long Length<T>(in ConvolutionShape shape) =>
        shape.IsPointwise ? 0 : ConvolutionNeeds.Round(shape.Depth * (long)shape.RowsPerChunk<T>() * shape.OutWidth);

    private static int Panels<T>(in ConvolutionShape shape, ConvolutionPass pass, int width)
        where T : unmanaged, IFloatingPointIeee754<T> => pass switch
    {
        ConvolutionPass.Forward => GemmKernel.ScratchLength<T>(shape.GroupFilters, width, shape.Depth),
        ConvolutionPass.BackwardInput => GemmKernel.ScratchLength<T>(shape.Depth, width, shape.GroupFilters, transposeA: true),
        _ => GemmKernel.ScratchLength<T>(shape.GroupFilters, shape.Depth, width, transposeB: true),
    };
}
