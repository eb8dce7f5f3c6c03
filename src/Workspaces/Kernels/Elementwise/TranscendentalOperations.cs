using System.Numerics;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Workspaces.Kernels.Elementwise;

/// <summary>e to the power x.</summary>
internal readonly struct Exp<T> : IUnaryOperation<T>
    where T : IFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public static T Invoke(T x) => T.Exp(x);

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, Span<T> destination) => SteadyMath.Exp(x, destination);
}

/// <summary>The natural logarithm; NaN below 0, -inf at 0.</summary>
internal readonly struct Log<T> : IUnaryOperation<T>
    where T : IFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public static T Invoke(T x) => T.Log(x);

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, Span<T> destination) => TensorPrimitives.Log(x, destination);
}

/// <summary>The square root; NaN below 0.</summary>
internal readonly struct Sqrt<T> : IUnaryOperation<T>
    where T : IFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public static T Invoke(T x) => T.Sqrt(x);

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, Span<T> destination) => TensorPrimitives.Sqrt(x, destination);
}

/// <summary>1 / x.</summary>
internal readonly struct Reciprocal<T> : IUnaryOperation<T>
    where T : IFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public static T Invoke(T x) => T.One / x;

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, Span<T> destination) => TensorPrimitives.Reciprocal(x, destination);
}

/// <summary>The hyperbolic tangent.</summary>
internal readonly struct Tanh<T> : IUnaryOperation<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public static T Invoke(T x) => T.Tanh(x);

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, Span<T> destination) => TanhKernel.Run(x, destination);
}

/// <summary>1 / (1 + exp(-x)).</summary>
internal readonly struct Sigmoid<T> : IUnaryOperation<T>
    where T : IFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public static T Invoke(T x) => T.One / (T.One + T.Exp(-x));

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, Span<T> destination) => SteadyMath.Sigmoid(x, destination);
}

/// <summary>The sine of radians.</summary>
internal readonly struct Sin<T> : IUnaryOperation<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public static T Invoke(T x) => T.Sin(x);

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, Span<T> destination) => SteadyMath.Sin(x, destination);
}

/// <summary>The cosine of radians.</summary>
internal readonly struct Cos<T> : IUnaryOperation<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public static T Invoke(T x) => T.Cos(x);

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, Span<T> destination) => SteadyMath.Cos(x, destination);
}
