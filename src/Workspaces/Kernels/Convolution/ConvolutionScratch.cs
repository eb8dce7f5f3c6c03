using System.Numerics;
using System.Runtime.CompilerServices;

namespace Workspaces.Kernels.Convolution;

/// <summary>Chooses the path of a convolution, how much scratch it takes and into how many parts it falls.</summary>
internal static class ConvolutionScratch
{
    /// <summary>Multiply-adds below which a part is not worth another thread.</summary>
    private const long WorkPerPart = 1L << 18;

    /// <summary>The widest register; the choice is made for it whatever the variant.</summary>
    private const int WidestBytes = 64;

    /// <summary>Weights for which a register each stays in L1.</summary>
    private const int MostPlaneSums = 1024;

    /// <summary>What a pass takes.</summary>
    public static ConvolutionNeeds Of<T>(in ConvolutionShape shape, ConvolutionPass pass)
        where T : unmanaged, IFloatingPointIeee754<T> => Choose<T>(shape, pass) switch
    {
        ConvolutionPath.Winograd => WinogradShape.Of(shape, pass).Needs(),
        ConvolutionPath.PlaneSums => PlaneSumBlocks.Needs<T>(shape),
        ConvolutionPath.Direct when pass == ConvolutionPass.BackwardWeight => WeightBlocks.Needs<T>(shape),
        ConvolutionPath.Direct => DirectShape.Of(shape, pass).Needs<T>(shape),
        _ => ColumnBlocks.Needs<T>(shape, pass),
    };

    /// <summary>Parts that run at the same time on a number of threads.</summary>
    public static int Parts(in ConvolutionShape shape, in ConvolutionNeeds needs, int threads) =>
        (int)Math.Clamp(Math.Min(shape.Work / WorkPerPart, needs.Items), 1, Math.Max(1, threads));

    /// <summary>Elements of scratch altogether.</summary>
    public static int Length<T>(in ConvolutionShape shape, ConvolutionPass pass, int threads)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (shape.IsEmpty) return 0;
        ConvolutionNeeds needs = Of<T>(shape, pass);
        return checked((int)(needs.Shared + (needs.Part * Parts(shape, needs, threads))));
    }

    private static ConvolutionPath Choose<T>(in ConvolutionShape shape, ConvolutionPass pass)
        where T : unmanaged
    {
        if (shape.IsPointwise) return ConvolutionPath.Columns;
        if (pass == ConvolutionPass.BackwardWeight) return ChooseForWeight<T>(shape);
        if (typeof(T) == typeof(float) && WinogradShape.Pays(shape, pass)) return ConvolutionPath.Winograd;
        return DirectShape.Fits(shape, pass) && FillsLanes<T>(pass == ConvolutionPass.Forward ? shape.OutWidth : shape.Width)
            ? ConvolutionPath.Direct
            : ConvolutionPath.Columns;
    }

    /// <summary>Registers hold filters where that wastes few lanes, else positions of a row, else the positions of the matrix product.</summary>
    private static ConvolutionPath ChooseForWeight<T>(in ConvolutionShape shape)
        where T : unmanaged
    {
        if (FillsLanes<T>(shape.GroupFilters)) return ConvolutionPath.Direct;
        if (shape.Window.StrideX == 1 && FillsLanes<T>(shape.OutWidth) && shape.WeightLength <= MostPlaneSums) return ConvolutionPath.PlaneSums;
        return 3 * shape.GroupFilters >= WidestBytes / Unsafe.SizeOf<T>() ? ConvolutionPath.Direct : ConvolutionPath.Columns;
    }

    /// <summary>True when rows of a width waste less than two lanes of five.</summary>
    private static bool FillsLanes<T>(int width)
        where T : unmanaged
    {
        int lanes = WidestBytes / Unsafe.SizeOf<T>(), registers = ((width - 1) / lanes) + 1;
        return 5 * width >= 3 * registers * lanes;
    }
}
