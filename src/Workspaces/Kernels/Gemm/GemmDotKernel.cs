using System.Numerics;
using System.Runtime.CompilerServices;
using Workspaces.Kernels.Simd;

namespace Workspaces.Kernels.Gemm;

/// <summary>
/// A tile of dot products: up to 4 rows of A by up to 6 rows of Bᵀ, all contiguous along k. For products with few columns, whose lanes along the columns would
/// lie idle, and along the rows would ask for a transposed copy of A. Each element is summed in the same order, whatever tile it is in.
/// </summary>
/// <remarks>
/// <code>
///                bᵀ0     …  bᵀ4          per register of k: 4 loads of A, one of each row of Bᵀ,
///   a0 (k →)  -> sum00   …  sum04        and 4 multiply-adds for each of those: 9 loads for 20;
///   a3 (k →)  -> sum30   …  sum34        at the end the 16 lanes of each sum become one number
/// </code>
/// </remarks>
internal static unsafe class GemmDotKernel<T, TVector, TSimd>
    where T : unmanaged, INumberBase<T>
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    /// <summary>The most columns of a tile.</summary>
    private const int MostColumns = 6;

    /// <summary>Rows of a tile: 24 sums where there are 32 registers, 12 where there are 16.</summary>
    private static int Rows => TSimd.TileRows >= 8 ? 4 : 2;

    /// <summary>C = A B, or add + A B.</summary>
    /// <param name="rows">Rows of C.</param>
    /// <param name="columns">Columns of C.</param>
    /// <param name="k">Steps to sum.</param>
    /// <param name="a">First element of A, whose rows are contiguous.</param>
    /// <param name="aRow">Elements between rows of A.</param>
    /// <param name="b">First element of Bᵀ, whose rows are contiguous.</param>
    /// <param name="bRow">Elements between rows of Bᵀ.</param>
    /// <param name="c">First element of C.</param>
    /// <param name="ldc">Leading dimension of C.</param>
    /// <param name="add">What to add the sums to: C itself, another, or null for nothing.</param>
    /// <param name="addLd">Elements between rows of it; 0 for one row that is added to all.</param>
    public static void Run(int rows, int columns, int k, T* a, nint aRow, T* b, nint bRow, T* c, nint ldc, T* add, nint addLd)
    {
        int tiles = ((columns - 1) / MostColumns) + 1, width = ((columns - 1) / tiles) + 1;
        int height = Rows;
        for (int i = 0; i < rows; i += height)
        {
            if (rows - i < height)
                height = 1;
            for (int j = 0; j < columns; j += width)
            {
                T* from = add is null ? null : add + (i * addLd) + j;
                T* aTile = a + (i * aRow), bTile = b + (j * bRow), cTile = c + (i * ldc) + j;
                int tile = Math.Min(width, columns - j);
                if (height == 4) Select<Four>(tile, k, aTile, aRow, bTile, bRow, cTile, ldc, from, addLd);
                else if (height == 2) Select<Two>(tile, k, aTile, aRow, bTile, bRow, cTile, ldc, from, addLd);
                else Select<One>(tile, k, aTile, aRow, bTile, bRow, cTile, ldc, from, addLd);
            }
        }
    }

    private static void Select<TRows>(int columns, int k, T* a, nint aRow, T* b, nint bRow, T* c, nint ldc, T* add, nint addLd)
        where TRows : IConstant
    {
        switch (columns)
        {
            case 1: Tile<TRows, One>(k, a, aRow, b, bRow, c, ldc, add, addLd); break;
            case 2: Tile<TRows, Two>(k, a, aRow, b, bRow, c, ldc, add, addLd); break;
            case 3: Tile<TRows, Three>(k, a, aRow, b, bRow, c, ldc, add, addLd); break;
            case 4: Tile<TRows, Four>(k, a, aRow, b, bRow, c, ldc, add, addLd); break;
            case 5: Tile<TRows, Five>(k, a, aRow, b, bRow, c, ldc, add, addLd); break;
            default: Tile<TRows, Six>(k, a, aRow, b, bRow, c, ldc, add, addLd); break;
        }
    }

    [MethodImpl(KernelMethod.Compiled)]
    private static void Tile<TRows, TColumns>(int k, T* a, nint aRow, T* b, nint bRow, T* c, nint ldc, T* add, nint addLd)
        where TRows : IConstant
        where TColumns : IConstant
    {
        int w = TSimd.Count;
        TVector zero = TSimd.Zero;
        TVector s00 = zero, s01 = zero, s02 = zero, s03 = zero, s04 = zero, s05 = zero, s10 = zero, s11 = zero, s12 = zero, s13 = zero, s14 = zero, s15 = zero;
        TVector s20 = zero, s21 = zero, s22 = zero, s23 = zero, s24 = zero, s25 = zero, s30 = zero, s31 = zero, s32 = zero, s33 = zero, s34 = zero, s35 = zero;
        nint a2 = 2 * aRow, a3 = 3 * aRow, b2 = 2 * bRow, b3 = 3 * bRow, b4 = 4 * bRow, b5 = 5 * bRow;
        for (; k >= w; k -= w)
        {
            TVector x0 = TSimd.Load(a), x1 = TRows.Value > 1 ? TSimd.Load(a + aRow) : zero;
            TVector x2 = TRows.Value > 2 ? TSimd.Load(a + a2) : zero, x3 = TRows.Value > 2 ? TSimd.Load(a + a3) : zero;
            Column<TRows>(TSimd.Load(b), x0, x1, x2, x3, ref s00, ref s10, ref s20, ref s30);
            if (TColumns.Value > 1) Column<TRows>(TSimd.Load(b + bRow), x0, x1, x2, x3, ref s01, ref s11, ref s21, ref s31);
            if (TColumns.Value > 2) Column<TRows>(TSimd.Load(b + b2), x0, x1, x2, x3, ref s02, ref s12, ref s22, ref s32);
            if (TColumns.Value > 3) Column<TRows>(TSimd.Load(b + b3), x0, x1, x2, x3, ref s03, ref s13, ref s23, ref s33);
            if (TColumns.Value > 4) Column<TRows>(TSimd.Load(b + b4), x0, x1, x2, x3, ref s04, ref s14, ref s24, ref s34);
            if (TColumns.Value > 5) Column<TRows>(TSimd.Load(b + b5), x0, x1, x2, x3, ref s05, ref s15, ref s25, ref s35);
            a += w;
            b += w;
        }

        if (k > 0)
        {
            TVector x0 = TSimd.LoadPartial(a, k), x1 = TRows.Value > 1 ? TSimd.LoadPartial(a + aRow, k) : zero;
            TVector x2 = TRows.Value > 2 ? TSimd.LoadPartial(a + a2, k) : zero, x3 = TRows.Value > 2 ? TSimd.LoadPartial(a + a3, k) : zero;
            Column<TRows>(TSimd.LoadPartial(b, k), x0, x1, x2, x3, ref s00, ref s10, ref s20, ref s30);
            if (TColumns.Value > 1) Column<TRows>(TSimd.LoadPartial(b + bRow, k), x0, x1, x2, x3, ref s01, ref s11, ref s21, ref s31);
            if (TColumns.Value > 2) Column<TRows>(TSimd.LoadPartial(b + b2, k), x0, x1, x2, x3, ref s02, ref s12, ref s22, ref s32);
            if (TColumns.Value > 3) Column<TRows>(TSimd.LoadPartial(b + b3, k), x0, x1, x2, x3, ref s03, ref s13, ref s23, ref s33);
            if (TColumns.Value > 4) Column<TRows>(TSimd.LoadPartial(b + b4, k), x0, x1, x2, x3, ref s04, ref s14, ref s24, ref s34);
            if (TColumns.Value > 5) Column<TRows>(TSimd.LoadPartial(b + b5, k), x0, x1, x2, x3, ref s05, ref s15, ref s25, ref s35);
        }

        if (TColumns.Value >= 4)
        {
            GemmSums<T, TVector, TSimd>.Four(s00, s01, s02, s03, c, 1, add, 1, 4);
            if (TRows.Value > 1) GemmSums<T, TVector, TSimd>.Four(s10, s11, s12, s13, c + ldc, 1, add is null ? null : add + addLd, 1, 4);
            if (TRows.Value > 2) GemmSums<T, TVector, TSimd>.Four(s20, s21, s22, s23, c + (2 * ldc), 1, add is null ? null : add + (2 * addLd), 1, 4);
            if (TRows.Value > 2) GemmSums<T, TVector, TSimd>.Four(s30, s31, s32, s33, c + (3 * ldc), 1, add is null ? null : add + (3 * addLd), 1, 4);
        }
        else
        {
            GemmSums<T, TVector, TSimd>.Four(s00, s10, s20, s30, c, ldc, add, addLd, TRows.Value);
            if (TColumns.Value > 1) GemmSums<T, TVector, TSimd>.Four(s01, s11, s21, s31, c + 1, ldc, add is null ? null : add + 1, addLd, TRows.Value);
            if (TColumns.Value > 2) GemmSums<T, TVector, TSimd>.Four(s02, s12, s22, s32, c + 2, ldc, add is null ? null : add + 2, addLd, TRows.Value);
        }

        if (TColumns.Value > 4) GemmSums<T, TVector, TSimd>.Four(s04, s14, s24, s34, c + 4, ldc, add is null ? null : add + 4, addLd, TRows.Value);
        if (TColumns.Value > 5) GemmSums<T, TVector, TSimd>.Four(s05, s15, s25, s35, c + 5, ldc, add is null ? null : add + 5, addLd, TRows.Value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Column<TRows>(
        TVector y, TVector x0, TVector x1, TVector x2, TVector x3, ref TVector s0, ref TVector s1, ref TVector s2, ref TVector s3)
        where TRows : IConstant
    {
        s0 = TSimd.MultiplyAdd(x0, y, s0);
        if (TRows.Value > 1)
            s1 = TSimd.MultiplyAdd(x1, y, s1);
        if (TRows.Value > 2)
        {
            s2 = TSimd.MultiplyAdd(x2, y, s2);
            s3 = TSimd.MultiplyAdd(x3, y, s3);
        }
    }
}
