using System.Numerics;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Workspaces.Kernels.Elementwise;

/// <summary>x + y; integers wrap around.</summary>
internal readonly struct Add<T> : IBinaryOperation<T>
    where T : INumber<T>
{
    /// <inheritdoc/>
    public static T Invoke(T x, T y) => x + y;

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> destination) => TensorPrimitives.Add(x, y, destination);

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, T y, Span<T> destination) => TensorPrimitives.Add(x, y, destination);

    /// <inheritdoc/>
    public static void Invoke(T x, ReadOnlySpan<T> y, Span<T> destination) => TensorPrimitives.Add(y, x, destination);
}

/// <summary>x - y; integers wrap around.</summary>
internal readonly struct Subtract<T> : IBinaryOperation<T>
    where T : INumber<T>
{
    /// <inheritdoc/>
    public static T Invoke(T x, T y) => x - y;

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> destination) => TensorPrimitives.Subtract(x, y, destination);

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, T y, Span<T> destination) => TensorPrimitives.Subtract(x, y, destination);

    /// <inheritdoc/>
    public static void Invoke(T x, ReadOnlySpan<T> y, Span<T> destination) => TensorPrimitives.Subtract(x, y, destination);
}

/// <summary>x * y; integers wrap around.</summary>
internal readonly struct Multiply<T> : IBinaryOperation<T>
    where T : INumber<T>
{
    /// <inheritdoc/>
    public static T Invoke(T x, T y) => x * y;

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> destination) => TensorPrimitives.Multiply(x, y, destination);

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, T y, Span<T> destination) => TensorPrimitives.Multiply(x, y, destination);

    /// <inheritdoc/>
    public static void Invoke(T x, ReadOnlySpan<T> y, Span<T> destination) => TensorPrimitives.Multiply(y, x, destination);
}

/// <summary>x / y; integers round to zero, and an integer division by 0 throws <see cref="DivideByZeroException"/>.</summary>
internal readonly struct Divide<T> : IBinaryOperation<T>
    where T : INumber<T>
{
    /// <inheritdoc/>
    public static T Invoke(T x, T y) => x / y;

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> destination) => TensorPrimitives.Divide(x, y, destination);

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, T y, Span<T> destination) => TensorPrimitives.Divide(x, y, destination);

    /// <inheritdoc/>
    public static void Invoke(T x, ReadOnlySpan<T> y, Span<T> destination) => TensorPrimitives.Divide(x, y, destination);
}

/// <summary>The larger element; NaN if either is NaN.</summary>
internal readonly struct Maximum<T> : IBinaryOperation<T>
    where T : INumber<T>
{
    /// <inheritdoc/>
    public static T Invoke(T x, T y) => T.Max(x, y);

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> destination) => TensorPrimitives.Max(x, y, destination);

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, T y, Span<T> destination) => TensorPrimitives.Max(x, y, destination);

    /// <inheritdoc/>
    public static void Invoke(T x, ReadOnlySpan<T> y, Span<T> destination) => TensorPrimitives.Max(y, x, destination);
}

/// <summary>The smaller element; NaN if either is NaN.</summary>
internal readonly struct Minimum<T> : IBinaryOperation<T>
    where T : INumber<T>
{
    /// <inheritdoc/>
    public static T Invoke(T x, T y) => T.Min(x, y);

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> destination) => TensorPrimitives.Min(x, y, destination);

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, T y, Span<T> destination) => TensorPrimitives.Min(x, y, destination);

    /// <inheritdoc/>
    public static void Invoke(T x, ReadOnlySpan<T> y, Span<T> destination) => TensorPrimitives.Min(y, x, destination);
}
