using System.Diagnostics.CodeAnalysis;
using Workspaces.Kernels.Elementwise;

namespace Workspaces.Kernels.Reductions;

/// <summary>Two loop nests: over what is kept (operands: input, destination) and, inside it, over what is reduced (input, row-major
/// position).</summary>
internal struct ReductionNest
{
    /// <summary>The outer loops.</summary>
    public LoopNest Kept;

    /// <summary>The inner loops; restart them for every kept element.</summary>
    public LoopNest Reduced;

    /// <summary>Elements that become one.</summary>
    public long Count;

    /// <summary>Splits a shape by axes and checks all sizes.</summary>
    public static ReductionNest Create(ReadOnlySpan<long> shape, ReadOnlySpan<long> strides, int length, uint axes, int destinationLength)
    {
        LoopNest.Create(shape, strides, length);
        if (axes >> shape.Length != 0)
            ThrowAxes(axes, shape.Length);
        Span<long> keptShape = stackalloc long[LoopNest.MaxRank], keptStrides = stackalloc long[LoopNest.MaxRank];
        Span<long> keptPosition = stackalloc long[LoopNest.MaxRank], reducedPosition = stackalloc long[LoopNest.MaxRank];
        Span<long> reducedShape = stackalloc long[LoopNest.MaxRank], reducedStrides = stackalloc long[LoopNest.MaxRank];
        int kept = LoopNest.MaxRank, reduced = LoopNest.MaxRank;
        long keptCount = 1, reducedCount = 1;
        for (int d = shape.Length - 1; d >= 0; d--)
        {
            if ((axes >> d & 1) != 0)
            {
                reduced--;
                (reducedShape[reduced], reducedStrides[reduced], reducedPosition[reduced]) = (shape[d], strides[d], reducedCount);
                reducedCount = checked(reducedCount * shape[d]);
            }
            else
            {
                kept--;
                (keptShape[kept], keptStrides[kept], keptPosition[kept]) = (shape[d], strides[d], keptCount);
                keptCount = checked(keptCount * shape[d]);
            }
        }

        if (keptCount != destinationLength)
            ThrowDestination(keptCount, destinationLength);
        return new ReductionNest
        {
            Count = reducedCount,
            Kept = LoopNest.Create(keptShape[kept..], keptStrides[kept..], long.MaxValue, keptPosition[kept..], destinationLength),
            Reduced = LoopNest.Create(
                reducedShape[reduced..], reducedStrides[reduced..], long.MaxValue, reducedPosition[reduced..], reducedCount),
        };
    }

    [DoesNotReturn]
    private static void ThrowAxes(uint axes, int rank) => throw new ArgumentException(
        $"Reduction: axes 0b{axes:b} name dimensions that an input of {rank} dimensions does not have. Set bits 0 to {rank - 1} only.",
        nameof(axes));

    [DoesNotReturn]
    private static void ThrowDestination(long need, long length) => throw new ArgumentException(
        $"Reduction: the kept axes have {need} elements, the destination has {length}. They must be equal.", nameof(length));
}
