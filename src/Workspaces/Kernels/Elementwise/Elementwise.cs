using System.Numerics;
using System.Runtime.CompilerServices;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Workspaces.Kernels.Elementwise;

/// <summary>
/// Element-by-element kernels. Every operand is a span that begins at its first element, with strides in elements, 0 to repeat a
/// dimension (broadcast); shapes have 0 to 8 dimensions. A destination may be the very span of an operand with the
/// same strides (in place), but must not overlap one otherwise, and its own strides must not repeat elements.
/// </summary>
internal static class Elementwise
{
    /// <summary>destination = op(x).</summary>
    public static void Unary<T, TOperation>(
        ReadOnlySpan<T> x, ReadOnlySpan<long> xStrides, Span<T> destination, ReadOnlySpan<long> destinationStrides,
        ReadOnlySpan<long> shape)
        where TOperation : IUnaryOperation<T>
    {
        var nest = LoopNest.Create(shape, destinationStrides, destination.Length, xStrides, x.Length);
        int n = nest.Run, sd = nest.RunStride(0), sx = nest.RunStride(1);
        while (nest.Next())
        {
            int d = nest.Offset(0), i = nest.Offset(1);
            if (sd == 1 && sx == 1)
            {
                TOperation.Invoke(x.Slice(i, n), destination.Slice(d, n));
                continue;
            }

            ref T rd = ref destination[d];
            ref T rx = ref Unsafe.AsRef(in x[i]);
            for (nint p = 0; p < n; p++)
                Unsafe.Add(ref rd, p * sd) = TOperation.Invoke(Unsafe.Add(ref rx, p * sx));
        }
    }

    /// <summary>destination = op(a, b).</summary>
    public static void Binary<T, TOperation>(
        ReadOnlySpan<T> a, ReadOnlySpan<long> aStrides, ReadOnlySpan<T> b, ReadOnlySpan<long> bStrides,
        Span<T> destination, ReadOnlySpan<long> destinationStrides, ReadOnlySpan<long> shape)
        where TOperation : IBinaryOperation<T>
    {
        var nest = LoopNest.Create(shape, destinationStrides, destination.Length, aStrides, a.Length, bStrides, b.Length);
        int n = nest.Run, sd = nest.RunStride(0), sa = nest.RunStride(1), sb = nest.RunStride(2);
        while (nest.Next())
        {
            int d = nest.Offset(0), i = nest.Offset(1), j = nest.Offset(2);
            if (sd == 1 && sa == 1 && sb == 1)
                TOperation.Invoke(a.Slice(i, n), b.Slice(j, n), destination.Slice(d, n));
            else if (sd == 1 && sa == 1 && sb == 0)
                TOperation.Invoke(a.Slice(i, n), b[j], destination.Slice(d, n));
            else if (sd == 1 && sa == 0 && sb == 1)
                TOperation.Invoke(a[i], b.Slice(j, n), destination.Slice(d, n));
            else
            {
                ref T rd = ref destination[d];
                ref T ra = ref Unsafe.AsRef(in a[i]);
                ref T rb = ref Unsafe.AsRef(in b[j]);
                for (nint p = 0; p < n; p++)
                    Unsafe.Add(ref rd, p * sd) = TOperation.Invoke(Unsafe.Add(ref ra, p * sa), Unsafe.Add(ref rb, p * sb));
            }
        }
    }

    /// <summary>destination = 1 where the comparison holds, else 0.</summary>
    public static void Compare<T, TComparison>(
        ReadOnlySpan<T> a, ReadOnlySpan<long> aStrides, ReadOnlySpan<T> b, ReadOnlySpan<long> bStrides,
        Span<byte> destination, ReadOnlySpan<long> destinationStrides, ReadOnlySpan<long> shape)
        where TComparison : IComparison<T>
    {
        var nest = LoopNest.Create(shape, destinationStrides, destination.Length, aStrides, a.Length, bStrides, b.Length);
        int n = nest.Run, sd = nest.RunStride(0), sa = nest.RunStride(1), sb = nest.RunStride(2);
        while (nest.Next())
        {
            ref byte rd = ref destination[nest.Offset(0)];
            ref T ra = ref Unsafe.AsRef(in a[nest.Offset(1)]);
            ref T rb = ref Unsafe.AsRef(in b[nest.Offset(2)]);
            nint d = 0, i = 0, j = 0;
            if (sd == 1 && sa == 1 && sb == 1)
            {
                for (; d < n; d++)
                    Unsafe.Add(ref rd, d) = Unsafe.BitCast<bool, byte>(TComparison.Invoke(Unsafe.Add(ref ra, d), Unsafe.Add(ref rb, d)));
                continue;
            }

            for (int p = 0; p < n; p++, d += sd, i += sa, j += sb)
                Unsafe.Add(ref rd, d) = Unsafe.BitCast<bool, byte>(TComparison.Invoke(Unsafe.Add(ref ra, i), Unsafe.Add(ref rb, j)));
        }
    }

    /// <summary>destination = a where the condition is not 0, else b.</summary>
    public static void Select<T>(
        ReadOnlySpan<byte> condition, ReadOnlySpan<long> conditionStrides, ReadOnlySpan<T> a, ReadOnlySpan<long> aStrides,
        ReadOnlySpan<T> b, ReadOnlySpan<long> bStrides, Span<T> destination, ReadOnlySpan<long> destinationStrides,
        ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        var nest = LoopNest.Create(
            shape, destinationStrides, destination.Length, conditionStrides, condition.Length, aStrides, a.Length, bStrides, b.Length);
        int n = nest.Run, sd = nest.RunStride(0), sc = nest.RunStride(1), sa = nest.RunStride(2), sb = nest.RunStride(3);
        while (nest.Next())
        {
            ref T rd = ref destination[nest.Offset(0)];
            ref byte rc = ref Unsafe.AsRef(in condition[nest.Offset(1)]);
            ref T ra = ref Unsafe.AsRef(in a[nest.Offset(2)]);
            ref T rb = ref Unsafe.AsRef(in b[nest.Offset(3)]);
            nint d = 0, c = 0, i = 0, j = 0;
            if (sd == 1 && sc == 1 && sa == 1 && sb == 1)
            {
                for (; d < n; d++)
                    Unsafe.Add(ref rd, d) = Choose(Unsafe.Add(ref rc, d) != 0, Unsafe.Add(ref ra, d), Unsafe.Add(ref rb, d));
                continue;
            }

            for (int p = 0; p < n; p++, d += sd, c += sc, i += sa, j += sb)
                Unsafe.Add(ref rd, d) = Choose(Unsafe.Add(ref rc, c) != 0, Unsafe.Add(ref ra, i), Unsafe.Add(ref rb, j));
        }
    }

    /// <summary>A choice on bits, without a branch that random conditions would make the processor guess wrong.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Choose<T>(bool choice, T whenTrue, T whenFalse)
        where T : unmanaged
    {
        byte bit = Unsafe.BitCast<bool, byte>(choice);
        if (Unsafe.SizeOf<T>() == sizeof(uint))
        {
            uint x = Unsafe.BitCast<T, uint>(whenTrue), y = Unsafe.BitCast<T, uint>(whenFalse);
            return Unsafe.BitCast<uint, T>(y ^ ((x ^ y) & (0u - bit)));
        }

        if (Unsafe.SizeOf<T>() == sizeof(ulong))
        {
            ulong x = Unsafe.BitCast<T, ulong>(whenTrue), y = Unsafe.BitCast<T, ulong>(whenFalse);
            return Unsafe.BitCast<ulong, T>(y ^ ((x ^ y) & (0ul - bit)));
        }

        return choice ? whenTrue : whenFalse;
    }

    /// <summary>destination = a * b + c with one rounding.</summary>
    public static void MultiplyAdd<T>(
        ReadOnlySpan<T> a, ReadOnlySpan<long> aStrides, ReadOnlySpan<T> b, ReadOnlySpan<long> bStrides,
        ReadOnlySpan<T> c, ReadOnlySpan<long> cStrides, Span<T> destination, ReadOnlySpan<long> destinationStrides,
        ReadOnlySpan<long> shape)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var nest = LoopNest.Create(
            shape, destinationStrides, destination.Length, aStrides, a.Length, bStrides, b.Length, cStrides, c.Length);
        int n = nest.Run, sd = nest.RunStride(0), sa = nest.RunStride(1), sb = nest.RunStride(2), sc = nest.RunStride(3);
        while (nest.Next())
        {
            int d = nest.Offset(0), i = nest.Offset(1), j = nest.Offset(2), k = nest.Offset(3);
            if (sd == 1 && sa == 1 && sb == 1 && sc == 1)
                TensorPrimitives.FusedMultiplyAdd(a.Slice(i, n), b.Slice(j, n), c.Slice(k, n), destination.Slice(d, n));
            else if (sd == 1 && sa == 1 && sb == 0 && sc == 1)
                TensorPrimitives.FusedMultiplyAdd(a.Slice(i, n), b[j], c.Slice(k, n), destination.Slice(d, n));
            else if (sd == 1 && sa == 1 && sb == 1 && sc == 0)
                TensorPrimitives.FusedMultiplyAdd(a.Slice(i, n), b.Slice(j, n), c[k], destination.Slice(d, n));
            else
            {
                for (int p = 0; p < n; p++)
                    destination[d + (p * sd)] = T.FusedMultiplyAdd(a[i + (p * sa)], b[j + (p * sb)], c[k + (p * sc)]);
            }
        }
    }

    /// <summary>destination += alpha * x, with one rounding.</summary>
    public static void ScaleAdd<T>(
        T alpha, ReadOnlySpan<T> x, ReadOnlySpan<long> xStrides, Span<T> destination, ReadOnlySpan<long> destinationStrides,
        ReadOnlySpan<long> shape)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ReadOnlySpan<long> repeated = [0, 0, 0, 0, 0, 0, 0, 0];
        MultiplyAdd(
            x, xStrides, new ReadOnlySpan<T>(in alpha), repeated[..Math.Min(shape.Length, LoopNest.MaxRank)],
            destination, destinationStrides, destination, destinationStrides, shape);
    }

    /// <summary>destination = value everywhere.</summary>
    public static void Fill<T>(T value, Span<T> destination, ReadOnlySpan<long> destinationStrides, ReadOnlySpan<long> shape)
    {
        var nest = LoopNest.Create(shape, destinationStrides, destination.Length);
        int n = nest.Run, sd = nest.RunStride(0);
        while (nest.Next())
        {
            int d = nest.Offset(0);
            if (sd == 1)
            {
                destination.Slice(d, n).Fill(value);
                continue;
            }

            for (int p = 0; p < n; p++)
                destination[d + (p * sd)] = value;
        }
    }
}
