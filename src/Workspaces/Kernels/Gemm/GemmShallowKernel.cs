using System.Runtime.CompilerServices;
using Workspaces.Kernels.Simd;

namespace Workspaces.Kernels.Gemm;

/// <summary>
/// Products with short sums (k of at most 12), which are bound by the writing of C: the elements of two rows of A are held in registers, one a register, while the
/// columns of B pass by, so that rows of C are written in order, each of their lines once and whole. Each element is one chain in the order of k, as in
/// <see cref="GemmMicroKernel{T, TVector, TSimd}"/>, with the same bits.
/// </summary>
/// <remarks>
/// <code>
///   registers: x0 … xk of row i       a step: 4 k loads of B, 8 k multiply-adds, four registers of each row stored;
///              y0 … yk of row i + 1   eight chains of sums beside each other, as many as hide the latency of one
/// </code>
/// With one register of columns a step, the multiply-adds that wait for the one before fill the scheduler of some processors: half the speed on Golden Cove.
/// </remarks>
internal static unsafe class GemmShallowKernel<T, TVector, TSimd>
    where T : unmanaged
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    /// <summary>The longest sum: 24 registers of A, and what a step of one column needs.</summary>
    public const int MostSteps = 12;

    /// <summary>The longest sum of four columns at a time: 22 registers of A, eight sums and one of B fit in 32.</summary>
    private const int MostWideSteps = 11;

    /// <summary>Computes <paramref name="rows"/> rows of whole registers.</summary>
    /// <param name="rows">Rows of C.</param>
    /// <param name="columns">Columns of C, a multiple of a register's.</param>
    /// <param name="k">Steps to sum, 1 to <see cref="MostSteps"/>.</param>
    /// <param name="a">First element of A; row r, step p is <c>a[r * aRow + p * aStep]</c>.</param>
    /// <param name="aRow">Elements between rows of A.</param>
    /// <param name="aStep">Elements between steps of A.</param>
    /// <param name="b">First element of B; step p begins at <c>b[p * bStep]</c>.</param>
    /// <param name="bStep">Elements between steps of B.</param>
    /// <param name="c">First element of C.</param>
    /// <param name="ldc">Leading dimension of C.</param>
    /// <param name="add">What to add the sums to: C itself, another, or null for nothing.</param>
    /// <param name="addLd">Elements between rows of it; 0 for one row that is added to all.</param>
    public static void Run(int rows, int columns, int k, T* a, nint aRow, nint aStep, T* b, nint bStep, T* c, nint ldc, T* add, nint addLd)
    {
        switch (k)
        {
            case 1: Rows<One>(rows, columns, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            case 2: Rows<Two>(rows, columns, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            case 3: Rows<Three>(rows, columns, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            case 4: Rows<Four>(rows, columns, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            case 5: Rows<Five>(rows, columns, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            case 6: Rows<Six>(rows, columns, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            case 7: Rows<Seven>(rows, columns, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            case 8: Rows<Eight>(rows, columns, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            case 9: Rows<Nine>(rows, columns, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            case 10: Rows<Ten>(rows, columns, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            case 11: Rows<Eleven>(rows, columns, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            default: Rows<Twelve>(rows, columns, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
        }
    }

    /// <summary>Four registers of columns at a time where there are registers for their sums, then one.</summary>
    private static void Rows<TDepth>(int rows, int columns, T* a, nint aRow, nint aStep, T* b, nint bStep, T* c, nint ldc, T* add, nint addLd)
        where TDepth : IConstant
    {
        bool hasRegisters = TSimd.TileRows >= 8 && TDepth.Value <= MostWideSteps;
        int wide = hasRegisters ? columns - (columns % (4 * TSimd.Count)) : 0;
        if (wide > 0) Columns<TDepth, Four>(rows, wide, a, aRow, aStep, b, bStep, c, ldc, add, addLd);
        if (wide < columns) Columns<TDepth, One>(rows, columns - wide, a, aRow, aStep, b + wide, bStep, c + wide, ldc, add is null ? null : add + wide, addLd);
    }

    [MethodImpl(KernelMethod.Compiled)]
    private static void Columns<TDepth, TWidth>(int rows, int columns, T* a, nint aRow, nint aStep, T* b, nint bStep, T* c, nint ldc, T* add, nint addLd)
        where TDepth : IConstant
        where TWidth : IConstant
    {
        int w = TSimd.Count, stride = TWidth.Value * w;
        nint step2 = 2 * bStep, step3 = 3 * bStep, step4 = 4 * bStep;
        for (; rows > 0; rows -= 2)
        {
            bool isPair = rows > 1; // a last row without a second is computed and stored twice
            T* second = isPair ? a + aRow : a;
            TVector x0 = At<TDepth>(a, aStep, 0), y0 = At<TDepth>(second, aStep, 0);
            TVector x1 = At<TDepth>(a, aStep, 1), y1 = At<TDepth>(second, aStep, 1);
            TVector x2 = At<TDepth>(a, aStep, 2), y2 = At<TDepth>(second, aStep, 2);
            TVector x3 = At<TDepth>(a, aStep, 3), y3 = At<TDepth>(second, aStep, 3);
            TVector x4 = At<TDepth>(a, aStep, 4), y4 = At<TDepth>(second, aStep, 4);
            TVector x5 = At<TDepth>(a, aStep, 5), y5 = At<TDepth>(second, aStep, 5);
            TVector x6 = At<TDepth>(a, aStep, 6), y6 = At<TDepth>(second, aStep, 6);
            TVector x7 = At<TDepth>(a, aStep, 7), y7 = At<TDepth>(second, aStep, 7);
            TVector x8 = At<TDepth>(a, aStep, 8), y8 = At<TDepth>(second, aStep, 8);
            TVector x9 = At<TDepth>(a, aStep, 9), y9 = At<TDepth>(second, aStep, 9);
            TVector x10 = At<TDepth>(a, aStep, 10), y10 = At<TDepth>(second, aStep, 10);
            TVector x11 = At<TDepth>(a, aStep, 11), y11 = At<TDepth>(second, aStep, 11);
            T* p = b, to = c, below = isPair ? c + ldc : c, add0 = add, add1 = isPair && add is not null ? add + addLd : add;
            for (T* end = c + columns; to < end; to += stride)
            {
                T* q = p + step4, r = q + step4;
                TVector s0 = TSimd.Zero, s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
                Step<TWidth>(p, x0, y0, ref s0, ref s1, ref s2, ref s3, ref t0, ref t1, ref t2, ref t3);
                if (TDepth.Value > 1) Step<TWidth>(p + bStep, x1, y1, ref s0, ref s1, ref s2, ref s3, ref t0, ref t1, ref t2, ref t3);
                if (TDepth.Value > 2) Step<TWidth>(p + step2, x2, y2, ref s0, ref s1, ref s2, ref s3, ref t0, ref t1, ref t2, ref t3);
                if (TDepth.Value > 3) Step<TWidth>(p + step3, x3, y3, ref s0, ref s1, ref s2, ref s3, ref t0, ref t1, ref t2, ref t3);
                if (TDepth.Value > 4) Step<TWidth>(q, x4, y4, ref s0, ref s1, ref s2, ref s3, ref t0, ref t1, ref t2, ref t3);
                if (TDepth.Value > 5) Step<TWidth>(q + bStep, x5, y5, ref s0, ref s1, ref s2, ref s3, ref t0, ref t1, ref t2, ref t3);
                if (TDepth.Value > 6) Step<TWidth>(q + step2, x6, y6, ref s0, ref s1, ref s2, ref s3, ref t0, ref t1, ref t2, ref t3);
                if (TDepth.Value > 7) Step<TWidth>(q + step3, x7, y7, ref s0, ref s1, ref s2, ref s3, ref t0, ref t1, ref t2, ref t3);
                if (TDepth.Value > 8) Step<TWidth>(r, x8, y8, ref s0, ref s1, ref s2, ref s3, ref t0, ref t1, ref t2, ref t3);
                if (TDepth.Value > 9) Step<TWidth>(r + bStep, x9, y9, ref s0, ref s1, ref s2, ref s3, ref t0, ref t1, ref t2, ref t3);
                if (TDepth.Value > 10) Step<TWidth>(r + step2, x10, y10, ref s0, ref s1, ref s2, ref s3, ref t0, ref t1, ref t2, ref t3);
                if (TDepth.Value > 11) Step<TWidth>(r + step3, x11, y11, ref s0, ref s1, ref s2, ref s3, ref t0, ref t1, ref t2, ref t3);
                if (add0 is not null)
                {
                    Add<TWidth>(add0, ref s0, ref s1, ref s2, ref s3);
                    Add<TWidth>(add1, ref t0, ref t1, ref t2, ref t3);
                    add0 += stride;
                    add1 += stride;
                }

                Store<TWidth>(to, s0, s1, s2, s3);
                Store<TWidth>(below, t0, t1, t2, t3);
                below += stride;
                p += stride;
            }

            a += 2 * aRow;
            c += 2 * ldc;
            if (add is not null)
                add += 2 * addLd;
        }
    }

    /// <summary>Step p of a row in all lanes, zero beyond the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector At<TDepth>(T* row, nint aStep, int p)
        where TDepth : IConstant => p < TDepth.Value ? TSimd.Broadcast(row[p * aStep]) : TSimd.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<TWidth>(
        T* b, TVector x, TVector y, ref TVector s0, ref TVector s1, ref TVector s2, ref TVector s3, ref TVector t0, ref TVector t1, ref TVector t2, ref TVector t3)
        where TWidth : IConstant
    {
        TVector v = TSimd.Load(b);
        s0 = TSimd.MultiplyAdd(x, v, s0);
        t0 = TSimd.MultiplyAdd(y, v, t0);
        if (TWidth.Value == 1) return;
        v = TSimd.Load(b + TSimd.Count);
        s1 = TSimd.MultiplyAdd(x, v, s1);
        t1 = TSimd.MultiplyAdd(y, v, t1);
        v = TSimd.Load(b + (2 * TSimd.Count));
        s2 = TSimd.MultiplyAdd(x, v, s2);
        t2 = TSimd.MultiplyAdd(y, v, t2);
        v = TSimd.Load(b + (3 * TSimd.Count));
        s3 = TSimd.MultiplyAdd(x, v, s3);
        t3 = TSimd.MultiplyAdd(y, v, t3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TWidth>(T* add, ref TVector s0, ref TVector s1, ref TVector s2, ref TVector s3)
        where TWidth : IConstant
    {
        s0 = TSimd.Add(TSimd.Load(add), s0);
        if (TWidth.Value == 1) return;
        s1 = TSimd.Add(TSimd.Load(add + TSimd.Count), s1);
        s2 = TSimd.Add(TSimd.Load(add + (2 * TSimd.Count)), s2);
        s3 = TSimd.Add(TSimd.Load(add + (3 * TSimd.Count)), s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TWidth>(T* c, TVector s0, TVector s1, TVector s2, TVector s3)
        where TWidth : IConstant
    {
        TSimd.Store(c, s0);
        if (TWidth.Value == 1) return;
        TSimd.Store(c + TSimd.Count, s1);
        TSimd.Store(c + (2 * TSimd.Count), s2);
        TSimd.Store(c + (3 * TSimd.Count), s3);
    }
}
