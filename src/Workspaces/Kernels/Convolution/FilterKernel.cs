using System.Numerics;
using System.Runtime.CompilerServices;
using Workspaces.Kernels.Gemm;
using Workspaces.Kernels.Simd;

namespace Workspaces.Kernels.Convolution;

/// <summary>
/// The inner loop of a convolution whose registers hold planes: up to 8 positions stay in registers while the taps run. Each element is one chain of
/// multiply-adds in the order of the taps.
/// </summary>
/// <remarks>
/// <code>
///                     w[planes 0…]  w[planes w…]     a tap: 2 loads of the weight, one broadcast of the input a position,
///   x0[place]   →       sum00          sum01         2 multiply-adds a position
///   x1[place]   →       sum10          sum11
/// </code>
/// </remarks>
internal readonly unsafe struct FilterKernel<T, TVector, TSimd> : IRegisterTile<FilterTile<T>>
    where T : unmanaged, INumberBase<T>
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    /// <inheritdoc/>
    [MethodImpl(KernelMethod.Compiled)]
    public static void Compute<TPositions, TWidth>(in FilterTile<T> tile)
        where TPositions : IConstant
        where TWidth : IConstant
    {
        TVector zero = TSimd.Zero;
        TVector sum00 = zero, sum01 = zero, sum10 = zero, sum11 = zero;
        TVector sum20 = zero, sum21 = zero, sum30 = zero, sum31 = zero;
        TVector sum40 = zero, sum41 = zero, sum50 = zero, sum51 = zero;
        TVector sum60 = zero, sum61 = zero, sum70 = zero, sum71 = zero;
        T* x0 = tile.X[0], x1 = TPositions.Value > 1 ? tile.X[1] : x0, x2 = TPositions.Value > 2 ? tile.X[2] : x0;
        T* x3 = TPositions.Value > 3 ? tile.X[3] : x0, x4 = TPositions.Value > 4 ? tile.X[4] : x0, x5 = TPositions.Value > 5 ? tile.X[5] : x0;
        T* x6 = TPositions.Value > 6 ? tile.X[6] : x0, x7 = TPositions.Value > 7 ? tile.X[7] : x0;
        T* w = tile.Weights;
        nint lanes = tile.Lanes;
        int* places = tile.Places;
        for (int p = tile.Depth; p > 0; p--)
        {
            nint place = *places++;
            TVector w0 = TSimd.Load(w);
            TVector w1 = TWidth.Value > 1 ? TSimd.Load(w + TSimd.Count) : zero;
            RegisterRow<T, TVector, TSimd>.MultiplyAdd<TWidth>(x0[place], w0, w1, ref sum00, ref sum01);
            if (TPositions.Value > 1) RegisterRow<T, TVector, TSimd>.MultiplyAdd<TWidth>(x1[place], w0, w1, ref sum10, ref sum11);
            if (TPositions.Value > 2) RegisterRow<T, TVector, TSimd>.MultiplyAdd<TWidth>(x2[place], w0, w1, ref sum20, ref sum21);
            if (TPositions.Value > 3) RegisterRow<T, TVector, TSimd>.MultiplyAdd<TWidth>(x3[place], w0, w1, ref sum30, ref sum31);
            if (TPositions.Value > 4) RegisterRow<T, TVector, TSimd>.MultiplyAdd<TWidth>(x4[place], w0, w1, ref sum40, ref sum41);
            if (TPositions.Value > 5) RegisterRow<T, TVector, TSimd>.MultiplyAdd<TWidth>(x5[place], w0, w1, ref sum50, ref sum51);
            if (TPositions.Value > 6) RegisterRow<T, TVector, TSimd>.MultiplyAdd<TWidth>(x6[place], w0, w1, ref sum60, ref sum61);
            if (TPositions.Value > 7) RegisterRow<T, TVector, TSimd>.MultiplyAdd<TWidth>(x7[place], w0, w1, ref sum70, ref sum71);
            w += lanes;
        }

        Store<TWidth>(tile, 0, sum00, sum01);
        if (TPositions.Value > 1) Store<TWidth>(tile, 1, sum10, sum11);
        if (TPositions.Value > 2) Store<TWidth>(tile, 2, sum20, sum21);
        if (TPositions.Value > 3) Store<TWidth>(tile, 3, sum30, sum31);
        if (TPositions.Value > 4) Store<TWidth>(tile, 4, sum40, sum41);
        if (TPositions.Value > 5) Store<TWidth>(tile, 5, sum50, sum51);
        if (TPositions.Value > 6) Store<TWidth>(tile, 6, sum60, sum61);
        if (TPositions.Value > 7) Store<TWidth>(tile, 7, sum70, sum71);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TWidth>(in FilterTile<T> tile, int position, TVector sum0, TVector sum1)
        where TWidth : IConstant
    {
        T* y = tile.Y + (position * tile.Lanes);
        TVector floor = TSimd.Broadcast(tile.Floor);
        TSimd.Store(y, TSimd.Max(TSimd.Add(sum0, TSimd.Load(tile.Bias)), floor));
        if (TWidth.Value > 1) TSimd.Store(y + TSimd.Count, TSimd.Max(TSimd.Add(sum1, TSimd.Load(tile.Bias + TSimd.Count)), floor));
    }
}
