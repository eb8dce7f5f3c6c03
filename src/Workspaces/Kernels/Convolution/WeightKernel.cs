using System.Numerics;
using System.Runtime.CompilerServices;
using Workspaces.Kernels.Gemm;
using Workspaces.Kernels.Simd;

namespace Workspaces.Kernels.Convolution;

/// <summary>The inner loop of a weight gradient: up to 8 taps of two registers of filters stay in registers while the positions run.</summary>
/// <remarks>
/// <code>
///                 dy[filters 0…]  dy[filters w…]     a position: 2 loads of the gradient, one broadcast of the input a tap,
///   x[tap 0]   →     sum00           sum01           2 multiply-adds a tap
///   x[tap 1]   →     sum10           sum11
/// </code>
/// </remarks>
internal readonly unsafe struct WeightKernel<T, TVector, TSimd> : IRegisterTile<WeightTile<T>>
    where T : unmanaged, INumberBase<T>
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    /// <inheritdoc/>
    [MethodImpl(KernelMethod.Compiled)]
    public static void Compute<TTaps, TWidth>(in WeightTile<T> tile)
        where TTaps : IConstant
        where TWidth : IConstant
    {
        TVector zero = TSimd.Zero;
        TVector sum00 = zero, sum01 = zero, sum10 = zero, sum11 = zero;
        TVector sum20 = zero, sum21 = zero, sum30 = zero, sum31 = zero;
        TVector sum40 = zero, sum41 = zero, sum50 = zero, sum51 = zero;
        TVector sum60 = zero, sum61 = zero, sum70 = zero, sum71 = zero;
        T* row = tile.X, dy = tile.DY;
        nint step = tile.StepX, lanes = tile.Lanes;
        for (int y = tile.Rows; y > 0; y--, row += tile.StepY)
        {
            int* places = tile.Places;
            T* x0 = row + places[0], x1 = TTaps.Value > 1 ? row + places[1] : row, x2 = TTaps.Value > 2 ? row + places[2] : row;
            T* x3 = TTaps.Value > 3 ? row + places[3] : row, x4 = TTaps.Value > 4 ? row + places[4] : row, x5 = TTaps.Value > 5 ? row + places[5] : row;
            T* x6 = TTaps.Value > 6 ? row + places[6] : row, x7 = TTaps.Value > 7 ? row + places[7] : row;
            nint end = tile.Width * step;
            for (nint i = 0; i < end; i += step)
            {
                TVector b0 = TSimd.Load(dy);
                TVector b1 = TWidth.Value > 1 ? TSimd.Load(dy + TSimd.Count) : zero;
                RegisterRow<T, TVector, TSimd>.MultiplyAdd<TWidth>(x0[i], b0, b1, ref sum00, ref sum01);
                if (TTaps.Value > 1) RegisterRow<T, TVector, TSimd>.MultiplyAdd<TWidth>(x1[i], b0, b1, ref sum10, ref sum11);
                if (TTaps.Value > 2) RegisterRow<T, TVector, TSimd>.MultiplyAdd<TWidth>(x2[i], b0, b1, ref sum20, ref sum21);
                if (TTaps.Value > 3) RegisterRow<T, TVector, TSimd>.MultiplyAdd<TWidth>(x3[i], b0, b1, ref sum30, ref sum31);
                if (TTaps.Value > 4) RegisterRow<T, TVector, TSimd>.MultiplyAdd<TWidth>(x4[i], b0, b1, ref sum40, ref sum41);
                if (TTaps.Value > 5) RegisterRow<T, TVector, TSimd>.MultiplyAdd<TWidth>(x5[i], b0, b1, ref sum50, ref sum51);
                if (TTaps.Value > 6) RegisterRow<T, TVector, TSimd>.MultiplyAdd<TWidth>(x6[i], b0, b1, ref sum60, ref sum61);
                if (TTaps.Value > 7) RegisterRow<T, TVector, TSimd>.MultiplyAdd<TWidth>(x7[i], b0, b1, ref sum70, ref sum71);
                dy += lanes;
            }
        }

        Add<TWidth>(tile, 0, sum00, sum01);
        if (TTaps.Value > 1) Add<TWidth>(tile, 1, sum10, sum11);
        if (TTaps.Value > 2) Add<TWidth>(tile, 2, sum20, sum21);
        if (TTaps.Value > 3) Add<TWidth>(tile, 3, sum30, sum31);
        if (TTaps.Value > 4) Add<TWidth>(tile, 4, sum40, sum41);
        if (TTaps.Value > 5) Add<TWidth>(tile, 5, sum50, sum51);
        if (TTaps.Value > 6) Add<TWidth>(tile, 6, sum60, sum61);
        if (TTaps.Value > 7) Add<TWidth>(tile, 7, sum70, sum71);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TWidth>(in WeightTile<T> tile, int tap, TVector sum0, TVector sum1)
        where TWidth : IConstant
    {
        T* sums = tile.Sums + (tap * tile.Lanes);
        TSimd.Store(sums, TSimd.Add(TSimd.Load(sums), sum0));
        if (TWidth.Value > 1) TSimd.Store(sums + TSimd.Count, TSimd.Add(TSimd.Load(sums + TSimd.Count), sum1));
    }
}
