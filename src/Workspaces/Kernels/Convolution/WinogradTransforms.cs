using System.Numerics;
using System.Runtime.CompilerServices;
using Workspaces.Kernels.Simd;

namespace Workspaces.Kernels.Convolution;

/// <summary>
/// The transforms of F(4 × 4, 3 × 3) at the points 0, ±1, ±2 and ∞, for one register of planes. Each is a product with the same matrix from the left and
/// the right: columns first, then rows.
/// </summary>
internal static unsafe class WinogradTransforms<T, TVector, TSimd>
    where T : unmanaged, INumber<T>
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    private const int Reach = WinogradShape.Reach;
    private const int Tile = WinogradShape.Tile;

    /// <summary>Bᵀ d B.</summary>
    /// <param name="d">The first of 6 × 6 elements.</param>
    /// <param name="pitch">Elements between their rows.</param>
    /// <param name="step">Elements between their columns.</param>
    /// <param name="v">The first of 36 results.</param>
    /// <param name="vStep">Elements between results.</param>
    /// <param name="tile">Room for 36 registers.</param>
    [MethodImpl(KernelMethod.Compiled)]
    public static void Input(T* d, nint pitch, nint step, T* v, nint vStep, T* tile)
    {
        int w = TSimd.Count;
        TVector two = Number(2), four = Number(4), five = Number(-5), minusTwo = Number(-2), minusFour = Number(-4);
        for (int j = 0; j < Reach; j++, d += step)
        {
            Spread(
                TSimd.Load(d), TSimd.Load(d + pitch), TSimd.Load(d + (2 * pitch)), TSimd.Load(d + (3 * pitch)), TSimd.Load(d + (4 * pitch)),
                TSimd.Load(d + (5 * pitch)), two, four, five, minusTwo, minusFour, tile + (j * w), Reach * w);
        }

        for (int i = 0; i < Reach; i++, tile += Reach * w, v += Reach * vStep)
        {
            Spread(
                TSimd.Load(tile), TSimd.Load(tile + w), TSimd.Load(tile + (2 * w)), TSimd.Load(tile + (3 * w)), TSimd.Load(tile + (4 * w)),
                TSimd.Load(tile + (5 * w)), two, four, five, minusTwo, minusFour, v, vStep);
        }
    }

    /// <summary>G g Gᵀ.</summary>
    /// <param name="g">The first of 9 elements in the order of the window.</param>
    /// <param name="step">Elements between them; negative for a turned window.</param>
    /// <param name="u">The first of 36 results.</param>
    /// <param name="uStep">Elements between results.</param>
    /// <param name="tile">Room for 18 registers.</param>
    [MethodImpl(KernelMethod.Compiled)]
    public static void Weight(T* g, nint step, T* u, nint uStep, T* tile)
    {
        int w = TSimd.Count;
        for (int j = 0; j < 3; j++)
            Widen(TSimd.Load(g + (j * step)), TSimd.Load(g + ((j + 3) * step)), TSimd.Load(g + ((j + 6) * step)), tile + (j * w), 3 * w);
        for (int i = 0; i < Reach; i++, tile += 3 * w, u += Reach * uStep) Widen(TSimd.Load(tile), TSimd.Load(tile + w), TSimd.Load(tile + (2 * w)), u, uStep);
    }

    /// <summary>Aᵀ m A + bias, at least the floor. Returns <paramref name="faults"/>, with what is not a number wherever a result is not finite.</summary>
    /// <param name="m">The first of 36 elements.</param>
    /// <param name="mStep">Elements between them.</param>
    /// <param name="bias">Added to each result.</param>
    /// <param name="floor">The least result.</param>
    /// <param name="y">The first of 4 × 4 results.</param>
    /// <param name="pitch">Elements between their rows.</param>
    /// <param name="step">Elements between their columns.</param>
    /// <param name="tile">Room for 24 registers.</param>
    /// <param name="faults">Zeros, or what an earlier call has returned.</param>
    [MethodImpl(KernelMethod.Compiled)]
    public static TVector Output(T* m, nint mStep, TVector bias, TVector floor, T* y, nint pitch, nint step, T* tile, TVector faults)
    {
        int w = TSimd.Count;
        TVector two = Number(2), four = Number(4), eight = Number(8), zero = TSimd.Zero;
        nint row = Reach * mStep;
        for (int j = 0; j < Reach; j++, m += mStep)
        {
            Gather(m, row, two, four, eight, out TVector y0, out TVector y1, out TVector y2, out TVector y3);
            T* column = tile + (j * w);
            TSimd.Store(column, y0);
            TSimd.Store(column + (Reach * w), y1);
            TSimd.Store(column + (2 * Reach * w), y2);
            TSimd.Store(column + (3 * Reach * w), y3);
        }

        for (int i = 0; i < Tile; i++, tile += Reach * w, y += pitch)
        {
            Gather(tile, w, two, four, eight, out TVector y0, out TVector y1, out TVector y2, out TVector y3);
            y0 = TSimd.Add(y0, bias);
            y1 = TSimd.Add(y1, bias);
            y2 = TSimd.Add(y2, bias);
            y3 = TSimd.Add(y3, bias);
            TSimd.Store(y, TSimd.Max(y0, floor));
            TSimd.Store(y + step, TSimd.Max(y1, floor));
            TSimd.Store(y + (2 * step), TSimd.Max(y2, floor));
            TSimd.Store(y + (3 * step), TSimd.Max(y3, floor));
            faults = TSimd.MultiplyAdd(TSimd.Add(TSimd.Add(y0, y1), TSimd.Add(y2, y3)), zero, faults);
        }

        return faults;
    }

    /// <summary>Bᵀ of six elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Spread(
        TVector d0, TVector d1, TVector d2, TVector d3, TVector d4, TVector d5, TVector two, TVector four, TVector minusFive, TVector minusTwo,
        TVector minusFour, T* target, nint step)
    {
        TSimd.Store(target, TSimd.MultiplyAdd(four, d0, TSimd.MultiplyAdd(minusFive, d2, d4)));
        TVector even = TSimd.MultiplyAdd(minusFour, d2, d4), odd = TSimd.MultiplyAdd(minusFour, d1, d3);
        TSimd.Store(target + step, TSimd.Add(even, odd));
        TSimd.Store(target + (2 * step), TSimd.Subtract(even, odd));
        even = TSimd.Subtract(d4, d2);
        odd = TSimd.Subtract(d3, d1);
        TSimd.Store(target + (3 * step), TSimd.MultiplyAdd(two, odd, even));
        TSimd.Store(target + (4 * step), TSimd.MultiplyAdd(minusTwo, odd, even));
        TSimd.Store(target + (5 * step), TSimd.MultiplyAdd(four, d1, TSimd.MultiplyAdd(minusFive, d3, d5)));
    }

    /// <summary>G of three elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Widen(TVector g0, TVector g1, TVector g2, T* target, nint step)
    {
        TVector sixth = Fraction(6), twelfth = Fraction(12), odd = TSimd.Multiply(sixth, g1), even = TSimd.Multiply(sixth, TSimd.Add(g0, g2));
        TSimd.Store(target, TSimd.Multiply(Fraction(4), g0));
        TSimd.Store(target + step, TSimd.Subtract(TSimd.Zero, TSimd.Add(even, odd)));
        TSimd.Store(target + (2 * step), TSimd.Subtract(odd, even));
        odd = TSimd.Multiply(twelfth, g1);
        even = TSimd.MultiplyAdd(Fraction(24), g0, TSimd.Multiply(sixth, g2));
        TSimd.Store(target + (3 * step), TSimd.Add(even, odd));
        TSimd.Store(target + (4 * step), TSimd.Subtract(even, odd));
        TSimd.Store(target + (5 * step), g2);
    }

    /// <summary>Aᵀ of six elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Gather(
        T* m, nint step, TVector two, TVector four, TVector eight, out TVector y0, out TVector y1, out TVector y2, out TVector y3)
    {
        TVector m1 = TSimd.Load(m + step), m2 = TSimd.Load(m + (2 * step)), m3 = TSimd.Load(m + (3 * step)), m4 = TSimd.Load(m + (4 * step));
        TVector nearSum = TSimd.Add(m1, m2), nearDifference = TSimd.Subtract(m1, m2), farSum = TSimd.Add(m3, m4), farDifference = TSimd.Subtract(m3, m4);
        y0 = TSimd.Add(TSimd.Load(m), TSimd.Add(nearSum, farSum));
        y1 = TSimd.MultiplyAdd(two, farDifference, nearDifference);
        y2 = TSimd.MultiplyAdd(four, farSum, nearSum);
        y3 = TSimd.Add(TSimd.MultiplyAdd(eight, farDifference, nearDifference), TSimd.Load(m + (5 * step)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Number(int value) => TSimd.Broadcast(T.CreateTruncating(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Fraction(int divisor) => TSimd.Broadcast(T.One / T.CreateTruncating(divisor));
}
