using System.Numerics;

namespace Workspaces.Kernels.Elementwise;

/// <summary>(x - t)².</summary>
internal readonly struct SquaredError : ILossFunction<SquaredError>
{
    /// <inheritdoc/>
    public static string Name => "MeanSquaredError";

    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x, Vector<T> t, Vector<T> weight)
        where T : unmanaged, IFloatingPointIeee754<T> => (x - t) * (x - t);

    /// <inheritdoc/>
    public Vector<T> Slope<T>(Vector<T> x, Vector<T> t, Vector<T> weight)
        where T : unmanaged, IFloatingPointIeee754<T> => (x - t) + (x - t);
}

/// <summary>|x - t|; slope 0 at 0.</summary>
internal readonly struct AbsoluteError : ILossFunction<AbsoluteError>
{
    /// <inheritdoc/>
    public static string Name => "AbsoluteError";

    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x, Vector<T> t, Vector<T> weight)
        where T : unmanaged, IFloatingPointIeee754<T> => Vector.Abs(x - t);

    /// <inheritdoc/>
    public Vector<T> Slope<T>(Vector<T> x, Vector<T> t, Vector<T> weight)
        where T : unmanaged, IFloatingPointIeee754<T> => SignOf<T>.Invoke(x - t, Vector<T>.One);
}

/// <summary>e² / 2 for |e| up to delta, delta (|e| - delta / 2) beyond, e = x - t (Huber 1964).</summary>
internal readonly struct HuberError(double delta) : ILossFunction<HuberError>
{
    /// <inheritdoc/>
    public static string Name => "Huber";

    /// <inheritdoc/>
    public static HuberError Of(double number) => new(number);

    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x, Vector<T> t, Vector<T> weight)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> half = VectorMath.All<T>(0.5), bound = VectorMath.All<T>(delta), e = Vector.Abs(x - t);
        return Vector.ConditionalSelect(Vector.GreaterThan(e, bound), bound * (e - (half * bound)), half * e * e);
    }

    /// <inheritdoc/>
    public Vector<T> Slope<T>(Vector<T> x, Vector<T> t, Vector<T> weight)
        where T : unmanaged, IFloatingPointIeee754<T> => new Clamp(-delta, delta).Value(x - t);
}

/// <summary>e² / (2 beta) for |e| below beta, |e| - beta / 2 beyond, e = x - t; with beta 0 the absolute error.</summary>
internal readonly struct SmoothError(double beta) : ILossFunction<SmoothError>
{
    /// <inheritdoc/>
    public static string Name => "SmoothL1";

    /// <inheritdoc/>
    public static SmoothError Of(double number) => new(number);

    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x, Vector<T> t, Vector<T> weight)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> half = VectorMath.All<T>(0.5), bound = VectorMath.All<T>(beta), e = Vector.Abs(x - t);
        return Vector.ConditionalSelect(Vector.LessThan(e, bound), half * e * e / bound, e - (half * bound));
    }

    /// <inheritdoc/>
    public Vector<T> Slope<T>(Vector<T> x, Vector<T> t, Vector<T> weight)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> bound = VectorMath.All<T>(beta), e = x - t;
        return Vector.ConditionalSelect(Vector.LessThan(Vector.Abs(e), bound), e / bound, SignOf<T>.Invoke(e, Vector<T>.One));
    }
}

/// <summary>-(w t log σ(x) + (1 - t) log(1 - σ(x))) of a logit x, a probability t and the weight w of the positive class.</summary>
internal readonly struct BinaryError : ILossFunction<BinaryError>
{
    /// <inheritdoc/>
    public static string Name => "BinaryCrossEntropy";

    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x, Vector<T> t, Vector<T> weight)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> one = Vector<T>.One;
        Vector<T> below = Vector.ConditionalSelect(Vector.LessThan(x, Vector<T>.Zero), -x, Vector<T>.Zero);
        Vector<T> softplus = VectorMath.Log1p(VectorMath.Exp(-Vector.Abs(x))) + below; // -log σ(x)
        return ((one - t) * x) + ((one + ((weight - one) * t)) * softplus);
    }

    /// <inheritdoc/>
    public Vector<T> Slope<T>(Vector<T> x, Vector<T> t, Vector<T> weight)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> one = Vector<T>.One;
        return (one - t) - ((one + ((weight - one) * t)) * VectorMath.Sigmoid(-x));
    }

    /// <inheritdoc/>
    public Vector<T> TargetSlope<T>(Vector<T> x, Vector<T> t, Vector<T> weight)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> below = Vector.ConditionalSelect(Vector.LessThan(x, Vector<T>.Zero), -x, Vector<T>.Zero);
        Vector<T> softplus = VectorMath.Log1p(VectorMath.Exp(-Vector.Abs(x))) + below;
        return ((weight - Vector<T>.One) * softplus) - x;
    }
}

/// <summary>t (log t - x) of a log-probability x and a probability t; 0 where t is 0.</summary>
internal readonly struct DivergenceError : ILossFunction<DivergenceError>
{
    /// <inheritdoc/>
    public static string Name => "KlDivergence";

    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x, Vector<T> t, Vector<T> weight)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> entropy = Vector.ConditionalSelect(Vector.Equals(t, Vector<T>.Zero), Vector<T>.Zero, t * VectorMath.Log(t));
        return entropy - (t * x);
    }

    /// <inheritdoc/>
    public Vector<T> Slope<T>(Vector<T> x, Vector<T> t, Vector<T> weight)
        where T : unmanaged, IFloatingPointIeee754<T> => -t;

    /// <inheritdoc/>
    public Vector<T> TargetSlope<T>(Vector<T> x, Vector<T> t, Vector<T> weight)
        where T : unmanaged, IFloatingPointIeee754<T> => VectorMath.Log(t) + Vector<T>.One - x;
}

/// <summary>exp(t) (t - x) of two log-probabilities.</summary>
internal readonly struct LogDivergenceError : ILossFunction<LogDivergenceError>
{
    /// <inheritdoc/>
    public static string Name => "KlDivergence";

    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x, Vector<T> t, Vector<T> weight)
        where T : unmanaged, IFloatingPointIeee754<T> => VectorMath.Exp(t) * (t - x);

    /// <inheritdoc/>
    public Vector<T> Slope<T>(Vector<T> x, Vector<T> t, Vector<T> weight)
        where T : unmanaged, IFloatingPointIeee754<T> => -VectorMath.Exp(t);

    /// <inheritdoc/>
    public Vector<T> TargetSlope<T>(Vector<T> x, Vector<T> t, Vector<T> weight)
        where T : unmanaged, IFloatingPointIeee754<T> => VectorMath.Exp(t) * (t - x + Vector<T>.One);
}
