using System.Numerics;
using GemmKernel = Workspaces.Kernels.Gemm.Gemm;

namespace Workspaces.Kernels.Convolution;

/// <summary>How much scratch a convolution takes and into how many parts it falls.</summary>
internal static class ConvolutionScratch
{
    /// <summary>Multiply-adds below which a part is not worth another thread.</summary>
    private const long WorkPerPart = 1L << 18;

    /// <summary>Pieces of work that are independent of each other: rows of a group of a sample, a group of a sample, or a slice of the batch.</summary>
    public static int Items<T>(in ConvolutionShape shape, ConvolutionPass pass) => pass switch
    {
        ConvolutionPass.Forward => checked(shape.Batch * shape.Groups * (((shape.OutHeight - 1) / shape.RowsPerChunk<T>()) + 1)),
        ConvolutionPass.BackwardInput => checked(shape.Batch * shape.Groups),
        _ => shape.Partials,
    };

    /// <summary>Parts that run at the same time on a number of threads.</summary>
    public static int Parts<T>(in ConvolutionShape shape, ConvolutionPass pass, int threads) =>
        (int)Math.Clamp(Math.Min(shape.Work / WorkPerPart, Items<T>(shape, pass)), 1, Math.Max(1, threads));

    /// <summary>Elements of the columns of a part, a multiple of 16 so that the panels behind them are aligned as they are.</summary>
    public static long ColumnsLength<T>(in ConvolutionShape shape) =>
        shape.IsPointwise ? 0 : ((shape.Depth * (long)shape.RowsPerChunk<T>() * shape.OutWidth) + 15) & ~15L;

    /// <summary>Elements of scratch of a part.</summary>
    public static long PartLength<T>(in ConvolutionShape shape, ConvolutionPass pass)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int width = shape.RowsPerChunk<T>() * shape.OutWidth, tail = (shape.OutHeight % shape.RowsPerChunk<T>()) * shape.OutWidth;
        int panels = Math.Max(Panels<T>(shape, pass, width), Panels<T>(shape, pass, tail));
        return (ColumnsLength<T>(shape) + panels + 15) & ~15L;
    }

    /// <summary>Elements of scratch altogether.</summary>
    public static int Length<T>(in ConvolutionShape shape, ConvolutionPass pass, int threads)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (shape.IsEmpty) return 0;
        long partials = pass == ConvolutionPass.BackwardWeight ? (shape.Partials - 1) * shape.WeightLength : 0;
        return checked((int)((PartLength<T>(shape, pass) * Parts<T>(shape, pass, threads)) + partials));
    }

    private static int Panels<T>(in ConvolutionShape shape, ConvolutionPass pass, int width)
        where T : unmanaged, IFloatingPointIeee754<T> => pass switch
    {
        ConvolutionPass.Forward => GemmKernel.ScratchLength<T>(shape.GroupFilters, width, shape.Depth),
        ConvolutionPass.BackwardInput => GemmKernel.ScratchLength<T>(shape.Depth, width, shape.GroupFilters, transposeA: true),
        _ => GemmKernel.ScratchLength<T>(shape.GroupFilters, shape.Depth, width, transposeB: true),
    };
}
