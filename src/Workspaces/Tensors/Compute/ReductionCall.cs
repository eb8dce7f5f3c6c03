using System.Numerics;
using Workspaces.Kernels.Reductions;

namespace Workspaces.Tensors.Compute;

/// <summary>A reduction for float types; integers have their own accumulators.</summary>
internal interface IFloatReduction
{
    /// <summary>Reduces the given axes.</summary>
    static abstract void Run<T>(ReadOnlySpan<T> x, ReadOnlySpan<long> strides, ReadOnlySpan<long> shape, uint axes, Span<T> destination)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>;
}

/// <summary>Sums.</summary>
internal readonly struct SumReduction : IFloatReduction
{
    public static void Run<T>(ReadOnlySpan<T> x, ReadOnlySpan<long> strides, ReadOnlySpan<long> shape, uint axes, Span<T> destination)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T> => Reduction.Reduce<T, double, T, Sum<T>>(x, strides, shape, axes, destination);
}

/// <summary>Means.</summary>
internal readonly struct MeanReduction : IFloatReduction
{
    public static void Run<T>(ReadOnlySpan<T> x, ReadOnlySpan<long> strides, ReadOnlySpan<long> shape, uint axes, Span<T> destination)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T> => Reduction.Reduce<T, double, T, Mean<T>>(x, strides, shape, axes, destination);
}

/// <summary>Runs reductions inside an op.</summary>
internal static class ReductionCall
{
    internal static void Run<TReduction>(ref readonly OpScope op, Tensor x, Axes axes, Tensor destination)
        where TReduction : IFloatReduction
    {
        if (!op.Computes) return;
        Layout layout = x.Layout;
        if (x.DType == DType.F32)
            TReduction.Run(op.ReadSpan<float>(x), layout.Strides.AsSpan(), layout.Shape.AsSpan(), (uint)axes.Mask, op.WriteSpan<float>(destination));
        else
            TReduction.Run(op.ReadSpan<double>(x), layout.Strides.AsSpan(), layout.Shape.AsSpan(), (uint)axes.Mask, op.WriteSpan<double>(destination));
    }
}
