using System.Numerics;

namespace Workspaces.Kernels.Indexing;

/// <summary>
/// Stable sorting along one axis of contiguous data [outer, n, inner]: runs of 16 by insertion, then merged bottom-up, so equal elements keep their order
/// also when the largest come first. A NaN is larger than every number.
/// </summary>
internal static class SortKernel
{
    private const int Run = 16;

    /// <summary>Sorts, and keeps the first elements of each lane.</summary>
    /// <param name="x">[outer, n, inner].</param>
    /// <param name="values">[outer, kept, inner].</param>
    /// <param name="indices">[outer, kept, inner]: where each was.</param>
    /// <param name="n">Size of the axis.</param>
    /// <param name="kept">Elements kept of it, at most n.</param>
    /// <param name="inner">Elements inside of the axis.</param>
    /// <param name="descending">Whether the largest come first.</param>
    /// <param name="keys">Room for n elements.</param>
    /// <param name="order">Room for 2n positions.</param>
    public static void Sort<T>(
        ReadOnlySpan<T> x, Span<T> values, Span<long> indices, int n, int kept, int inner, bool descending, Span<T> keys, Span<int> order)
        where T : unmanaged, INumber<T>
    {
        int lane = n * inner, outer = lane == 0 ? 0 : x.Length / lane;
        for (int o = 0; o < outer; o++)
        {
            for (int column = 0; column < inner; column++)
            {
                for (int i = 0; i < n; i++) keys[i] = x[(o * lane) + (i * inner) + column];
                ReadOnlySpan<int> sorted = Order(keys[..n], order[..n], order.Slice(n, n), descending);
                for (int i = 0; i < kept; i++)
                {
                    int to = (((o * kept) + i) * inner) + column;
                    values[to] = keys[sorted[i]];
                    indices[to] = sorted[i];
                }
            }
        }
    }

    private static ReadOnlySpan<int> Order<T>(ReadOnlySpan<T> keys, Span<int> from, Span<int> to, bool descending)
        where T : unmanaged, INumber<T>
    {
        int n = keys.Length;
        for (int begin = 0; begin < n; begin += Run)
        {
            for (int i = begin; i < Math.Min(n, begin + Run); i++)
            {
                int at = i;
                for (; at > begin && Before(keys[i], keys[from[at - 1]], descending); at--) from[at] = from[at - 1];
                from[at] = i;
            }
        }

        for (int width = Run; width < n; width *= 2)
        {
            for (int begin = 0; begin < n; begin += 2 * width) Merge(keys, from, to, begin, Math.Min(n, begin + width), Math.Min(n, begin + (2 * width)), descending);
            Span<int> merged = to;
            to = from;
            from = merged;
        }

        return from;
    }

    private static void Merge<T>(ReadOnlySpan<T> keys, ReadOnlySpan<int> from, Span<int> to, int begin, int middle, int end, bool descending)
        where T : unmanaged, INumber<T>
    {
        int left = begin, right = middle;
        for (int i = begin; i < end; i++)
        {
            bool takeRight = right < end && (left >= middle || Before(keys[from[right]], keys[from[left]], descending));
            to[i] = takeRight ? from[right++] : from[left++];
        }
    }

    /// <summary>Whether a comes strictly before b.</summary>
    private static bool Before<T>(T a, T b, bool descending)
        where T : unmanaged, INumber<T> => descending ? Smaller(b, a) : Smaller(a, b);

    private static bool Smaller<T>(T a, T b)
        where T : unmanaged, INumber<T> => a < b || (T.IsNaN(b) && !T.IsNaN(a));
}
