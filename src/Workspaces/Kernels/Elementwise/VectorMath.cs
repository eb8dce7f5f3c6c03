using System.Numerics;
using System.Runtime.CompilerServices;

namespace Workspaces.Kernels.Elementwise;

/// <summary>
/// Functions of a register of f32 or f64 elements that the base library has no generic form of, or none that keeps small results exact.
/// Relative errors: a few 2^-24 (f32) or 2^-53 (f64) for each, subnormal results excepted.
/// </summary>
internal static class VectorMath
{
    /// <summary>A constant in every element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> All<T>(double value)
        where T : unmanaged, IFloatingPointIeee754<T> => new(T.CreateTruncating(value));

    /// <summary>e to the power x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Exp<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => typeof(T) == typeof(float)
        ? Vector.As<float, T>(Vector.Exp(Vector.As<T, float>(x)))
        : Vector.As<double, T>(Vector.Exp(Vector.As<T, double>(x)));

    /// <summary>The natural logarithm.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Log<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => typeof(T) == typeof(float)
        ? Vector.As<float, T>(Vector.Log(Vector.As<T, float>(x)))
        : Vector.As<double, T>(Vector.Log(Vector.As<T, double>(x)));

    /// <summary>The logarithm to base 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Log2<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => typeof(T) == typeof(float)
        ? Vector.As<float, T>(Vector.Log2(Vector.As<T, float>(x)))
        : Vector.As<double, T>(Vector.Log2(Vector.As<T, double>(x)));

    /// <summary>The largest integer that is not above x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Floor<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => typeof(T) == typeof(float)
        ? Vector.As<float, T>(Vector.Floor(Vector.As<T, float>(x)))
        : Vector.As<double, T>(Vector.Floor(Vector.As<T, double>(x)));

    /// <summary>The smallest integer that is not below x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Ceiling<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => typeof(T) == typeof(float)
        ? Vector.As<float, T>(Vector.Ceiling(Vector.As<T, float>(x)))
        : Vector.As<double, T>(Vector.Ceiling(Vector.As<T, double>(x)));

    /// <summary>The nearest integer, the even one of two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Round<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => typeof(T) == typeof(float)
        ? Vector.As<float, T>(Vector.Round(Vector.As<T, float>(x)))
        : Vector.As<double, T>(Vector.Round(Vector.As<T, double>(x)));

    /// <summary>The integer part.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Truncate<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => typeof(T) == typeof(float)
        ? Vector.As<float, T>(Vector.Truncate(Vector.As<T, float>(x)))
        : Vector.As<double, T>(Vector.Truncate(Vector.As<T, double>(x)));

    /// <summary>1 / (1 + exp(-x)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Sigmoid<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => Vector<T>.One / (Vector<T>.One + Exp(-x));

    /// <summary>
    /// log(1 + x), exact near 0: the rounding of u = 1 + x is undone by the factor x / (u - 1) (Kahan, in the manual of the HP-15C).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Log1p<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> u = Vector<T>.One + x, rounded = u - Vector<T>.One;
        Vector<T> value = Log(u) * (x / rounded);
        value = Vector.ConditionalSelect(Vector.Equals(rounded, Vector<T>.Zero), x, value);
        return Vector.ConditionalSelect(Vector.Equals(x, new Vector<T>(T.PositiveInfinity)), x, value);
    }

    /// <summary>exp(x) - 1, exact near 0: there by (u - 1) x / log(u) of u = exp(x) (Kahan, as above).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Expm1<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> u = Exp(x), far = u - Vector<T>.One;
        Vector<T> near = far * (x / Log(u));
        near = Vector.ConditionalSelect(Vector.Equals(far, Vector<T>.Zero), x, near);
        return Vector.ConditionalSelect(Vector.LessThan(Vector.Abs(x), All<T>(0.5)), near, far);
    }

    /// <summary>2 to the power x: the fraction by exp, the integer by the exponent's bits, in two halves so that neither overflows before the result does.</summary>
    public static Vector<T> Exp2<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        double reach = typeof(T) == typeof(float) ? 200 : 1200;
        Vector<T> bounded = Vector.ConditionalSelect(Vector.GreaterThan(x, All<T>(reach)), All<T>(reach), x);
        bounded = Vector.ConditionalSelect(Vector.LessThan(bounded, All<T>(-reach)), All<T>(-reach), bounded);
        Vector<T> whole = Round(bounded), half = Floor(whole * All<T>(0.5));
        return Exp((bounded - whole) * All<T>(0.69314718055994530942)) * PowerOf2(half) * PowerOf2(whole - half);
    }

    /// <summary>
    /// The error function: x P(x²) below 1, above it 1 - exp(-x²) Q((x - k) / (x + k)) with Q near erfcx. P and Q are Chebyshev interpolations, made for
    /// this file. Relative error below 2e-7 (f32) and 2e-15 (f64).
    /// </summary>
    public static Vector<T> Erf<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        double k = typeof(T) == typeof(float) ? 1.9 : 2.2;
        Vector<T> one = Vector<T>.One, top = All<T>(typeof(T) == typeof(float) ? 4 : 6), magnitude = Vector.Abs(x);
        Vector<T> bounded = Vector.ConditionalSelect(Vector.GreaterThan(magnitude, top), top, magnitude);
        Vector<T> square = bounded * bounded;
        Vector<T> near = x * Polynomial(square, typeof(T) == typeof(float) ? ErfCoefficients.NearSingle : ErfCoefficients.NearDouble);
        Vector<T> far = one - (Exp(-square) * Polynomial(
            (bounded - All<T>(k)) / (bounded + All<T>(k)), typeof(T) == typeof(float) ? ErfCoefficients.FarSingle : ErfCoefficients.FarDouble));
        far = Vector.ConditionalSelect(Vector.LessThan(x, Vector<T>.Zero), -far, far);
        return Vector.ConditionalSelect(Vector.LessThan(magnitude, one), near, far);
    }

    /// <summary>sinh(x): by expm1 below 1, above it from exp(|x| / 2), which overflows no sooner than the result.</summary>
    public static Vector<T> Sinh<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> half = All<T>(0.5), magnitude = Vector.Abs(x), e = Expm1(x);
        Vector<T> near = half * (e + (e / (e + Vector<T>.One)));
        Vector<T> root = Exp(magnitude * half);
        Vector<T> far = (half * root * root) - (half / root / root);
        far = Vector.ConditionalSelect(Vector.LessThan(x, Vector<T>.Zero), -far, far);
        return Vector.ConditionalSelect(Vector.LessThan(magnitude, Vector<T>.One), near, far);
    }

    /// <summary>cosh(x), from exp(|x| / 2).</summary>
    public static Vector<T> Cosh<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> half = All<T>(0.5), root = Exp(Vector.Abs(x) * half);
        return (half * root * root) + (half / root / root);
    }

    /// <summary>A function of single elements on each of a register: for functions without a vector form.</summary>
    public static Vector<T> Each<T, TFunction>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TFunction : IScalarFunction
    {
        Span<T> elements = stackalloc T[Vector<T>.Count];
        x.CopyTo(elements);
        for (int i = 0; i < elements.Length; i++) elements[i] = TFunction.Invoke(elements[i]);
        return new Vector<T>(elements);
    }

    private static Vector<T> Polynomial<T>(Vector<T> x, ReadOnlySpan<double> coefficients)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> sum = All<T>(coefficients[^1]);
        for (int i = coefficients.Length - 2; i >= 0; i--) sum = (sum * x) + All<T>(coefficients[i]);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> PowerOf2<T>(Vector<T> exponent)
        where T : unmanaged, IFloatingPointIeee754<T> => typeof(T) == typeof(float)
        ? Vector.As<int, T>(Vector.ShiftLeft(Vector.ConvertToInt32(Vector.As<T, float>(exponent)) + new Vector<int>(127), 23))
        : Vector.As<long, T>(Vector.ShiftLeft(Vector.ConvertToInt64(Vector.As<T, double>(exponent)) + new Vector<long>(1023), 52));
}
