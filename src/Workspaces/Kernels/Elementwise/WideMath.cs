using System.Runtime.CompilerServices;
using Workspaces.Kernels.Simd;

namespace Workspaces.Kernels.Elementwise;

/// <summary>Functions of f32 registers of any width, with the same bits in each. Relative errors are below 3 · 2^-24; NaN stays NaN.</summary>
internal static class WideMath
{
    /// <summary>Beyond it the result is that at it: exp stays a normal number, and its reciprocal too.</summary>
    private const float Reach = 87;

    /// <summary>
    /// exp(x) of -87 to 87: with n the integer nearest to x / ln 2 (rounded by adding 1.5 · 2²³, whose last bit is 1) and r = x - n ln 2 (ln 2 in two parts, the
    /// first of few bits, so that the product is exact), it is 2ⁿ times the series of exp(r) to the sixth power.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector ExpOfNormal<TVector, TSimd>(TVector x)
        where TVector : unmanaged
        where TSimd : ISimd<float, TVector>
    {
        TVector round = TSimd.Broadcast(12582912f);
        TVector n = TSimd.Subtract(TSimd.MultiplyAdd(x, TSimd.Broadcast(1.44269504f), round), round);
        TVector r = TSimd.MultiplyAdd(n, TSimd.Broadcast(-0.693359375f), x);
        r = TSimd.MultiplyAdd(n, TSimd.Broadcast(2.12194440e-4f), r);
        TVector sum = TSimd.Broadcast(1f / 720);
        sum = TSimd.MultiplyAdd(sum, r, TSimd.Broadcast(1f / 120));
        sum = TSimd.MultiplyAdd(sum, r, TSimd.Broadcast(1f / 24));
        sum = TSimd.MultiplyAdd(sum, r, TSimd.Broadcast(1f / 6));
        sum = TSimd.MultiplyAdd(sum, r, TSimd.Broadcast(0.5f));
        sum = TSimd.MultiplyAdd(sum, r, TSimd.Broadcast(1));
        sum = TSimd.MultiplyAdd(sum, r, TSimd.Broadcast(1));
        return TSimd.Multiply(sum, TSimd.PowerOf2(n));
    }

    /// <summary>1 / (1 + exp(-x)); below -87 what it is there, 2e-38.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sigmoid<TVector, TSimd>(TVector x)
        where TVector : unmanaged
        where TSimd : ISimd<float, TVector>
    {
        TVector negative = TSimd.Subtract(TSimd.Zero, TSimd.Max(TSimd.Min(x, TSimd.Broadcast(Reach)), TSimd.Broadcast(-Reach)));
        TVector one = TSimd.Broadcast(1);
        return TSimd.Divide(one, TSimd.Add(one, ExpOfNormal<TVector, TSimd>(negative)));
    }

    /// <summary>tanh(x): below 0.625 x plus x³ times a polynomial in x² (Cephes, tanhf.c), else 1 - 2 / (exp(2|x|) + 1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Tanh<TVector, TSimd>(TVector x)
        where TVector : unmanaged
        where TSimd : ISimd<float, TVector>
    {
        TVector one = TSimd.Broadcast(1), minus = TSimd.Subtract(TSimd.Zero, x), magnitude = TSimd.Max(x, minus), square = TSimd.Multiply(x, x);
        TVector ratio = TSimd.Broadcast(-5.70498872745e-3f);
        ratio = TSimd.MultiplyAdd(ratio, square, TSimd.Broadcast(2.06390887954e-2f));
        ratio = TSimd.MultiplyAdd(ratio, square, TSimd.Broadcast(-5.37397155531e-2f));
        ratio = TSimd.MultiplyAdd(ratio, square, TSimd.Broadcast(1.33314422036e-1f));
        ratio = TSimd.MultiplyAdd(ratio, square, TSimd.Broadcast(-3.33332819422e-1f));
        TVector near = TSimd.MultiplyAdd(TSimd.Multiply(x, square), ratio, x);
        TVector bounded = TSimd.Min(TSimd.Add(magnitude, magnitude), TSimd.Broadcast(Reach));
        TVector far = TSimd.Subtract(one, TSimd.Divide(TSimd.Broadcast(2), TSimd.Add(ExpOfNormal<TVector, TSimd>(bounded), one)));
        far = TSimd.SelectNegative(x, TSimd.Subtract(TSimd.Zero, far), far);
        return TSimd.SelectNegative(TSimd.Subtract(magnitude, TSimd.Broadcast(0.625f)), near, far);
    }
}
