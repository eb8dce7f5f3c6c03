using System.Numerics;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Workspaces.Kernels.Elementwise;

/// <summary>x to the power y.</summary>
/// <remarks>The general power is computed one element at a time; constant exponents 0, 0.5, 1, 2, 3 and -1 run at memory speed.</remarks>
internal readonly struct Pow<T> : IBinaryOperation<T>
    where T : IFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public static T Invoke(T x, T y) => T.Pow(x, y);

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> destination) => TensorPrimitives.Pow(x, y, destination);

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, T y, Span<T> destination) => Power(x, y, destination);

    /// <inheritdoc/>
    public static void Invoke(T x, ReadOnlySpan<T> y, Span<T> destination) => TensorPrimitives.Pow(x, y, destination);

    private static void Power(ReadOnlySpan<T> x, T y, Span<T> destination)
    {
        if (y == T.One + T.One)
            TensorPrimitives.Multiply(x, x, destination);
        else if (y == T.One / (T.One + T.One))
            TensorPrimitives.Sqrt(x, destination);
        else if (y == T.NegativeOne / (T.One + T.One))
        {
            TensorPrimitives.Sqrt(x, destination);
            TensorPrimitives.Reciprocal<T>(destination, destination);
        }
        else if (y == T.NegativeOne)
            TensorPrimitives.Reciprocal(x, destination);
        else if (y == T.One)
            x.CopyTo(destination);
        else if (T.IsZero(y))
            destination.Fill(T.One);
        else if (y == T.One + T.One + T.One)
            VectorLoop.Run<T, SquareTimes<T>>(x, x, destination);
        else
            TensorPrimitives.Pow(x, y, destination);
    }
}

/// <summary>x * x * y; with y = x the third power.</summary>
internal readonly struct SquareTimes<T> : IVectorOperation<T>
    where T : INumber<T>
{
    /// <inheritdoc/>
    public static T Invoke(T x, T y) => x * x * y;

    /// <inheritdoc/>
    public static Vector<T> Invoke(Vector<T> x, Vector<T> y) => x * x * y;
}
