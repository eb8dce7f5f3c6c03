using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Workspaces.Kernels.Elementwise;

namespace Workspaces.Kernels.Reductions;

/// <summary>
/// Reductions over any set of axes of a strided input. The destination is contiguous and holds the kept axes in their order (with or
/// without
/// the reduced ones as size 1). Results depend on shapes and strides only, not on threads or addresses.
/// </summary>
internal static class Reduction
{
    /// <summary>Columns reduced at a time, in states on the stack.</summary>
    private const int Tile = 256;

    /// <summary>Reduces the axes whose bits are set in <paramref name="axes"/>.</summary>
    /// <param name="x">Begins at the first element.</param>
    /// <param name="strides">Elements, 0 to repeat.</param>
    /// <param name="shape">0 to 8 dimensions.</param>
    /// <param name="axes">Bit d reduces dimension d; 0 reduces nothing.</param>
    /// <param name="destination">Exactly the product of the kept extents; must not overlap <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">A size does not fit, or the largest or smallest of no elements is asked for.</exception>
    public static void Reduce<T, TAccumulator, TResult, TReduction>(
        ReadOnlySpan<T> x, ReadOnlySpan<long> strides, ReadOnlySpan<long> shape, uint axes, Span<TResult> destination)
        where T : unmanaged
        where TAccumulator : unmanaged
        where TReduction : IReduction<T, TAccumulator, TResult>
    {
        ReductionNest nest = ReductionNest.Create(shape, strides, x.Length, axes, destination.Length);
        if (nest.Count == 0 && !TReduction.HasIdentity && destination.Length > 0)
            ThrowEmpty(typeof(TReduction).Name, axes);
        bool columns = nest.Kept.RunStride(0) == 1 && nest.Kept.Run >= 8 && nest.Reduced.RunStride(0) != 1;
        while (nest.Kept.Next())
        {
            if (columns)
                Columns<T, TAccumulator, TResult, TReduction>(x, destination, ref nest);
            else
                Rows<T, TAccumulator, TResult, TReduction>(x, destination, ref nest);
        }
    }

    /// <summary>Position of the largest element among the reduced axes (row-major when there are several); a NaN is the largest; the
    /// first of equals.</summary>
    public static void ArgMax<T>(ReadOnlySpan<T> x, ReadOnlySpan<long> strides, ReadOnlySpan<long> shape, uint axes, Span<long> destination)
        where T : unmanaged, INumber<T> => Position(x, strides, shape, axes, destination, largest: true);

    /// <summary>Position of the smallest element; a NaN is the smallest; the first of equals.</summary>
    public static void ArgMin<T>(ReadOnlySpan<T> x, ReadOnlySpan<long> strides, ReadOnlySpan<long> shape, uint axes, Span<long> destination)
        where T : unmanaged, INumber<T> => Position(x, strides, shape, axes, destination, largest: false);

    private static void Rows<T, TAccumulator, TResult, TReduction>(ReadOnlySpan<T> x, Span<TResult> destination, ref ReductionNest nest)
        where T : unmanaged
        where TAccumulator : unmanaged
        where TReduction : IReduction<T, TAccumulator, TResult>
    {
        int run = nest.Reduced.Run, stride = nest.Reduced.RunStride(0);
        for (int p = 0; p < nest.Kept.Run; p++)
        {
            int first = nest.Kept.Offset(0) + (p * nest.Kept.RunStride(0));
            TAccumulator state = TReduction.Identity;
            nest.Reduced.Restart();
            while (nest.Reduced.Next())
            {
                int begin = first + nest.Reduced.Offset(0);
                if (stride == 1)
                    state = TReduction.Combine(state, x.Slice(begin, run));
                else
                {
                    for (int i = 0; i < run; i++)
                        state = TReduction.Combine(state, x[begin + (i * stride)]);
                }
            }

            destination[nest.Kept.Offset(1) + (p * nest.Kept.RunStride(1))] = TReduction.Finish(state, nest.Count);
        }
    }

    private static void Columns<T, TAccumulator, TResult, TReduction>(ReadOnlySpan<T> x, Span<TResult> destination, ref ReductionNest nest)
        where T : unmanaged
        where TAccumulator : unmanaged
        where TReduction : IReduction<T, TAccumulator, TResult>
    {
        Span<TAccumulator> tile = stackalloc TAccumulator[Tile];
        for (int column = 0; column < nest.Kept.Run; column += Tile)
        {
            Span<TAccumulator> states = tile[..Math.Min(Tile, nest.Kept.Run - column)];
            states.Fill(TReduction.Identity);
            int first = nest.Kept.Offset(0) + column;
            nest.Reduced.Restart();
            while (nest.Reduced.Next())
            {
                for (int i = 0; i < nest.Reduced.Run; i++)
                {
                    int begin = first + nest.Reduced.Offset(0) + (i * nest.Reduced.RunStride(0));
                    TReduction.CombineEach(states, x.Slice(begin, states.Length));
                }
            }

            int d = nest.Kept.Offset(1) + (column * nest.Kept.RunStride(1));
            for (int i = 0; i < states.Length; i++)
                destination[d + (i * nest.Kept.RunStride(1))] = TReduction.Finish(states[i], nest.Count);
        }
    }

    private static void Position<T>(
        ReadOnlySpan<T> x, ReadOnlySpan<long> strides, ReadOnlySpan<long> shape, uint axes, Span<long> destination, bool largest)
        where T : unmanaged, INumber<T>
    {
        ReductionNest nest = ReductionNest.Create(shape, strides, x.Length, axes, destination.Length);
        if (nest.Count == 0 && destination.Length > 0)
            ThrowEmpty(largest ? nameof(ArgMax) : nameof(ArgMin), axes);
        while (nest.Kept.Next())
        {
            for (int p = 0; p < nest.Kept.Run; p++)
            {
                int first = nest.Kept.Offset(0) + (p * nest.Kept.RunStride(0));
                destination[nest.Kept.Offset(1) + (p * nest.Kept.RunStride(1))] = Best(x[first..], ref nest, largest);
            }
        }
    }

    /// <summary>The reduced loops walk in memory order; operand 1 of them is the row-major position, and ties go to the lowest.</summary>
    private static long Best<T>(ReadOnlySpan<T> x, ref ReductionNest nest, bool largest)
        where T : unmanaged, INumber<T>
    {
        T best = x[0];
        long position = 0;
        nest.Reduced.Restart();
        while (nest.Reduced.Next())
        {
            for (int i = 0; i < nest.Reduced.Run; i++)
            {
                T value = x[nest.Reduced.Offset(0) + (i * nest.Reduced.RunStride(0))];
                long at = nest.Reduced.Offset(1) + ((long)i * nest.Reduced.RunStride(1));
                bool better = T.IsNaN(value) ? !T.IsNaN(best) : largest ? value > best : value < best;
                bool same = T.IsNaN(value) ? T.IsNaN(best) : value == best;
                if (better || (same && at < position))
                    (best, position) = (value, at);
            }
        }

        return position;
    }

    [DoesNotReturn]
    private static void ThrowEmpty(string name, uint axes) => throw new ArgumentException(
        $"Reduction {name} over axes 0b{axes:b} has no elements, and so no value. Reduce an axis that is not empty.", nameof(axes));
}
