using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
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

    /// <summary>Steps by which lines of a B that is being copied are asked for before they are read: each may lie in a page of its own, which nothing else foresees.</summary>
    private const int StepsAhead = 16;

    /// <summary>Computes a tile of <paramref name="rows"/> (1 to 12) by <paramref name="columns"/> (1 to two registers).</summary>
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
        if (rows < 9)
            GemmMicroKernel<T, TVector, TSimd>.Run(rows, columns, k, a, aRow, aStep, b, bStep, c, ldc, add, addLd);
        else if (columns > TSimd.Count)
            Select<Two>(rows, columns, k, a, aRow, aStep, b, bStep, c, ldc, add, addLd);
        else
            Select<One>(rows, columns, k, a, aRow, aStep, b, bStep, c, ldc, add, addLd);
    }

    /// <summary>Computes a full tile of 12 rows, and copies the panel of B that it reads where it lies.</summary>
    /// <param name="k">Steps to sum.</param>
    /// <param name="a">First element of A.</param>
    /// <param name="aRow">Elements between rows of A.</param>
    /// <param name="aStep">Elements between steps of A.</param>
    /// <param name="b">First element of B.</param>
    /// <param name="bStep">Elements between steps of B.</param>
    /// <param name="c">First element of the tile of C.</param>
    /// <param name="ldc">Leading dimension of C.</param>
    /// <param name="add">What to add the sums to, or null.</param>
    /// <param name="addLd">Elements between rows of it.</param>
    /// <param name="panel">Receives the panel, step after step.</param>
    public static void RunAndCopy(int k, T* a, nint aRow, nint aStep, T* b, nint bStep, T* c, nint ldc, T* add, nint addLd, T* panel) =>
        Tile<Twelve, Two, One>(2 * TSimd.Count, k, a, aRow, aStep, b, bStep, c, ldc, add, addLd, panel);

    private static void Select<TWidth>(
        int rows, int columns, int k, T* a, nint aRow, nint aStep, T* b, nint bStep, T* c, nint ldc, T* add, nint addLd)
        where TWidth : IConstant
    {
        switch (rows)
        {
            case 9: Tile<Nine, TWidth, Zero>(columns, k, a, aRow, aStep, b, bStep, c, ldc, add, addLd, null); break;
            case 10: Tile<Ten, TWidth, Zero>(columns, k, a, aRow, aStep, b, bStep, c, ldc, add, addLd, null); break;
            case 11: Tile<Eleven, TWidth, Zero>(columns, k, a, aRow, aStep, b, bStep, c, ldc, add, addLd, null); break;
            default: Tile<Twelve, TWidth, Zero>(columns, k, a, aRow, aStep, b, bStep, c, ldc, add, addLd, null); break;
        }
    }

    [MethodImpl(KernelMethod.Compiled)]
    private static void Tile<TRows, TWidth, TCopies>(
        int columns, int k, T* a, nint aRow, nint aStep, T* b, nint bStep, T* c, nint ldc, T* add, nint addLd, T* panel)
        where TRows : IConstant
        where TWidth : IConstant
        where TCopies : IConstant
    {
        TVector zero = TSimd.Zero;
        TVector s0L = zero, s0H = zero, s1L = zero, s1H = zero, s2L = zero, s2H = zero, s3L = zero, s3H = zero;
        TVector s4L = zero, s4H = zero, s5L = zero, s5H = zero, s6L = zero, s6H = zero, s7L = zero, s7H = zero;
        TVector s8L = zero, s8H = zero, s9L = zero, s9H = zero, s10L = zero, s10H = zero, s11L = zero, s11H = zero;
        nint row2 = 2 * aRow, row3 = 3 * aRow, four = 4 * aRow, ahead = StepsAhead * bStep;
        const int Round = GemmMicroKernel<T, TVector, TSimd>.StepsOfRound;
        int width = 2 * TSimd.Count;
        for (; k >= Round; k -= Round)
        {
            AddStep<TRows, TWidth, TCopies>(a, b, panel, aRow, row2, row3, four, ahead,
                ref s0L, ref s0H, ref s1L, ref s1H, ref s2L, ref s2H, ref s3L, ref s3H, ref s4L, ref s4H, ref s5L, ref s5H,
                ref s6L, ref s6H, ref s7L, ref s7H, ref s8L, ref s8H, ref s9L, ref s9H, ref s10L, ref s10H, ref s11L, ref s11H);
            AddStep<TRows, TWidth, TCopies>(a + aStep, b + bStep, panel + width, aRow, row2, row3, four, ahead,
                ref s0L, ref s0H, ref s1L, ref s1H, ref s2L, ref s2H, ref s3L, ref s3H, ref s4L, ref s4H, ref s5L, ref s5H,
                ref s6L, ref s6H, ref s7L, ref s7H, ref s8L, ref s8H, ref s9L, ref s9H, ref s10L, ref s10H, ref s11L, ref s11H);
            AddStep<TRows, TWidth, TCopies>(a + (2 * aStep), b + (2 * bStep), panel + (2 * width), aRow, row2, row3, four, ahead,
                ref s0L, ref s0H, ref s1L, ref s1H, ref s2L, ref s2H, ref s3L, ref s3H, ref s4L, ref s4H, ref s5L, ref s5H,
                ref s6L, ref s6H, ref s7L, ref s7H, ref s8L, ref s8H, ref s9L, ref s9H, ref s10L, ref s10H, ref s11L, ref s11H);
            AddStep<TRows, TWidth, TCopies>(a + (3 * aStep), b + (3 * bStep), panel + (3 * width), aRow, row2, row3, four, ahead,
                ref s0L, ref s0H, ref s1L, ref s1H, ref s2L, ref s2H, ref s3L, ref s3H, ref s4L, ref s4H, ref s5L, ref s5H,
                ref s6L, ref s6H, ref s7L, ref s7H, ref s8L, ref s8H, ref s9L, ref s9H, ref s10L, ref s10H, ref s11L, ref s11H);
            a += Round * aStep;
            b += Round * bStep;
            if (TCopies.Value > 0) panel += Round * width;
        }

        for (; k > 0; k--)
        {
            AddStep<TRows, TWidth, TCopies>(a, b, panel, aRow, row2, row3, four, ahead,
                ref s0L, ref s0H, ref s1L, ref s1H, ref s2L, ref s2H, ref s3L, ref s3H, ref s4L, ref s4H, ref s5L, ref s5H,
                ref s6L, ref s6H, ref s7L, ref s7H, ref s8L, ref s8H, ref s9L, ref s9H, ref s10L, ref s10H, ref s11L, ref s11H);
            a += aStep;
            b += bStep;
            if (TCopies.Value > 0) panel += width;
        }

        Store<TWidth>(0, s0L, s0H, columns, c, ldc, add, addLd);
        Store<TWidth>(1, s1L, s1H, columns, c, ldc, add, addLd);
        Store<TWidth>(2, s2L, s2H, columns, c, ldc, add, addLd);
        Store<TWidth>(3, s3L, s3H, columns, c, ldc, add, addLd);
        Store<TWidth>(4, s4L, s4H, columns, c, ldc, add, addLd);
        Store<TWidth>(5, s5L, s5H, columns, c, ldc, add, addLd);
        Store<TWidth>(6, s6L, s6H, columns, c, ldc, add, addLd);
        Store<TWidth>(7, s7L, s7H, columns, c, ldc, add, addLd);
        Store<TWidth>(8, s8L, s8H, columns, c, ldc, add, addLd);
        if (TRows.Value > 9) Store<TWidth>(9, s9L, s9H, columns, c, ldc, add, addLd);
        if (TRows.Value > 10) Store<TWidth>(10, s10L, s10H, columns, c, ldc, add, addLd);
        if (TRows.Value > 11) Store<TWidth>(11, s11L, s11H, columns, c, ldc, add, addLd);
    }

    /// <summary>One step of k, and perhaps the copy of its step of B.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddStep<TRows, TWidth, TCopies>(
        T* a, T* b, T* panel, nint aRow, nint row2, nint row3, nint four, nint ahead,
        ref TVector s0L, ref TVector s0H, ref TVector s1L, ref TVector s1H, ref TVector s2L, ref TVector s2H, ref TVector s3L, ref TVector s3H,
        ref TVector s4L, ref TVector s4H, ref TVector s5L, ref TVector s5H, ref TVector s6L, ref TVector s6H, ref TVector s7L, ref TVector s7H,
        ref TVector s8L, ref TVector s8H, ref TVector s9L, ref TVector s9H, ref TVector s10L, ref TVector s10H, ref TVector s11L, ref TVector s11H)
        where TRows : IConstant
        where TWidth : IConstant
        where TCopies : IConstant
    {
        TVector b0 = TSimd.Load(b), b1 = TWidth.Value > 1 ? TSimd.Load(b + TSimd.Count) : TSimd.Zero;
        if (TCopies.Value > 0)
        {
            if (Sse.IsSupported)
            {
                Sse.Prefetch0(b + ahead);
                Sse.Prefetch0(b + ahead + TSimd.Count);
            }

            TSimd.Store(panel, b0);
            TSimd.Store(panel + TSimd.Count, b1);
        }

        T* middle = a + four, last = middle + four;
        AddRow<TWidth>(a[0], b0, b1, ref s0L, ref s0H);
        AddRow<TWidth>(a[aRow], b0, b1, ref s1L, ref s1H);
        AddRow<TWidth>(a[row2], b0, b1, ref s2L, ref s2H);
        AddRow<TWidth>(a[row3], b0, b1, ref s3L, ref s3H);
        AddRow<TWidth>(middle[0], b0, b1, ref s4L, ref s4H);
        AddRow<TWidth>(middle[aRow], b0, b1, ref s5L, ref s5H);
        AddRow<TWidth>(middle[row2], b0, b1, ref s6L, ref s6H);
        AddRow<TWidth>(middle[row3], b0, b1, ref s7L, ref s7H);
        AddRow<TWidth>(last[0], b0, b1, ref s8L, ref s8H);
        if (TRows.Value > 9) AddRow<TWidth>(last[aRow], b0, b1, ref s9L, ref s9H);
        if (TRows.Value > 10) AddRow<TWidth>(last[row2], b0, b1, ref s10L, ref s10H);
        if (TRows.Value > 11) AddRow<TWidth>(last[row3], b0, b1, ref s11L, ref s11H);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRow<TWidth>(T a, TVector b0, TVector b1, ref TVector low, ref TVector high)
        where TWidth : IConstant
    {
        TVector broadcast = TSimd.Broadcast(a);
        low = TSimd.MultiplyAdd(broadcast, b0, low);
        if (TWidth.Value > 1)
            high = TSimd.MultiplyAdd(broadcast, b1, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TWidth>(int row, TVector low, TVector high, int columns, T* c, nint ldc, T* add, nint addLd)
        where TWidth : IConstant =>
        GemmMicroKernel<T, TVector, TSimd>.StoreRow<TWidth>(c + (row * ldc), low, high, columns, add is null ? null : add + (row * addLd));
}
