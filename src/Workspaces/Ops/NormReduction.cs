using System.Numerics;
using Workspaces.Kernels.Reductions;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Norms and counts.</summary>
internal readonly struct NormReduction<TForm> : IFloatReduction
    where TForm : INormForm
{
    public static void Run<T>(ReadOnlySpan<T> x, ReadOnlySpan<long> strides, ReadOnlySpan<long> shape, uint axes, Span<T> destination)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T> => Reduction.Reduce<T, double, T, Norm<T, TForm>>(x, strides, shape, axes, destination);
}
