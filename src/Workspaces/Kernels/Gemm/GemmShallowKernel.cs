using System.Runtime.CompilerServices;
using Workspaces.Kernels.Simd;

namespace Workspaces.Kernels.Gemm;

/// <summary>
/// Products with short sums (k of at most 12), which are bound by the writing of C: a panel of B, two registers wide, is held in registers while all rows of A
/// pass by, so that a row costs nothing but its broadcasts, multiply-adds and stores. Each element is one chain in the order of k, as in
/// <see cref="GemmMicroKernel{T, TVector, TSimd}"/>, with the same bits.
/// </summary>
/// <remarks>
/// <code>
///               registers: b00 b01           two rows at a time: 4 chains of k multiply-adds, which do not
///   a[0..k) ->             b10 b11 -> c c    depend on those of the next two rows, so the processor runs
///                          …                 several pairs at once
/// </code>
/// </remarks>
internal static unsafe class GemmShallowKernel<T, TVector, TSimd>
    where T : unmanaged
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    /// <summary>The longest sum: 24 registers of B, 4 sums and broadcasts fit in 32.</summary>
    public const int MostSteps = 12;

    /// <summary>Computes <paramref name="rows"/> rows of up to two registers of columns.</summary>
    /// <param name="rows">Rows of C.</param>
    /// <param name="columns">Columns to store; B must be readable up to the full register width.</param>
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
        if (columns > TSimd.Count)
            Select<Two>(rows, columns, k, a, aRow, aStep, b, bStep, c, ldc, add, addLd);
        else
            Select<One>(rows, columns, k, a, aRow, aStep, b, bStep, c, ldc, add, addLd);
    }

    private static void Select<TWidth>(
        int rows, int columns, int k, T* a, nint aRow, nint aStep, T* b, nint bStep, T* c, nint ldc, T* add, nint addLd)
        where TWidth : IConstant
    {
        switch (k)
        {
            case 1: Panel<One, TWidth>(rows, columns, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            case 2: Panel<Two, TWidth>(rows, columns, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            case 3: Panel<Three, TWidth>(rows, columns, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            case 4: Panel<Four, TWidth>(rows, columns, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            case 5: Panel<Five, TWidth>(rows, columns, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            case 6: Panel<Six, TWidth>(rows, columns, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            case 7: Panel<Seven, TWidth>(rows, columns, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            case 8: Panel<Eight, TWidth>(rows, columns, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            case 9: Panel<Nine, TWidth>(rows, columns, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            case 10: Panel<Ten, TWidth>(rows, columns, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            case 11: Panel<Eleven, TWidth>(rows, columns, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
            default: Panel<Twelve, TWidth>(rows, columns, a, aRow, aStep, b, bStep, c, ldc, add, addLd); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Panel<TDepth, TWidth>(
        int rows, int columns, T* a, nint aRow, nint aStep, T* b, nint bStep, T* c, nint ldc, T* add, nint addLd)
        where TDepth : IConstant
        where TWidth : IConstant
    {
        Load<TDepth, TWidth>(b, bStep, 0, out TVector b00, out TVector b01);
        Load<TDepth, TWidth>(b, bStep, 1, out TVector b10, out TVector b11);
        Load<TDepth, TWidth>(b, bStep, 2, out TVector b20, out TVector b21);
        Load<TDepth, TWidth>(b, bStep, 3, out TVector b30, out TVector b31);
        Load<TDepth, TWidth>(b, bStep, 4, out TVector b40, out TVector b41);
        Load<TDepth, TWidth>(b, bStep, 5, out TVector b50, out TVector b51);
        Load<TDepth, TWidth>(b, bStep, 6, out TVector b60, out TVector b61);
        Load<TDepth, TWidth>(b, bStep, 7, out TVector b70, out TVector b71);
        Load<TDepth, TWidth>(b, bStep, 8, out TVector b80, out TVector b81);
        Load<TDepth, TWidth>(b, bStep, 9, out TVector b90, out TVector b91);
        Load<TDepth, TWidth>(b, bStep, 10, out TVector b100, out TVector b101);
        Load<TDepth, TWidth>(b, bStep, 11, out TVector b110, out TVector b111);
        for (; rows > 0; rows -= 2)
        {
            T* x = a, y = rows > 1 ? a + aRow : a; // a last row without a second is computed twice
            TVector x0 = TSimd.Zero, x1 = x0, y0 = x0, y1 = x0;
            Step<TWidth>(x[0 * aStep], y[0 * aStep], b00, b01, ref x0, ref x1, ref y0, ref y1);
            if (TDepth.Value > 1) Step<TWidth>(x[1 * aStep], y[1 * aStep], b10, b11, ref x0, ref x1, ref y0, ref y1);
            if (TDepth.Value > 2) Step<TWidth>(x[2 * aStep], y[2 * aStep], b20, b21, ref x0, ref x1, ref y0, ref y1);
            if (TDepth.Value > 3) Step<TWidth>(x[3 * aStep], y[3 * aStep], b30, b31, ref x0, ref x1, ref y0, ref y1);
            if (TDepth.Value > 4) Step<TWidth>(x[4 * aStep], y[4 * aStep], b40, b41, ref x0, ref x1, ref y0, ref y1);
            if (TDepth.Value > 5) Step<TWidth>(x[5 * aStep], y[5 * aStep], b50, b51, ref x0, ref x1, ref y0, ref y1);
            if (TDepth.Value > 6) Step<TWidth>(x[6 * aStep], y[6 * aStep], b60, b61, ref x0, ref x1, ref y0, ref y1);
            if (TDepth.Value > 7) Step<TWidth>(x[7 * aStep], y[7 * aStep], b70, b71, ref x0, ref x1, ref y0, ref y1);
            if (TDepth.Value > 8) Step<TWidth>(x[8 * aStep], y[8 * aStep], b80, b81, ref x0, ref x1, ref y0, ref y1);
            if (TDepth.Value > 9) Step<TWidth>(x[9 * aStep], y[9 * aStep], b90, b91, ref x0, ref x1, ref y0, ref y1);
            if (TDepth.Value > 10) Step<TWidth>(x[10 * aStep], y[10 * aStep], b100, b101, ref x0, ref x1, ref y0, ref y1);
            if (TDepth.Value > 11) Step<TWidth>(x[11 * aStep], y[11 * aStep], b110, b111, ref x0, ref x1, ref y0, ref y1);
            GemmMicroKernel<T, TVector, TSimd>.StoreRow<TWidth>(c, x0, x1, columns, add);
            if (rows > 1)
                GemmMicroKernel<T, TVector, TSimd>.StoreRow<TWidth>(c + ldc, y0, y1, columns, add is null ? null : add + addLd);
            a += 2 * aRow;
            c += 2 * ldc;
            if (add is not null)
                add += 2 * addLd;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load<TDepth, TWidth>(T* b, nint bStep, int p, out TVector b0, out TVector b1)
        where TDepth : IConstant
        where TWidth : IConstant
    {
        b0 = b1 = TSimd.Zero;
        if (p >= TDepth.Value)
            return;
        b0 = TSimd.Load(b + (p * bStep));
        if (TWidth.Value > 1)
            b1 = TSimd.Load(b + (p * bStep) + TSimd.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<TWidth>(T x, T y, TVector b0, TVector b1, ref TVector x0, ref TVector x1, ref TVector y0, ref TVector y1)
        where TWidth : IConstant
    {
        TVector xs = TSimd.Broadcast(x);
        x0 = TSimd.MultiplyAdd(xs, b0, x0);
        if (TWidth.Value > 1)
            x1 = TSimd.MultiplyAdd(xs, b1, x1);
        TVector ys = TSimd.Broadcast(y);
        y0 = TSimd.MultiplyAdd(ys, b0, y0);
        if (TWidth.Value > 1)
            y1 = TSimd.MultiplyAdd(ys, b1, y1);
    }
}
