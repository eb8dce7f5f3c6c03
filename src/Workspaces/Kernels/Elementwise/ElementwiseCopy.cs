using System.Numerics;
using System.Runtime.CompilerServices;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Workspaces.Kernels.Elementwise;

/// <summary>Copies between layouts and types; the rules for operands are those of <see cref="Elementwise"/>.</summary>
internal static class ElementwiseCopy
{
    /// <summary>destination = source, each with its own strides: makes views contiguous and writes into views.</summary>
    public static void Copy<T>(
        ReadOnlySpan<T> source, ReadOnlySpan<long> sourceStrides, Span<T> destination, ReadOnlySpan<long> destinationStrides,
        ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        var nest = LoopNest.Create(shape, destinationStrides, destination.Length, sourceStrides, source.Length);
        int n = nest.Run, sd = nest.RunStride(0), ss = nest.RunStride(1);
        while (nest.Next())
        {
            int d = nest.Offset(0), s = nest.Offset(1);
            if (sd == 1 && ss == 1)
                source.Slice(s, n).CopyTo(destination.Slice(d, n));
            else if (sd == 1 && ss == 0)
                destination.Slice(d, n).Fill(source[s]);
            else
            {
                ref T rd = ref destination[d];
                ref T rs = ref Unsafe.AsRef(in source[s]);
                for (nint p = 0; p < n; p++)
                    Unsafe.Add(ref rd, p * sd) = Unsafe.Add(ref rs, p * ss);
            }
        }
    }

    /// <summary>
    /// destination = source converted: integers keep their low bits, floating point to integer rounds to zero and
    /// saturates (NaN gives 0). For bool compare with 0 instead (<see cref="Elementwise.Compare{T, TComparison}"/>).
    /// </summary>
    public static void Cast<TFrom, TTo>(
        ReadOnlySpan<TFrom> source, ReadOnlySpan<long> sourceStrides, Span<TTo> destination, ReadOnlySpan<long> destinationStrides,
        ReadOnlySpan<long> shape)
        where TFrom : unmanaged, INumberBase<TFrom>
        where TTo : unmanaged, INumberBase<TTo>
    {
        var nest = LoopNest.Create(shape, destinationStrides, destination.Length, sourceStrides, source.Length);
        int n = nest.Run, sd = nest.RunStride(0), ss = nest.RunStride(1);
        while (nest.Next())
        {
            int d = nest.Offset(0), s = nest.Offset(1);
            if (sd == 1 && ss == 1)
                TensorPrimitives.ConvertTruncating(source.Slice(s, n), destination.Slice(d, n));
            else
            {
                for (int p = 0; p < n; p++)
                    destination[d + (p * sd)] = TTo.CreateTruncating(source[s + (p * ss)]);
            }
        }
    }
}
