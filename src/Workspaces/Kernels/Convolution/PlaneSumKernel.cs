using System.Numerics;
using System.Runtime.CompilerServices;
using Workspaces.Kernels.Gemm;
using Workspaces.Kernels.Simd;

namespace Workspaces.Kernels.Convolution;

/// <summary>The inner loop of a weight gradient of few filters: a register of positions of each filter meets three taps.</summary>
/// <remarks>
/// <code>
///                    x[tap 0]  x[tap 1]  x[tap 2]     a register of positions: 3 loads of the input, one of each filter,
///   dy[filter 0]  →   sum00     sum01     sum02       3 multiply-adds a filter; the lanes of a sum are added at the very end
///   dy[filter 1]  →   sum10     sum11     sum12
/// </code>
/// </remarks>
internal readonly unsafe struct PlaneSumKernel<T, TVector, TSimd> : IRegisterTile<PlaneSumTile<T>>
    where T : unmanaged, INumberBase<T>
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    /// <summary>Taps of a tile.</summary>
    public const int Taps = 3;

    /// <summary>The most filters of a tile that stay in registers: 24 sums of 32, or 12 of 16.</summary>
    public static int Filters => TSimd.TileRows >= 8 ? 8 : 4;

    /// <summary>Adds a tile of 1 to <see cref="Filters"/> filters and 1 to <see cref="Taps"/> taps.</summary>
    public static void Run(int filters, int taps, in PlaneSumTile<T> tile)
    {
        switch (taps)
        {
            case 1: RegisterTiles<PlaneSumKernel<T, TVector, TSimd>, PlaneSumTile<T>>.Run<One>(filters, tile); break;
            case 2: RegisterTiles<PlaneSumKernel<T, TVector, TSimd>, PlaneSumTile<T>>.Run<Two>(filters, tile); break;
            default: RegisterTiles<PlaneSumKernel<T, TVector, TSimd>, PlaneSumTile<T>>.Run<Three>(filters, tile); break;
        }
    }

    /// <inheritdoc/>
    [MethodImpl(KernelMethod.Compiled)]
    public static void Compute<TFilters, TTaps>(in PlaneSumTile<T> tile)
        where TFilters : IConstant
        where TTaps : IConstant
    {
        TVector zero = TSimd.Zero;
        TVector sum00 = zero, sum01 = zero, sum02 = zero, sum10 = zero, sum11 = zero, sum12 = zero, sum20 = zero, sum21 = zero, sum22 = zero;
        TVector sum30 = zero, sum31 = zero, sum32 = zero, sum40 = zero, sum41 = zero, sum42 = zero, sum50 = zero, sum51 = zero, sum52 = zero;
        TVector sum60 = zero, sum61 = zero, sum62 = zero, sum70 = zero, sum71 = zero, sum72 = zero;
        T* row = tile.X, gradients = tile.DY;
        nint plane = tile.Plane, plane2 = 2 * plane, plane3 = 3 * plane, plane4 = 4 * plane, plane5 = 5 * plane, plane6 = 6 * plane, plane7 = 7 * plane;
        for (int y = tile.Rows; y > 0; y--, row += tile.StepY)
        {
            T* x0 = row + tile.Places[0], x1 = TTaps.Value > 1 ? row + tile.Places[1] : row, x2 = TTaps.Value > 2 ? row + tile.Places[2] : row;
            for (int left = tile.Width; left > 0; left -= TSimd.Count)
            {
                int count = Math.Min(TSimd.Count, left);
                TVector b0 = TSimd.LoadPartial(x0, count);
                TVector b1 = TTaps.Value > 1 ? TSimd.LoadPartial(x1, count) : zero, b2 = TTaps.Value > 2 ? TSimd.LoadPartial(x2, count) : zero;
                Step<TTaps>(TSimd.LoadPartial(gradients, count), b0, b1, b2, ref sum00, ref sum01, ref sum02);
                if (TFilters.Value > 1) Step<TTaps>(TSimd.LoadPartial(gradients + plane, count), b0, b1, b2, ref sum10, ref sum11, ref sum12);
                if (TFilters.Value > 2) Step<TTaps>(TSimd.LoadPartial(gradients + plane2, count), b0, b1, b2, ref sum20, ref sum21, ref sum22);
                if (TFilters.Value > 3) Step<TTaps>(TSimd.LoadPartial(gradients + plane3, count), b0, b1, b2, ref sum30, ref sum31, ref sum32);
                if (TFilters.Value > 4) Step<TTaps>(TSimd.LoadPartial(gradients + plane4, count), b0, b1, b2, ref sum40, ref sum41, ref sum42);
                if (TFilters.Value > 5) Step<TTaps>(TSimd.LoadPartial(gradients + plane5, count), b0, b1, b2, ref sum50, ref sum51, ref sum52);
                if (TFilters.Value > 6) Step<TTaps>(TSimd.LoadPartial(gradients + plane6, count), b0, b1, b2, ref sum60, ref sum61, ref sum62);
                if (TFilters.Value > 7) Step<TTaps>(TSimd.LoadPartial(gradients + plane7, count), b0, b1, b2, ref sum70, ref sum71, ref sum72);
                x0 += count;
                x1 += count;
                x2 += count;
                gradients += count;
            }
        }

        Add<TTaps>(tile, 0, sum00, sum01, sum02);
        if (TFilters.Value > 1) Add<TTaps>(tile, 1, sum10, sum11, sum12);
        if (TFilters.Value > 2) Add<TTaps>(tile, 2, sum20, sum21, sum22);
        if (TFilters.Value > 3) Add<TTaps>(tile, 3, sum30, sum31, sum32);
        if (TFilters.Value > 4) Add<TTaps>(tile, 4, sum40, sum41, sum42);
        if (TFilters.Value > 5) Add<TTaps>(tile, 5, sum50, sum51, sum52);
        if (TFilters.Value > 6) Add<TTaps>(tile, 6, sum60, sum61, sum62);
        if (TFilters.Value > 7) Add<TTaps>(tile, 7, sum70, sum71, sum72);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<TTaps>(
        TVector gradient, TVector b0, TVector b1, TVector b2, ref TVector sum0, ref TVector sum1, ref TVector sum2)
        where TTaps : IConstant
    {
        sum0 = TSimd.MultiplyAdd(gradient, b0, sum0);
        if (TTaps.Value > 1) sum1 = TSimd.MultiplyAdd(gradient, b1, sum1);
        if (TTaps.Value > 2) sum2 = TSimd.MultiplyAdd(gradient, b2, sum2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TTaps>(in PlaneSumTile<T> tile, int filter, TVector sum0, TVector sum1, TVector sum2)
        where TTaps : IConstant
    {
        T* sums = tile.Sums + (filter * TSimd.Count);
        TSimd.Store(sums, TSimd.Add(TSimd.Load(sums), sum0));
        if (TTaps.Value > 1) TSimd.Store(sums + tile.TapStep, TSimd.Add(TSimd.Load(sums + tile.TapStep), sum1));
        if (TTaps.Value > 2) TSimd.Store(sums + (2 * tile.TapStep), TSimd.Add(TSimd.Load(sums + (2 * tile.TapStep)), sum2));
    }
}
