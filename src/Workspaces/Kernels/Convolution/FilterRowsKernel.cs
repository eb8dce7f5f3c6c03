using System.Numerics;
using System.Runtime.CompilerServices;
using Workspaces.Kernels.Gemm;
using Workspaces.Kernels.Simd;

namespace Workspaces.Kernels.Convolution;

/// <summary>
/// The inner loop of <see cref="FilterKernel{T, TVector, TSimd}"/> for one register of planes and steps of one column: neighbouring positions of two rows, so that there are
/// chains enough to hide the latency of the multiply-add, and one address serves all of a row. Each element is the same chain, so no bit depends on which loop computes it.
/// </summary>
/// <remarks>
/// <code>
///                             w[planes 0…]        a tap: one load of the weight, one broadcast of the input a position,
///   x[place + 0, 1, 2 …]  →   s0 s1 s2 …          one multiply-add a position
///   the row below         →   t0 t1 t2 …
/// </code>
/// </remarks>
internal static unsafe class FilterRowsKernel<T, TVector, TSimd>
    where T : unmanaged, INumberBase<T>
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    /// <summary>The most positions of a row: 24 sums of two rows, a weight and a broadcast fit in 32 registers.</summary>
    public const int MostPositions = 12;

    /// <summary>Computes a tile of 1 to <see cref="MostPositions"/> positions of one or two rows.</summary>
    public static void Run(int positions, bool two, in FilterRowsTile<T> tile)
    {
        if (two) Run<Two>(positions, tile);
        else Run<One>(positions, tile);
    }

    private static void Run<TRows>(int positions, in FilterRowsTile<T> tile)
        where TRows : IConstant
    {
        switch (positions)
        {
            case 1: Compute<One, TRows>(tile); break;
            case 2: Compute<Two, TRows>(tile); break;
            case 3: Compute<Three, TRows>(tile); break;
            case 4: Compute<Four, TRows>(tile); break;
            case 5: Compute<Five, TRows>(tile); break;
            case 6: Compute<Six, TRows>(tile); break;
            case 7: Compute<Seven, TRows>(tile); break;
            case 8: Compute<Eight, TRows>(tile); break;
            case 9: Compute<Nine, TRows>(tile); break;
            case 10: Compute<Ten, TRows>(tile); break;
            case 11: Compute<Eleven, TRows>(tile); break;
            default: Compute<Twelve, TRows>(tile); break;
        }
    }

    [MethodImpl(KernelMethod.Compiled)]
    private static void Compute<TPositions, TRows>(in FilterRowsTile<T> tile)
        where TPositions : IConstant
        where TRows : IConstant
    {
        TVector zero = TSimd.Zero;
        TVector s0 = zero, s1 = zero, s2 = zero, s3 = zero, s4 = zero, s5 = zero, s6 = zero, s7 = zero, s8 = zero, s9 = zero, s10 = zero, s11 = zero;
        TVector t0 = zero, t1 = zero, t2 = zero, t3 = zero, t4 = zero, t5 = zero, t6 = zero, t7 = zero, t8 = zero, t9 = zero, t10 = zero, t11 = zero;
        T* first = tile.X, w = tile.Weights;
        nint lanes = tile.Lanes, stepX = tile.StepX;
        int* places = tile.Places;
        for (int p = tile.Depth; p > 0; p--)
        {
            T* x = first + *places++, below = x + stepX;
            TVector weights = TSimd.Load(w);
            Step<TRows>(x, below, 0, weights, ref s0, ref t0);
            if (TPositions.Value > 1) Step<TRows>(x, below, 1, weights, ref s1, ref t1);
            if (TPositions.Value > 2) Step<TRows>(x, below, 2, weights, ref s2, ref t2);
            if (TPositions.Value > 3) Step<TRows>(x, below, 3, weights, ref s3, ref t3);
            if (TPositions.Value > 4) Step<TRows>(x, below, 4, weights, ref s4, ref t4);
            if (TPositions.Value > 5) Step<TRows>(x, below, 5, weights, ref s5, ref t5);
            if (TPositions.Value > 6) Step<TRows>(x, below, 6, weights, ref s6, ref t6);
            if (TPositions.Value > 7) Step<TRows>(x, below, 7, weights, ref s7, ref t7);
            if (TPositions.Value > 8) Step<TRows>(x, below, 8, weights, ref s8, ref t8);
            if (TPositions.Value > 9) Step<TRows>(x, below, 9, weights, ref s9, ref t9);
            if (TPositions.Value > 10) Step<TRows>(x, below, 10, weights, ref s10, ref t10);
            if (TPositions.Value > 11) Step<TRows>(x, below, 11, weights, ref s11, ref t11);
            w += lanes;
        }

        Store<TRows>(tile, 0, s0, t0);
        if (TPositions.Value > 1) Store<TRows>(tile, 1, s1, t1);
        if (TPositions.Value > 2) Store<TRows>(tile, 2, s2, t2);
        if (TPositions.Value > 3) Store<TRows>(tile, 3, s3, t3);
        if (TPositions.Value > 4) Store<TRows>(tile, 4, s4, t4);
        if (TPositions.Value > 5) Store<TRows>(tile, 5, s5, t5);
        if (TPositions.Value > 6) Store<TRows>(tile, 6, s6, t6);
        if (TPositions.Value > 7) Store<TRows>(tile, 7, s7, t7);
        if (TPositions.Value > 8) Store<TRows>(tile, 8, s8, t8);
        if (TPositions.Value > 9) Store<TRows>(tile, 9, s9, t9);
        if (TPositions.Value > 10) Store<TRows>(tile, 10, s10, t10);
        if (TPositions.Value > 11) Store<TRows>(tile, 11, s11, t11);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<TRows>(T* x, T* below, int position, TVector weights, ref TVector sum, ref TVector sumBelow)
        where TRows : IConstant
    {
        sum = TSimd.MultiplyAdd(TSimd.Broadcast(x[position]), weights, sum);
        if (TRows.Value > 1) sumBelow = TSimd.MultiplyAdd(TSimd.Broadcast(below[position]), weights, sumBelow);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TRows>(in FilterRowsTile<T> tile, int position, TVector sum, TVector sumBelow)
        where TRows : IConstant
    {
        T* y = tile.Y + (position * tile.Lanes);
        TVector bias = TSimd.Load(tile.Bias), floor = TSimd.Broadcast(tile.Floor);
        TSimd.Store(y, TSimd.Max(TSimd.Add(sum, bias), floor));
        if (TRows.Value > 1) TSimd.Store(y + tile.StepY, TSimd.Max(TSimd.Add(sumBelow, bias), floor));
    }
}
