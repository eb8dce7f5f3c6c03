using System.Numerics;
using System.Runtime.CompilerServices;
using Workspaces.Kernels.Gemm;
using Workspaces.Kernels.Simd;

namespace Workspaces.Kernels.Convolution;

/// <summary>
/// The inner loop of a direct convolution: up to 8 planes at two registers of positions stay in registers while the taps run. Each element is one chain of
/// multiply-adds in the order of the taps, so neither tiling nor vector width changes a result.
/// </summary>
/// <remarks>
/// <code>
///                 x0[place]  x1[place]     a tap: 2 loads of the input where it lies, one broadcast of the weight a plane,
///   w[plane 0] →   sum00      sum01        2 multiply-adds a plane
///   w[plane 1] →   sum10      sum11
/// </code>
/// </remarks>
internal readonly unsafe struct DirectKernel<T, TVector, TSimd> : IRegisterTile<DirectTile<T>>
    where T : unmanaged, INumberBase<T>
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    /// <inheritdoc/>
    [MethodImpl(KernelMethod.Compiled)]
    public static void Compute<TPlanes, TWidth>(in DirectTile<T> tile)
        where TPlanes : IConstant
        where TWidth : IConstant
    {
        TVector zero = TSimd.Zero;
        TVector sum00 = zero, sum01 = zero, sum10 = zero, sum11 = zero;
        TVector sum20 = zero, sum21 = zero, sum30 = zero, sum31 = zero;
        TVector sum40 = zero, sum41 = zero, sum50 = zero, sum51 = zero;
        TVector sum60 = zero, sum61 = zero, sum70 = zero, sum71 = zero;
        T* x0 = tile.X0, x1 = tile.X1, w = tile.Weights;
        int* places = tile.Places;
        for (int p = tile.Depth; p > 0; p--)
        {
            nint place = *places++;
            TVector b0 = TSimd.Load(x0 + place);
            TVector b1 = TWidth.Value > 1 ? TSimd.Load(x1 + place) : zero;
            RegisterRow<T, TVector, TSimd>.MultiplyAdd<TWidth>(w[0], b0, b1, ref sum00, ref sum01);
            if (TPlanes.Value > 1) RegisterRow<T, TVector, TSimd>.MultiplyAdd<TWidth>(w[1], b0, b1, ref sum10, ref sum11);
            if (TPlanes.Value > 2) RegisterRow<T, TVector, TSimd>.MultiplyAdd<TWidth>(w[2], b0, b1, ref sum20, ref sum21);
            if (TPlanes.Value > 3) RegisterRow<T, TVector, TSimd>.MultiplyAdd<TWidth>(w[3], b0, b1, ref sum30, ref sum31);
            if (TPlanes.Value > 4) RegisterRow<T, TVector, TSimd>.MultiplyAdd<TWidth>(w[4], b0, b1, ref sum40, ref sum41);
            if (TPlanes.Value > 5) RegisterRow<T, TVector, TSimd>.MultiplyAdd<TWidth>(w[5], b0, b1, ref sum50, ref sum51);
            if (TPlanes.Value > 6) RegisterRow<T, TVector, TSimd>.MultiplyAdd<TWidth>(w[6], b0, b1, ref sum60, ref sum61);
            if (TPlanes.Value > 7) RegisterRow<T, TVector, TSimd>.MultiplyAdd<TWidth>(w[7], b0, b1, ref sum70, ref sum71);
            w += TSimd.TileRows;
        }

        Store<TWidth>(tile, 0, sum00, sum01);
        if (TPlanes.Value > 1) Store<TWidth>(tile, 1, sum10, sum11);
        if (TPlanes.Value > 2) Store<TWidth>(tile, 2, sum20, sum21);
        if (TPlanes.Value > 3) Store<TWidth>(tile, 3, sum30, sum31);
        if (TPlanes.Value > 4) Store<TWidth>(tile, 4, sum40, sum41);
        if (TPlanes.Value > 5) Store<TWidth>(tile, 5, sum50, sum51);
        if (TPlanes.Value > 6) Store<TWidth>(tile, 6, sum60, sum61);
        if (TPlanes.Value > 7) Store<TWidth>(tile, 7, sum70, sum71);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TWidth>(in DirectTile<T> tile, int plane, TVector sum0, TVector sum1)
        where TWidth : IConstant
    {
        TVector bias = TSimd.Broadcast(tile.Bias == null ? T.Zero : tile.Bias[plane]), floor = TSimd.Broadcast(tile.Floor);
        Put(tile.Y0 + (plane * tile.PlaneStep), TSimd.Max(TSimd.Add(sum0, bias), floor), tile.Count0);
        if (TWidth.Value > 1) Put(tile.Y1 + (plane * tile.PlaneStep), TSimd.Max(TSimd.Add(sum1, bias), floor), tile.Count1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(T* target, TVector value, int count)
    {
        if (count == TSimd.Count) TSimd.Store(target, value);
        else TSimd.StorePartial(target, value, count);
    }
}
