using System.Runtime.CompilerServices;

namespace Workspaces.Kernels.Gemm;

/// <summary>
/// Copies rows of a transposed A into tiles: <c>tile[p * height + r]</c> holds step p of row r, tiles one behind the other. The micro-kernel reads a tile strictly
/// forwards then, where in place each step would lie a stored row further: in few sets of the caches if that is a power of two, and in a page of its own if it is long.
/// </summary>
internal static unsafe class GemmTileCopy<T>
    where T : unmanaged
{
    /// <summary>Copies <paramref name="rows"/> rows of <paramref name="k"/> steps.</summary>
    /// <param name="source">First element; row r of step p is <c>source[p * ld + r]</c>.</param>
    /// <param name="ld">Elements between steps.</param>
    /// <param name="rows">Rows, of which the last tile may have fewer than the others.</param>
    /// <param name="k">Steps.</param>
    /// <param name="tiles">Where they go.</param>
    /// <param name="height">Rows of a tile.</param>
    [MethodImpl(KernelMethod.Compiled)]
    public static void Run(T* source, nint ld, int rows, int k, T* tiles, int height)
    {
        nint tile = (nint)k * height;
        int i = 0;
        for (; height == 8 && i + 16 <= rows; i += 16)
        {
            T* from = source + i, low = tiles + (i * (nint)k), high = low + tile;
            for (int p = 0; p < k; p++)
            {
                Unsafe.CopyBlockUnaligned(low, from, (uint)(8 * sizeof(T)));
                Unsafe.CopyBlockUnaligned(high, from + 8, (uint)(8 * sizeof(T)));
                low += 8;
                high += 8;
                from += ld;
            }
        }

        for (; i < rows; i += height)
        {
            T* from = source + i, to = tiles + (i * (nint)k);
            uint bytes = (uint)(Math.Min(height, rows - i) * sizeof(T));
            for (int p = 0; p < k; p++)
            {
                Unsafe.CopyBlockUnaligned(to, from, bytes);
                to += height;
                from += ld;
            }
        }
    }
}
