using System.Numerics;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Workspaces.Kernels.Elementwise;

/// <summary>-x.</summary>
internal readonly struct Negate<T> : IUnaryOperation<T>
    where T : INumber<T>
{
    /// <inheritdoc/>
    public static T Invoke(T x) => -x;

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, Span<T> destination) => TensorPrimitives.Negate(x, destination);
}

/// <summary>The absolute value; the most negative integer throws <see cref="OverflowException"/>.</summary>
internal readonly struct Abs<T> : IUnaryOperation<T>
    where T : INumber<T>
{
    /// <inheritdoc/>
    public static T Invoke(T x) => T.Abs(x);

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, Span<T> destination) => TensorPrimitives.Abs(x, destination);
}

/// <summary>-1, 0 or 1; NaN stays NaN.</summary>
internal readonly struct Sign<T> : IUnaryOperation<T>
    where T : INumber<T>
{
    /// <inheritdoc/>
    public static T Invoke(T x) => x > T.Zero ? T.One : x < T.Zero ? -T.One : x;

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, Span<T> destination) => VectorLoop.Run<T, SignOf<T>>(x, T.One, destination);
}

/// <summary>x * x.</summary>
internal readonly struct Square<T> : IUnaryOperation<T>
    where T : INumber<T>
{
    /// <inheritdoc/>
    public static T Invoke(T x) => x * x;

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, Span<T> destination) => TensorPrimitives.Multiply(x, x, destination);
}

/// <summary>The larger of x and 0; NaN stays NaN.</summary>
internal readonly struct Relu<T> : IUnaryOperation<T>
    where T : INumber<T>
{
    /// <inheritdoc/>
    public static T Invoke(T x) => T.Max(x, T.Zero);

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, Span<T> destination) => TensorPrimitives.Max(x, T.Zero, destination);
}

/// <summary>sign(x) * y; NaN stays NaN.</summary>
internal readonly struct SignOf<T> : IVectorOperation<T>
    where T : INumber<T>
{
    /// <inheritdoc/>
    public static T Invoke(T x, T y) => x > T.Zero ? y : x < T.Zero ? -y : x;

    /// <inheritdoc/>
    public static Vector<T> Invoke(Vector<T> x, Vector<T> y) => Vector.ConditionalSelect(
        Vector.GreaterThan(x, Vector<T>.Zero), y, Vector.ConditionalSelect(Vector.LessThan(x, Vector<T>.Zero), -y, x));
}
