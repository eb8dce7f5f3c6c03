using System.Numerics;

namespace Workspaces.Kernels.Elementwise;

/// <summary>dx of ReLU from its output (x) and dy (y): dy where the output is above 0, else 0.</summary>
internal readonly struct ReluGradient<T> : IBinaryOperation<T>, IVectorOperation<T>
    where T : INumber<T>
{
    /// <inheritdoc cref="IBinaryOperation{T}.Invoke(T, T)"/>
    public static T Invoke(T x, T y) => x > T.Zero ? y : T.Zero;

    /// <inheritdoc/>
    public static Vector<T> Invoke(Vector<T> x, Vector<T> y) => 
        Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<T>.Zero), y, Vector<T>.Zero);

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> destination) =>
        VectorLoop.Run<T, ReluGradient<T>>(x, y, destination);

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, T y, Span<T> destination) => VectorLoop.Run<T, ReluGradient<T>>(x, y, destination);

    /// <inheritdoc/>
    public static void Invoke(T x, ReadOnlySpan<T> y, Span<T> destination) => VectorLoop.Run<T, ReluGradient<T>>(x, y, destination);
}

/// <summary>dx of tanh from its output (x) and dy (y): dy (1 - output^2).</summary>
internal readonly struct TanhGradient<T> : IBinaryOperation<T>, IVectorOperation<T>
    where T : INumber<T>
{
    /// <inheritdoc cref="IBinaryOperation{T}.Invoke(T, T)"/>
    public static T Invoke(T x, T y) => y * (T.One - (x * x));

    /// <inheritdoc/>
    public static Vector<T> Invoke(Vector<T> x, Vector<T> y) => y * (Vector<T>.One - (x * x));

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> destination) =>
        VectorLoop.Run<T, TanhGradient<T>>(x, y, destination);

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, T y, Span<T> destination) => VectorLoop.Run<T, TanhGradient<T>>(x, y, destination);

    /// <inheritdoc/>
    public static void Invoke(T x, ReadOnlySpan<T> y, Span<T> destination) => VectorLoop.Run<T, TanhGradient<T>>(x, y, destination);
}

/// <summary>dx of the sigmoid from its output (x) and dy (y): dy output (1 - output).</summary>
internal readonly struct SigmoidGradient<T> : IBinaryOperation<T>, IVectorOperation<T>
    where T : INumber<T>
{
    /// <inheritdoc cref="IBinaryOperation{T}.Invoke(T, T)"/>
    public static T Invoke(T x, T y) => y * (x * (T.One - x));

    /// <inheritdoc/>
    public static Vector<T> Invoke(Vector<T> x, Vector<T> y) => y * (x * (Vector<T>.One - x));

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> destination) =>
        VectorLoop.Run<T, SigmoidGradient<T>>(x, y, destination);

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, T y, Span<T> destination) => VectorLoop.Run<T, SigmoidGradient<T>>(x, y, destination);

    /// <inheritdoc/>
    public static void Invoke(T x, ReadOnlySpan<T> y, Span<T> destination) => VectorLoop.Run<T, SigmoidGradient<T>>(x, y, destination);
}

/// <summary>dx of the absolute value from its input (x) and dy (y): sign(x) dy, 0 at 0; NaN where x is NaN.</summary>
internal readonly struct AbsGradient<T> : IBinaryOperation<T>, IVectorOperation<T>
    where T : INumber<T>
{
    /// <inheritdoc cref="IBinaryOperation{T}.Invoke(T, T)"/>
    public static T Invoke(T x, T y) => SignOf<T>.Invoke(x, y);

    /// <inheritdoc/>
    public static Vector<T> Invoke(Vector<T> x, Vector<T> y) => SignOf<T>.Invoke(x, y);

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> destination) =>
        VectorLoop.Run<T, AbsGradient<T>>(x, y, destination);

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, T y, Span<T> destination) => VectorLoop.Run<T, AbsGradient<T>>(x, y, destination);

    /// <inheritdoc/>
    public static void Invoke(T x, ReadOnlySpan<T> y, Span<T> destination) => VectorLoop.Run<T, AbsGradient<T>>(x, y, destination);
}
