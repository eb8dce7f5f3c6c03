using System.Runtime.CompilerServices;
using Workspaces.Kernels.Simd;

namespace Workspaces.Kernels.Gemm;

/// <summary>
/// The inner product of GEMM: a tile of up to 8 rows and 2 registers of columns stays in registers while k runs.
/// Each element of the tile is one chain of multiply-adds in the order of k, whatever the tile's size, so
/// neither the tiling nor the vector width changes a result.
/// </summary>
/// <remarks>
/// <code>
///             b0      b1            per step of k: 2 loads of B, one broadcast of A per row,
///   a[0] -> sum00   sum01           2 multiply-adds per row; with 8 rows 16 independent chains
///   a[1] -> sum10   sum11           hide the latency of the multiply-add (4 cycles, 2 a cycle)
/// </code>
/// </remarks>
internal static unsafe class GemmMicroKernel<T, TVector, TSimd>
    where T : unmanaged
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    /// <summary>Steps of k that are written one after the other: 1 to 4 % faster than one at a time; eight are no better, and each takes time to compile.</summary>
    public const int StepsOfRound = 4;

    /// <summary>Computes a tile of <paramref name="rows"/> (1 to 8) by <paramref name="columns"/> (1 to two registers).</summary>
    /// <param name="rows">Rows of the tile.</param>
    /// <param name="columns">Columns to store; B must be readable up to the full register width.</param>
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
        if (columns > TSimd.Count)
            Select<Two>(rows, columns, k, a, aRow, aStep, b, bStep, c, ldc, add, addLd);
        else
            Select<One>(rows, columns, k, a, aRow, aStep, b, bStep, c, ldc, add, addLd);
    }

    private static void Select<TWidth>(
        int rows, int columns, int k, T* a, nint aRow, nint aStep, T* b, nint bStep, T* c, nint ldc, T* add, nint addLd)
        where TWidth : IConstant
    {
        switch (rows)
        {
            case 1: Tile<One, TWidth>(columns, k, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            case 2: Tile<Two, TWidth>(columns, k, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            case 3: Tile<Three, TWidth>(columns, k, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            case 4: Tile<Four, TWidth>(columns, k, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            case 5: Tile<Five, TWidth>(columns, k, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            case 6: Tile<Six, TWidth>(columns, k, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            case 7: Tile<Seven, TWidth>(columns, k, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            default: Tile<Eight, TWidth>(columns, k, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
        }
    }

    [MethodImpl(KernelMethod.Compiled)]
    private static void Tile<TRows, TWidth>(
        int columns, int k, T* a, nint aRow, nint aStep, T* b, nint bStep, T* c, nint ldc, T* add, nint addLd)
        where TRows : IConstant
        where TWidth : IConstant
    {
        TVector zero = TSimd.Zero;
        TVector sum00 = zero, sum01 = zero, sum10 = zero, sum11 = zero;
        TVector sum20 = zero, sum21 = zero, sum30 = zero, sum31 = zero;
        TVector sum40 = zero, sum41 = zero, sum50 = zero, sum51 = zero;
        TVector sum60 = zero, sum61 = zero, sum70 = zero, sum71 = zero;
        nint row2 = 2 * aRow, row3 = 3 * aRow, row4 = 4 * aRow, row5 = 5 * aRow, row6 = 6 * aRow, row7 = 7 * aRow;
        for (; k >= StepsOfRound; k -= StepsOfRound)
        {
            AddStep<TRows, TWidth>(a, b, aRow, row2, row3, row4, row5, row6, row7,
                ref sum00, ref sum01, ref sum10, ref sum11, ref sum20, ref sum21, ref sum30, ref sum31,
                ref sum40, ref sum41, ref sum50, ref sum51, ref sum60, ref sum61, ref sum70, ref sum71);
            AddStep<TRows, TWidth>(a + aStep, b + bStep, aRow, row2, row3, row4, row5, row6, row7,
                ref sum00, ref sum01, ref sum10, ref sum11, ref sum20, ref sum21, ref sum30, ref sum31,
                ref sum40, ref sum41, ref sum50, ref sum51, ref sum60, ref sum61, ref sum70, ref sum71);
            AddStep<TRows, TWidth>(a + (2 * aStep), b + (2 * bStep), aRow, row2, row3, row4, row5, row6, row7,
                ref sum00, ref sum01, ref sum10, ref sum11, ref sum20, ref sum21, ref sum30, ref sum31,
                ref sum40, ref sum41, ref sum50, ref sum51, ref sum60, ref sum61, ref sum70, ref sum71);
            AddStep<TRows, TWidth>(a + (3 * aStep), b + (3 * bStep), aRow, row2, row3, row4, row5, row6, row7,
                ref sum00, ref sum01, ref sum10, ref sum11, ref sum20, ref sum21, ref sum30, ref sum31,
                ref sum40, ref sum41, ref sum50, ref sum51, ref sum60, ref sum61, ref sum70, ref sum71);
            a += StepsOfRound * aStep;
            b += StepsOfRound * bStep;
        }

        for (; k > 0; k--)
        {
            AddStep<TRows, TWidth>(a, b, aRow, row2, row3, row4, row5, row6, row7,
                ref sum00, ref sum01, ref sum10, ref sum11, ref sum20, ref sum21, ref sum30, ref sum31,
                ref sum40, ref sum41, ref sum50, ref sum51, ref sum60, ref sum61, ref sum70, ref sum71);
            a += aStep;
            b += bStep;
        }

        StoreRow<TWidth>(c, sum00, sum01, columns, add);
        if (TRows.Value > 1) StoreRow<TWidth>(c + (1 * ldc), sum10, sum11, columns, add is null ? null : add + (1 * addLd));
        if (TRows.Value > 2) StoreRow<TWidth>(c + (2 * ldc), sum20, sum21, columns, add is null ? null : add + (2 * addLd));
        if (TRows.Value > 3) StoreRow<TWidth>(c + (3 * ldc), sum30, sum31, columns, add is null ? null : add + (3 * addLd));
        if (TRows.Value > 4) StoreRow<TWidth>(c + (4 * ldc), sum40, sum41, columns, add is null ? null : add + (4 * addLd));
        if (TRows.Value > 5) StoreRow<TWidth>(c + (5 * ldc), sum50, sum51, columns, add is null ? null : add + (5 * addLd));
        if (TRows.Value > 6) StoreRow<TWidth>(c + (6 * ldc), sum60, sum61, columns, add is null ? null : add + (6 * addLd));
        if (TRows.Value > 7) StoreRow<TWidth>(c + (7 * ldc), sum70, sum71, columns, add is null ? null : add + (7 * addLd));
    }

    /// <summary>One step of k.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddStep<TRows, TWidth>(
        T* a, T* b, nint aRow, nint row2, nint row3, nint row4, nint row5, nint row6, nint row7,
        ref TVector sum00, ref TVector sum01, ref TVector sum10, ref TVector sum11, ref TVector sum20, ref TVector sum21, ref TVector sum30, ref TVector sum31,
        ref TVector sum40, ref TVector sum41, ref TVector sum50, ref TVector sum51, ref TVector sum60, ref TVector sum61, ref TVector sum70, ref TVector sum71)
        where TRows : IConstant
        where TWidth : IConstant
    {
        TVector b0 = TSimd.Load(b);
        TVector b1 = TWidth.Value > 1 ? TSimd.Load(b + TSimd.Count) : TSimd.Zero;
        AddRow<TWidth>(*a, b0, b1, ref sum00, ref sum01);
        if (TRows.Value > 1) AddRow<TWidth>(a[aRow], b0, b1, ref sum10, ref sum11);
        if (TRows.Value > 2) AddRow<TWidth>(a[row2], b0, b1, ref sum20, ref sum21);
        if (TRows.Value > 3) AddRow<TWidth>(a[row3], b0, b1, ref sum30, ref sum31);
        if (TRows.Value > 4) AddRow<TWidth>(a[row4], b0, b1, ref sum40, ref sum41);
        if (TRows.Value > 5) AddRow<TWidth>(a[row5], b0, b1, ref sum50, ref sum51);
        if (TRows.Value > 6) AddRow<TWidth>(a[row6], b0, b1, ref sum60, ref sum61);
        if (TRows.Value > 7) AddRow<TWidth>(a[row7], b0, b1, ref sum70, ref sum71);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRow<TWidth>(T a, TVector b0, TVector b1, ref TVector sum0, ref TVector sum1)
        where TWidth : IConstant
    {
        TVector broadcast = TSimd.Broadcast(a);
        sum0 = TSimd.MultiplyAdd(broadcast, b0, sum0);
        if (TWidth.Value > 1)
            sum1 = TSimd.MultiplyAdd(broadcast, b1, sum1);
    }

    /// <summary>Stores a row of a tile, <paramref name="columns"/> of its one or two registers, added to <paramref name="add"/> where there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void StoreRow<TWidth>(T* c, TVector sum0, TVector sum1, int columns, T* add)
        where TWidth : IConstant
    {
        if (columns == TWidth.Value * TSimd.Count)
        {
            TSimd.Store(c, add is null ? sum0 : TSimd.Add(TSimd.Load(add), sum0));
            if (TWidth.Value > 1)
                TSimd.Store(c + TSimd.Count, add is null ? sum1 : TSimd.Add(TSimd.Load(add + TSimd.Count), sum1));
            return;
        }

        int before = TWidth.Value > 1 ? TSimd.Count : 0, partial = columns - before;
        if (TWidth.Value > 1)
            TSimd.Store(c, add is null ? sum0 : TSimd.Add(TSimd.Load(add), sum0));
        TVector tail = TWidth.Value > 1 ? sum1 : sum0;
        TSimd.StorePartial(c + before, add is null ? tail : TSimd.Add(TSimd.LoadPartial(add + before, partial), tail), partial);
    }
}
