using System.Numerics;
using System.Runtime.CompilerServices;

namespace Workspaces.Kernels.Convolution;

/// <summary>Chooses the path of a convolution, how much scratch it takes and how many of its parts run at the same time.</summary>
internal static class ConvolutionScratch
{
    /// <summary>Multiply-adds for which another thread is not worth while.</summary>
    private const long WorkPerPart = 1L << 18;

    /// <summary>The widest register; the choice is made for it whatever the variant.</summary>
    private const int WidestBytes = 64;

    /// <summary>Lanes of registers that must be in use.</summary>
    private const double LeastFilled = 0.6;

    /// <summary>What turning results to planes costs, as a part of the work.</summary>
    private const double Turning = 1.25;

    /// <summary>Weights for which a register each stays in L1.</summary>
    private const int MostPlaneSums = 1024;

    /// <summary>What a pass takes.</summary>
    public static ConvolutionNeeds Of<T>(in ConvolutionShape shape, ConvolutionPass pass)
        where T : unmanaged, IFloatingPointIeee754<T> => Choose<T>(shape, pass) switch
    {
        ConvolutionPath.Winograd => WinogradShape.Of(shape, pass).Needs(),
        ConvolutionPath.Filters => FilterBlocks.Needs(shape, pass),
        ConvolutionPath.PlaneSums => PlaneSumBlocks.Needs<T>(shape),
        ConvolutionPath.Direct when pass == ConvolutionPass.BackwardWeight => WeightBlocks.Needs<T>(shape),
        ConvolutionPath.Direct => DirectShape.Of(shape, pass).Needs<T>(shape),
        _ => ColumnBlocks.Needs<T>(shape, pass),
    };

    /// <summary>Parts that run at the same time on a number of threads.</summary>
    public static int Slots(in ConvolutionShape shape, in ConvolutionNeeds needs, int threads) =>
        (int)Math.Clamp(Math.Min(shape.Work / WorkPerPart, needs.Items), 1, Math.Max(1, threads));

    /// <summary>Elements of scratch altogether.</summary>
    public static int Length<T>(in ConvolutionShape shape, ConvolutionPass pass, int threads)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (shape.IsEmpty) return 0;
        ConvolutionNeeds needs = Of<T>(shape, pass);
        return checked((int)(needs.Shared + (needs.Part * Slots(shape, needs, threads))));
    }

    private static ConvolutionPath Choose<T>(in ConvolutionShape shape, ConvolutionPass pass)
        where T : unmanaged
    {
        if (shape.IsPointwise) return ConvolutionPath.Columns;
        if (pass == ConvolutionPass.BackwardWeight) return ChooseForWeight<T>(shape);
        if (typeof(T) == typeof(float) && WinogradShape.Pays(shape, pass)) return ConvolutionPath.Winograd;
        bool forward = pass == ConvolutionPass.Forward;
        if (!DirectShape.Fits(shape, pass)) return ConvolutionPath.Columns;
        double planes = Filled<T>(forward ? shape.GroupFilters : shape.GroupChannels);
        double positions = shape.Window.StrideX == 1 ? Filled<T>(forward ? shape.OutWidth : shape.Width) : 0;
        if (positions >= LeastFilled && positions * Turning >= planes) return ConvolutionPath.Direct;
        return planes >= LeastFilled ? ConvolutionPath.Filters : ConvolutionPath.Columns;
    }

    /// <summary>Registers hold filters where that wastes few lanes, else positions of a row, else the positions of the matrix product.</summary>
    private static ConvolutionPath ChooseForWeight<T>(in ConvolutionShape shape)
        where T : unmanaged
    {
        if (Filled<T>(shape.GroupFilters) >= LeastFilled) return ConvolutionPath.Direct;
        if (shape.Window.StrideX == 1 && Filled<T>(shape.OutWidth) >= LeastFilled && shape.WeightLength <= MostPlaneSums) return ConvolutionPath.PlaneSums;
        return Filled<T>(shape.GroupFilters) >= 1 / 3.0 ? ConvolutionPath.Direct : ConvolutionPath.Columns;
    }

    /// <summary>The part of lanes that is used when a number of elements falls into registers.</summary>
    private static double Filled<T>(int count)
        where T : unmanaged
    {
        int lanes = WidestBytes / Unsafe.SizeOf<T>();
        return count / (double)((((count - 1) / lanes) + 1) * lanes);
    }
}
