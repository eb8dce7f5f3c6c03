using System.Numerics;

namespace Workspaces.Kernels.Indexing;

/// <summary>
/// Kernels along one axis of contiguous data, seen as [outer, n, inner]: the axis in the middle, what lies outside and inside of it merged.
/// </summary>
internal static class AxisKernels
{
    /// <summary>Columns summed at a time, in states on the stack.</summary>
    private const int Tile = 256;

    /// <summary>y[o, i, :] = x[o, map[i], :], or a value where the map is negative.</summary>
    /// <param name="x">[outer, n, inner].</param>
    /// <param name="y">[outer, map.Length, inner].</param>
    /// <param name="map">Positions below n; negative ones are filled.</param>
    /// <param name="n">Size of the axis in x.</param>
    /// <param name="inner">Elements inside of the axis.</param>
    /// <param name="fill">The value of positions that the map leaves out.</param>
    public static void Select<T>(ReadOnlySpan<T> x, Span<T> y, ReadOnlySpan<long> map, int n, int inner, T fill)
        where T : unmanaged
    {
        int to = 0, lane = n * inner, step = map.Length * inner, outer = step == 0 ? 0 : y.Length / step;
        for (int o = 0; o < outer; o++)
        {
            ReadOnlySpan<T> from = x.Slice(o * lane, lane);
            foreach (long position in map)
            {
                Span<T> destination = y.Slice(to, inner);
                if (position < 0) destination.Fill(fill);
                else from.Slice((int)position * inner, inner).CopyTo(destination);
                to += inner;
            }
        }
    }

    /// <summary>dx = 0, then dx[o, map[i], :] += dy[o, i, :]: what <see cref="Select{T}"/> sends back.</summary>
    public static void AddBack<T>(ReadOnlySpan<T> dy, Span<T> dx, ReadOnlySpan<long> map, int n, int inner)
        where T : unmanaged, INumber<T>
    {
        dx.Clear();
        int from = 0, lane = n * inner, step = map.Length * inner, outer = step == 0 ? 0 : dy.Length / step;
        for (int o = 0; o < outer; o++)
        {
            Span<T> to = dx.Slice(o * lane, lane);
            foreach (long position in map)
            {
                if (position >= 0)
                {
                    Span<T> sum = to.Slice((int)position * inner, inner);
                    System.Numerics.Tensors.TensorPrimitives.Add(sum, dy.Slice(from, inner), sum);
                }

                from += inner;
            }
        }
    }

    /// <summary>Sums up to each element along the axis, carried in f64 (floats) or wrapping (integers).</summary>
    /// <param name="x">[outer, n, inner].</param>
    /// <param name="y">The same.</param>
    /// <param name="n">Size of the axis.</param>
    /// <param name="inner">Elements inside of the axis.</param>
    /// <param name="reverse">Whether to sum from the end.</param>
    public static void CumulativeSum<T, TSum>(ReadOnlySpan<T> x, Span<T> y, int n, int inner, bool reverse)
        where T : unmanaged, INumber<T>
        where TSum : unmanaged, INumber<TSum>
    {
        Span<TSum> tile = stackalloc TSum[Tile];
        int lane = n * inner, outer = lane == 0 ? 0 : x.Length / lane;
        for (int o = 0; o < outer; o++)
        {
            for (int column = 0; column < inner; column += Tile)
            {
                Span<TSum> sums = tile[..Math.Min(Tile, inner - column)];
                sums.Clear();
                for (int i = 0; i < n; i++)
                {
                    int begin = (o * lane) + ((reverse ? n - 1 - i : i) * inner) + column;
                    ReadOnlySpan<T> from = x.Slice(begin, sums.Length);
                    Span<T> to = y.Slice(begin, sums.Length);
                    for (int p = 0; p < sums.Length; p++)
                    {
                        sums[p] += TSum.CreateTruncating(from[p]);
                        to[p] = T.CreateTruncating(sums[p]);
                    }
                }
            }
        }
    }

    /// <summary>y = x on one side of a diagonal of the last two axes, 0 on the other.</summary>
    /// <param name="x">[batch, rows, columns].</param>
    /// <param name="y">The same.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="diagonal">The diagonal that is kept: 0 the main one, 1 the next one above.</param>
    /// <param name="upper">Whether what lies above the diagonal is kept, or what lies below.</param>
    public static void Triangle<T>(ReadOnlySpan<T> x, Span<T> y, int rows, int columns, long diagonal, bool upper)
        where T : unmanaged
    {
        int count = rows * columns == 0 ? 0 : x.Length / columns;
        for (int r = 0; r < count; r++)
        {
            long first = (r % rows) + diagonal;
            int begin = (int)Math.Clamp(upper ? first : 0, 0, columns), end = (int)Math.Clamp(upper ? columns : first + 1, begin, columns);
            Span<T> to = y.Slice(r * columns, columns);
            to[..begin].Clear();
            x.Slice((r * columns) + begin, end - begin).CopyTo(to[begin..end]);
            to[end..].Clear();
        }
    }
}
