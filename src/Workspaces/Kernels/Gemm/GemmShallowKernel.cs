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
///   registers: x0 … xk of row i       a step: k loads of B, 2 k multiply-adds, a register of each row stored;
///              y0 … yk of row i + 1   steps do not depend on each other, so the processor runs several at once
/// </code>
/// </remarks>
internal static unsafe class GemmShallowKernel<T, TVector, TSimd>
    where T : unmanaged
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    /// <summary>The longest sum: 24 registers of A, two sums and one of B fit in 32.</summary>
    public const int MostSteps = 12;

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

    [MethodImpl(KernelMethod.Compiled)]
    private static void Rows<TDepth>(int rows, int columns, T* a, nint aRow, nint aStep, T* b, nint bStep, T* c, nint ldc, T* add, nint addLd)
        where TDepth : IConstant
    {
        nint step2 = 2 * bStep, step3 = 3 * bStep, step4 = 4 * bStep;
        for (; rows > 0; rows -= 2)
        {
            bool isPair = rows > 1; // a last row without a second is computed twice and stored once
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
            T* p = b, to = c, add0 = add, add1 = add is null ? null : add + addLd;
            for (T* end = c + columns; to < end; to += TSimd.Count)
            {
                T* q = p + step4, r = q + step4;
                TVector s = TSimd.Zero, t = s;
                Step(p, x0, y0, ref s, ref t);
                if (TDepth.Value > 1) Step(p + bStep, x1, y1, ref s, ref t);
                if (TDepth.Value > 2) Step(p + step2, x2, y2, ref s, ref t);
                if (TDepth.Value > 3) Step(p + step3, x3, y3, ref s, ref t);
                if (TDepth.Value > 4) Step(q, x4, y4, ref s, ref t);
                if (TDepth.Value > 5) Step(q + bStep, x5, y5, ref s, ref t);
                if (TDepth.Value > 6) Step(q + step2, x6, y6, ref s, ref t);
                if (TDepth.Value > 7) Step(q + step3, x7, y7, ref s, ref t);
                if (TDepth.Value > 8) Step(r, x8, y8, ref s, ref t);
                if (TDepth.Value > 9) Step(r + bStep, x9, y9, ref s, ref t);
                if (TDepth.Value > 10) Step(r + step2, x10, y10, ref s, ref t);
                if (TDepth.Value > 11) Step(r + step3, x11, y11, ref s, ref t);
                if (add0 is not null)
                {
                    s = TSimd.Add(TSimd.Load(add0), s);
                    if (isPair) t = TSimd.Add(TSimd.Load(add1), t);
                    add0 += TSimd.Count;
                    add1 += TSimd.Count;
                }

                TSimd.Store(to, s);
                if (isPair) TSimd.Store(to + ldc, t);
                p += TSimd.Count;
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
    private static void Step(T* b, TVector x, TVector y, ref TVector s, ref TVector t)
    {
        TVector v = TSimd.Load(b);
        s = TSimd.MultiplyAdd(x, v, s);
        t = TSimd.MultiplyAdd(y, v, t);
    }
}
