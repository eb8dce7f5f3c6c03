using System.Runtime.CompilerServices;
using Workspaces.Kernels.Simd;

namespace Workspaces.Kernels.Gemm;

/// <summary>
/// The tile of <see cref="GemmMicroKernel{T, TVector, TSimd}"/> with 9 to 12 rows, for machines with 32 registers: 10 rows in one go read B once instead of twice,
/// and are stored at once. The chains of sums are the same, and so are the bits.
/// </summary>
internal static unsafe class GemmTallKernel<T, TVector, TSimd>
    where T : unmanaged
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    /// <summary>The tallest tile: 24 sums, 2 registers of B and broadcasts.</summary>
    public const int MostRows = 12;

    /// <summary>Computes a tile of <paramref name="rows"/> (1 to 12) by <paramref name="columns"/> (1 to two registers).</summary>
    /// <param name="rows">Rows of the tile.</param>
    /// <param name="columns">Columns to store; B must be readable up to two full registers.</param>
    /// <param name="k">Steps to sum.</param>
    /// <param name="a">First element of A; row r, step p is <c>a[r * aRow + p * aStep]</c>.</param>
    /// <param name="aRow">Elements between rows of A.</param>
    /// <param name="aStep">Elements between steps of A.</param>
    /// <param name="b">First element of B; step p begins at <c>b[p * bStep]</c>.</param>
    /// <param name="bStep">Elements between steps of B.</param>
    /// <param name="c">First element of the tile of C.</param>
    /// <param name="ldc">Leading dimension of C.</param>
    /// <param name="add">What to add the sums to: the tile of C itself, another, or null for nothing.</param>
    /// <param name="addLd">Elements between rows of it; 0 for one row that is added to all.</param>
    public static void Run(
        int rows, int columns, int k, T* a, nint aRow, nint aStep, T* b, nint bStep, T* c, nint ldc, T* add, nint addLd)
    {
        switch (rows)
        {
            case 9: Tile<Nine>(columns, k, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            case 10: Tile<Ten>(columns, k, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            case 11: Tile<Eleven>(columns, k, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            case 12: Tile<Twelve>(columns, k, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            default: GemmMicroKernel<T, TVector, TSimd>.Run(rows, columns, k, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
        }
    }

    [MethodImpl(KernelMethod.Compiled)]
    private static void Tile<TRows>(
        int columns, int k, T* a, nint aRow, nint aStep, T* b, nint bStep, T* c, nint ldc, T* add, nint addLd)
        where TRows : IConstant
    {
        TVector zero = TSimd.Zero;
        TVector s0L = zero, s0H = zero, s1L = zero, s1H = zero, s2L = zero, s2H = zero, s3L = zero, s3H = zero;
        TVector s4L = zero, s4H = zero, s5L = zero, s5H = zero, s6L = zero, s6H = zero, s7L = zero, s7H = zero;
        TVector s8L = zero, s8H = zero, s9L = zero, s9H = zero, s10L = zero, s10H = zero, s11L = zero, s11H = zero;
        nint row2 = 2 * aRow, row3 = 3 * aRow, four = 4 * aRow;
        for (; k > 0; k--)
        {
            TVector b0 = TSimd.Load(b), b1 = TSimd.Load(b + TSimd.Count);
            T* middle = a + four, last = middle + four;
            Step(a[0], b0, b1, ref s0L, ref s0H);
            Step(a[aRow], b0, b1, ref s1L, ref s1H);
            Step(a[row2], b0, b1, ref s2L, ref s2H);
            Step(a[row3], b0, b1, ref s3L, ref s3H);
            Step(middle[0], b0, b1, ref s4L, ref s4H);
            Step(middle[aRow], b0, b1, ref s5L, ref s5H);
            Step(middle[row2], b0, b1, ref s6L, ref s6H);
            Step(middle[row3], b0, b1, ref s7L, ref s7H);
            Step(last[0], b0, b1, ref s8L, ref s8H);
            if (TRows.Value > 9) Step(last[aRow], b0, b1, ref s9L, ref s9H);
            if (TRows.Value > 10) Step(last[row2], b0, b1, ref s10L, ref s10H);
            if (TRows.Value > 11) Step(last[row3], b0, b1, ref s11L, ref s11H);
            a += aStep;
            b += bStep;
        }

        Store(0, s0L, s0H, columns, c, ldc, add, addLd);
        Store(1, s1L, s1H, columns, c, ldc, add, addLd);
        Store(2, s2L, s2H, columns, c, ldc, add, addLd);
        Store(3, s3L, s3H, columns, c, ldc, add, addLd);
        Store(4, s4L, s4H, columns, c, ldc, add, addLd);
        Store(5, s5L, s5H, columns, c, ldc, add, addLd);
        Store(6, s6L, s6H, columns, c, ldc, add, addLd);
        Store(7, s7L, s7H, columns, c, ldc, add, addLd);
        Store(8, s8L, s8H, columns, c, ldc, add, addLd);
        if (TRows.Value > 9) Store(9, s9L, s9H, columns, c, ldc, add, addLd);
        if (TRows.Value > 10) Store(10, s10L, s10H, columns, c, ldc, add, addLd);
        if (TRows.Value > 11) Store(11, s11L, s11H, columns, c, ldc, add, addLd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(T a, TVector b0, TVector b1, ref TVector low, ref TVector high)
    {
        TVector broadcast = TSimd.Broadcast(a);
        low = TSimd.MultiplyAdd(broadcast, b0, low);
        high = TSimd.MultiplyAdd(broadcast, b1, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(int row, TVector low, TVector high, int columns, T* c, nint ldc, T* add, nint addLd)
    {
        T* to = c + (row * ldc), from = add is null ? null : add + (row * addLd);
        if (columns > TSimd.Count)
            GemmMicroKernel<T, TVector, TSimd>.StoreRow<Two>(to, low, high, columns, from);
        else
            GemmMicroKernel<T, TVector, TSimd>.StoreRow<One>(to, low, high, columns, from);
    }
}
