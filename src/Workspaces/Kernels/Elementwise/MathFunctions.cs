using System.Numerics;

namespace Workspaces.Kernels.Elementwise;

/// <summary>log(1 + x).</summary>
internal readonly struct Log1p : IDifferentiableFunction<Log1p>
{
    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => VectorMath.Log1p(x);

    /// <inheritdoc/>
    public Vector<T> Gradient<T>(Vector<T> kept, Vector<T> dy)
        where T : unmanaged, IFloatingPointIeee754<T> => dy / (Vector<T>.One + kept);
}

/// <summary>exp(x) - 1.</summary>
internal readonly struct Expm1 : IDifferentiableFunction<Expm1>
{
    /// <inheritdoc/>
    public static bool FromValue => true;

    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => VectorMath.Expm1(x);

    /// <inheritdoc/>
    public Vector<T> Gradient<T>(Vector<T> kept, Vector<T> dy)
        where T : unmanaged, IFloatingPointIeee754<T> => dy * (kept + Vector<T>.One);
}

/// <summary>The logarithm to base 2.</summary>
internal readonly struct Log2 : IDifferentiableFunction<Log2>
{
    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => VectorMath.Log2(x);

    /// <inheritdoc/>
    public Vector<T> Gradient<T>(Vector<T> kept, Vector<T> dy)
        where T : unmanaged, IFloatingPointIeee754<T> => dy / (kept * VectorMath.All<T>(Math.Log(2)));
}

/// <summary>The logarithm to base 10.</summary>
internal readonly struct Log10 : IDifferentiableFunction<Log10>
{
    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => VectorMath.Log(x) * VectorMath.All<T>(1 / Math.Log(10));

    /// <inheritdoc/>
    public Vector<T> Gradient<T>(Vector<T> kept, Vector<T> dy)
        where T : unmanaged, IFloatingPointIeee754<T> => dy / (kept * VectorMath.All<T>(Math.Log(10)));
}

/// <summary>2 to the power x.</summary>
internal readonly struct Exp2 : IDifferentiableFunction<Exp2>
{
    /// <inheritdoc/>
    public static bool FromValue => true;

    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => VectorMath.Exp2(x);

    /// <inheritdoc/>
    public Vector<T> Gradient<T>(Vector<T> kept, Vector<T> dy)
        where T : unmanaged, IFloatingPointIeee754<T> => dy * (kept * VectorMath.All<T>(Math.Log(2)));
}

/// <summary>1 / √x.</summary>
internal readonly struct Rsqrt : IDifferentiableFunction<Rsqrt>
{
    /// <inheritdoc/>
    public static bool FromValue => true;

    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => Vector<T>.One / Vector.SquareRoot(x);

    /// <inheritdoc/>
    public Vector<T> Gradient<T>(Vector<T> kept, Vector<T> dy)
        where T : unmanaged, IFloatingPointIeee754<T> => dy * VectorMath.All<T>(-0.5) * (kept * kept * kept);
}

/// <summary>The error function.</summary>
internal readonly struct Erf : IDifferentiableFunction<Erf>
{
    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => VectorMath.Erf(x);

    /// <inheritdoc/>
    public Vector<T> Gradient<T>(Vector<T> kept, Vector<T> dy)
        where T : unmanaged, IFloatingPointIeee754<T> => dy * (VectorMath.All<T>(2 / Math.Sqrt(Math.PI)) * VectorMath.Exp(-(kept * kept)));
}

/// <summary>The hyperbolic sine.</summary>
internal readonly struct Sinh : IDifferentiableFunction<Sinh>
{
    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => VectorMath.Sinh(x);

    /// <inheritdoc/>
    public Vector<T> Gradient<T>(Vector<T> kept, Vector<T> dy)
        where T : unmanaged, IFloatingPointIeee754<T> => dy * VectorMath.Cosh(kept);
}

/// <summary>The hyperbolic cosine.</summary>
internal readonly struct Cosh : IDifferentiableFunction<Cosh>
{
    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => VectorMath.Cosh(x);

    /// <inheritdoc/>
    public Vector<T> Gradient<T>(Vector<T> kept, Vector<T> dy)
        where T : unmanaged, IFloatingPointIeee754<T> => dy * VectorMath.Sinh(kept);
}

/// <summary>The tangent of radians.</summary>
internal readonly struct Tan : IDifferentiableFunction<Tan>, IScalarFunction
{
    /// <inheritdoc/>
    public static bool FromValue => true;

    /// <inheritdoc/>
    public static T Invoke<T>(T x)
        where T : IFloatingPointIeee754<T> => T.Tan(x);

    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => VectorMath.Each<T, Tan>(x);

    /// <inheritdoc/>
    public Vector<T> Gradient<T>(Vector<T> kept, Vector<T> dy)
        where T : unmanaged, IFloatingPointIeee754<T> => dy * (Vector<T>.One + (kept * kept));
}

/// <summary>The angle whose sine is x; NaN outside -1 to 1.</summary>
internal readonly struct Asin : IDifferentiableFunction<Asin>, IScalarFunction
{
    /// <inheritdoc/>
    public static T Invoke<T>(T x)
        where T : IFloatingPointIeee754<T> => T.Asin(x);

    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => VectorMath.Each<T, Asin>(x);

    /// <inheritdoc/>
    public Vector<T> Gradient<T>(Vector<T> kept, Vector<T> dy)
        where T : unmanaged, IFloatingPointIeee754<T> => dy / Vector.SquareRoot(Vector<T>.One - (kept * kept));
}

/// <summary>The angle whose cosine is x; NaN outside -1 to 1.</summary>
internal readonly struct Acos : IDifferentiableFunction<Acos>, IScalarFunction
{
    /// <inheritdoc/>
    public static T Invoke<T>(T x)
        where T : IFloatingPointIeee754<T> => T.Acos(x);

    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => VectorMath.Each<T, Acos>(x);

    /// <inheritdoc/>
    public Vector<T> Gradient<T>(Vector<T> kept, Vector<T> dy)
        where T : unmanaged, IFloatingPointIeee754<T> => -dy / Vector.SquareRoot(Vector<T>.One - (kept * kept));
}

/// <summary>The angle whose tangent is x.</summary>
internal readonly struct Atan : IDifferentiableFunction<Atan>, IScalarFunction
{
    /// <inheritdoc/>
    public static T Invoke<T>(T x)
        where T : IFloatingPointIeee754<T> => T.Atan(x);

    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => VectorMath.Each<T, Atan>(x);

    /// <inheritdoc/>
    public Vector<T> Gradient<T>(Vector<T> kept, Vector<T> dy)
        where T : unmanaged, IFloatingPointIeee754<T> => dy / (Vector<T>.One + (kept * kept));
}
