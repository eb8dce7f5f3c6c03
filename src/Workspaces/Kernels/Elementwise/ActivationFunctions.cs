using System.Numerics;
using System.Runtime.CompilerServices;
using Workspaces.Kernels.Simd;

namespace Workspaces.Kernels.Elementwise;

/// <summary>x Φ(x) with the distribution function of the normal distribution (Hendrycks and Gimpel 2016).</summary>
internal readonly struct Gelu : IDifferentiableFunction<Gelu>
{
    private const double DensityAtZero = 0.39894228040143268;

    /// <inheritdoc/>
    public static bool IsWide => true;

    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => x * Distribution(x, out _);

    /// <inheritdoc/>
    public Vector<T> Gradient<T>(Vector<T> kept, Vector<T> dy)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> distribution = Distribution(kept, out Vector<T> e);
        return dy * (distribution + (kept * (VectorMath.All<T>(DensityAtZero) * e)));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector WideValue<TVector, TSimd>(TVector x)
        where TVector : unmanaged
        where TSimd : ISimd<float, TVector> => TSimd.Multiply(x, NormalDistribution.Evaluate<TVector, TSimd>(x, out _));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector WideGradient<TVector, TSimd>(TVector kept, TVector dy)
        where TVector : unmanaged
        where TSimd : ISimd<float, TVector>
    {
        TVector distribution = NormalDistribution.Evaluate<TVector, TSimd>(kept, out TVector e);
        TVector density = TSimd.Multiply(TSimd.Broadcast((float)DensityAtZero), e);
        return TSimd.Multiply(dy, TSimd.Add(distribution, TSimd.Multiply(kept, density)));
    }

    private static Vector<T> Distribution<T>(Vector<T> x, out Vector<T> e)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            Vector<float> value = NormalDistribution.Evaluate(Vector.As<T, float>(x), out Vector<float> single);
            e = Vector.As<float, T>(single);
            return Vector.As<float, T>(value);
        }

        e = VectorMath.Exp(x * x * VectorMath.All<T>(-0.5));
        return VectorMath.All<T>(0.5) * (Vector<T>.One + VectorMath.Erf(x * VectorMath.All<T>(Math.Sqrt(0.5))));
    }
}

/// <summary>x (1 + tanh u) / 2 with u = √(2/π) (x + 0.044715 x³); the last factor is the logistic function of 2u.</summary>
internal readonly struct GeluTanh : IDifferentiableFunction<GeluTanh>
{
    private const double Cubic = 0.044715;

    /// <summary>From here on the logistic function is 0 or 1 in either type.</summary>
    private const double Far = 100;

    private static readonly double Scale = 2 * Math.Sqrt(2 / Math.PI);

    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => x * VectorMath.Sigmoid(Twice(x));

    /// <inheritdoc/>
    public Vector<T> Gradient<T>(Vector<T> kept, Vector<T> dy)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> share = VectorMath.Sigmoid(Twice(kept));
        Vector<T> near = Vector.Min(Vector.Max(kept, VectorMath.All<T>(-Far)), VectorMath.All<T>(Far)); // a factor of 0 farther out
        Vector<T> slope = VectorMath.All<T>(Scale) + (VectorMath.All<T>(3 * Cubic * Scale) * (near * near));
        return dy * (share + (near * slope * (share * (Vector<T>.One - share))));
    }

    private static Vector<T> Twice<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => VectorMath.All<T>(Scale) * (x + (VectorMath.All<T>(Cubic) * (x * x * x)));
}

/// <summary>x / (1 + exp(-x)).</summary>
internal readonly struct Silu : IDifferentiableFunction<Silu>
{
    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => x / (Vector<T>.One + VectorMath.Exp(-x));

    /// <inheritdoc/>
    public Vector<T> Gradient<T>(Vector<T> kept, Vector<T> dy)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> share = VectorMath.Sigmoid(kept);
        return dy * (share * (Vector<T>.One + (kept * (Vector<T>.One - share))));
    }
}

/// <summary>x tanh(log(1 + exp(x))) (Misra 2019). With e = exp(x), tanh(log(1 + e)) = (e² + 2e) / (e² + 2e + 2), which is 1 in either type from 20 on.</summary>
internal readonly struct Mish : IDifferentiableFunction<Mish>
{
    private const double Large = 20;

    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => x * Gate(x);

    /// <inheritdoc/>
    public Vector<T> Gradient<T>(Vector<T> kept, Vector<T> dy)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> gate = Gate(kept), bounded = Vector.Min(kept, VectorMath.All<T>(Large)); // beyond, the second term is 0, but its factors are not small
        return dy * (gate + (bounded * VectorMath.Sigmoid(bounded) * ((Vector<T>.One - gate) * (Vector<T>.One + gate))));
    }

    private static Vector<T> Gate<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> e = VectorMath.Exp(Vector.Min(x, VectorMath.All<T>(Large))), two = VectorMath.All<T>(2), product = e * (e + two);
        return product / (product + two);
    }
}

/// <summary>x above 0, alpha (exp(x) - 1) below (Clevert and others 2015); alpha is not negative.</summary>
internal readonly struct Elu(double alpha) : IDifferentiableFunction<Elu>
{
    /// <inheritdoc/>
    public static bool FromValue => true;

    /// <inheritdoc/>
    public static Elu Of(double first, double second) => new(first);

    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<T>.Zero), x, VectorMath.All<T>(alpha) * VectorMath.Expm1(x));

    /// <inheritdoc/>
    public Vector<T> Gradient<T>(Vector<T> kept, Vector<T> dy)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.LessThanOrEqual(kept, Vector<T>.Zero), dy * (kept + VectorMath.All<T>(alpha)), dy);
}

/// <summary>x above 0, slope x below; the slope is not negative.</summary>
internal readonly struct LeakyRelu(double slope) : IDifferentiableFunction<LeakyRelu>
{
    /// <inheritdoc/>
    public static bool FromValue => true;

    /// <inheritdoc/>
    public static LeakyRelu Of(double first, double second) => new(first);

    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<T>.Zero), x, x * VectorMath.All<T>(slope));

    /// <inheritdoc/>
    public Vector<T> Gradient<T>(Vector<T> kept, Vector<T> dy)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.GreaterThan(kept, Vector<T>.Zero), dy, dy * VectorMath.All<T>(slope));
}

/// <summary>log(1 + exp(beta x)) / beta; x itself where beta x is above the threshold.</summary>
internal readonly struct Softplus(double beta, double threshold) : IDifferentiableFunction<Softplus>
{
    /// <inheritdoc/>
    public static Softplus Of(double first, double second) => new(first, second);

    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> scaled = x * VectorMath.All<T>(beta);
        Vector<T> value = VectorMath.Log1p(VectorMath.Exp(scaled)) / VectorMath.All<T>(beta);
        return Vector.ConditionalSelect(Vector.GreaterThan(scaled, VectorMath.All<T>(threshold)), x, value);
    }

    /// <inheritdoc/>
    public Vector<T> Gradient<T>(Vector<T> kept, Vector<T> dy)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> scaled = kept * VectorMath.All<T>(beta);
        return Vector.ConditionalSelect(Vector.GreaterThan(scaled, VectorMath.All<T>(threshold)), dy, dy * VectorMath.Sigmoid(scaled));
    }
}

/// <summary>x brought between two bounds; the gradient passes strictly between them.</summary>
internal readonly struct HardTanh(double low, double high) : IDifferentiableFunction<HardTanh>
{
    /// <inheritdoc/>
    public static bool FromValue => true;

    /// <inheritdoc/>
    public static HardTanh Of(double first, double second) => new(first, second);

    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => new Clamp(low, high).Value(x);

    /// <inheritdoc/>
    public Vector<T> Gradient<T>(Vector<T> kept, Vector<T> dy)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> outside = Vector.LessThanOrEqual(kept, VectorMath.All<T>(low)) | Vector.GreaterThanOrEqual(kept, VectorMath.All<T>(high));
        return Vector.ConditionalSelect(outside, Vector<T>.Zero, dy);
    }
}

/// <summary>x brought between two bounds, the upper one if they cross; NaN stays NaN. The gradient passes between and at the bounds.</summary>
internal readonly struct Clamp(double low, double high) : IDifferentiableFunction<Clamp>
{
    /// <inheritdoc/>
    public static Clamp Of(double first, double second) => new(first, second);

    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> bottom = VectorMath.All<T>(low), top = VectorMath.All<T>(high);
        x = Vector.ConditionalSelect(Vector.LessThan(x, bottom), bottom, x);
        return Vector.ConditionalSelect(Vector.GreaterThan(x, top), top, x);
    }

    /// <inheritdoc/>
    public Vector<T> Gradient<T>(Vector<T> kept, Vector<T> dy)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> inside = Vector.GreaterThanOrEqual(kept, VectorMath.All<T>(low)) & Vector.LessThanOrEqual(kept, VectorMath.All<T>(high));
        return Vector.ConditionalSelect(inside, dy, Vector<T>.Zero);
    }
}
