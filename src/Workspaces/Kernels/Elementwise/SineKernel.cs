using System.Numerics;

namespace Workspaces.Kernels.Elementwise;

/// <summary>
/// Sine and cosine of f64 that have the same bits from the first call on; those of the base library change some when they are compiled anew for the processor. |x| is
/// brought below π/4 by multiples of π/2 in three parts (Cody and Waite 1980), then the polynomials of Cephes (Moshier, sin.c) follow; elements beyond 100,000 take
/// <see cref="Math"/>, one at a time. Absolute error below 2^-52.
/// </summary>
internal static class SineKernel
{
    private const double Large = 100_000;

    /// <summary>The leading 24 bits of π/2, the next 24, and the rest: the products of the first two with a number of quarters are exact.</summary>
    private const double High = 1.57079625129699707031, Middle = 7.54978941586159635336e-8, Low = 5.39030285815811905290e-15;

    /// <summary>y = sin(x), radians; y may be x.</summary>
    public static void Sin(ReadOnlySpan<double> x, Span<double> y) => Run<Sine>(x, y);

    /// <summary>y = cos(x), radians; y may be x.</summary>
    public static void Cos(ReadOnlySpan<double> x, Span<double> y) => Run<Cosine>(x, y);

    private interface ICurve
    {
        /// <summary>Quarters by which the curve is ahead of the sine.</summary>
        static abstract double Ahead { get; }

        static abstract double Of(double x);
    }

    private static void Run<TCurve>(ReadOnlySpan<double> x, Span<double> y)
        where TCurve : ICurve
    {
        int i = 0;
        for (; i <= x.Length - Vector<double>.Count; i += Vector<double>.Count) Register<TCurve>(new Vector<double>(x[i..])).CopyTo(y[i..]);
        if (i == x.Length) return;
        Span<double> tail = stackalloc double[Vector<double>.Count];
        x[i..].CopyTo(tail);
        Register<TCurve>(new Vector<double>(tail)).CopyTo(tail);
        tail[..(x.Length - i)].CopyTo(y[i..]);
    }

    private static Vector<double> Register<TCurve>(Vector<double> x)
        where TCurve : ICurve
    {
        Vector<double> result = Near<TCurve>(x);
        if (Vector.LessThanOrEqualAll(Vector.Abs(x), new Vector<double>(Large))) return result;
        for (int i = 0; i < Vector<double>.Count; i++)
        {
            if (!(Math.Abs(x[i]) <= Large)) result = result.WithElement(i, TCurve.Of(x[i]));
        }

        return result;
    }

    private static Vector<double> Near<TCurve>(Vector<double> x)
        where TCurve : ICurve
    {
        Vector<double> quarters = Vector.Round(x * (2 / Math.PI));
        Vector<double> r = x - (quarters * High) - (quarters * Middle) - (quarters * Low), z = r * r, one = Vector<double>.One;
        Vector<double> sine = r + (r * z * Polynomial(
            z, 1.58962301576546568060e-10, -2.50507477628578072866e-8, 2.75573136213857245213e-6, -1.98412698295895385996e-4, 8.33333333332211858878e-3,
            -1.66666666666666307295e-1));
        Vector<double> cosine = one - (z * 0.5) + (z * z * Polynomial(
            z, -1.13585365213876817300e-11, 2.08757008419747316778e-9, -2.75573141792967388112e-7, 2.48015872888517045348e-5, -1.38888888888730564116e-3,
            4.16666666666665929218e-2));
        Vector<double> turn = quarters + new Vector<double>(TCurve.Ahead);
        turn -= Vector.Floor(turn * 0.25) * 4; // 0 to 3
        Vector<long> odd = Vector.Equals(turn, one) | Vector.Equals(turn, new Vector<double>(3)), lower = Vector.GreaterThanOrEqual(turn, new Vector<double>(2));
        Vector<double> result = Vector.ConditionalSelect(odd, cosine, sine);
        result = Vector.ConditionalSelect(lower, -result, result);
        return TCurve.Ahead == 0 ? Vector.ConditionalSelect(Vector.Equals(x, Vector<double>.Zero), x, result) : result; // the sine of -0 is -0
    }

    private static Vector<double> Polynomial(Vector<double> z, double c5, double c4, double c3, double c2, double c1, double c0) =>
        ((((((((((z * c5) + new Vector<double>(c4)) * z) + new Vector<double>(c3)) * z) + new Vector<double>(c2)) * z) + new Vector<double>(c1)) * z) + new Vector<double>(c0));

    private readonly struct Sine : ICurve
    {
        public static double Ahead => 0;

        public static double Of(double x) => Math.Sin(x);
    }

    private readonly struct Cosine : ICurve
    {
        public static double Ahead => 1;

        public static double Of(double x) => Math.Cos(x);
    }
}
