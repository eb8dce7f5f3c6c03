using System.Numerics;

namespace Workspaces.Kernels.Elementwise;

/// <summary>x - y trunc(x / y): the sign of x. An integer division by 0 throws <see cref="DivideByZeroException"/>.</summary>
internal readonly struct Fmod<T> : IBinaryOperation<T>
    where T : INumber<T>
{
    /// <inheritdoc/>
    public static T Invoke(T x, T y) => x % y;

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> destination)
    {
        for (int i = 0; i < x.Length; i++) destination[i] = Invoke(x[i], y[i]);
    }

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, T y, Span<T> destination)
    {
        for (int i = 0; i < x.Length; i++) destination[i] = Invoke(x[i], y);
    }

    /// <inheritdoc/>
    public static void Invoke(T x, ReadOnlySpan<T> y, Span<T> destination)
    {
        for (int i = 0; i < y.Length; i++) destination[i] = Invoke(x, y[i]);
    }
}

/// <summary>x - y floor(x / y): the sign of y, as in Python. An integer division by 0 throws <see cref="DivideByZeroException"/>.</summary>
internal readonly struct Remainder<T> : IBinaryOperation<T>
    where T : INumber<T>
{
    /// <inheritdoc/>
    public static T Invoke(T x, T y)
    {
        T rest = x % y;
        return !T.IsZero(rest) && T.IsNegative(rest) != T.IsNegative(y) ? rest + y : rest;
    }

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> destination)
    {
        for (int i = 0; i < x.Length; i++) destination[i] = Invoke(x[i], y[i]);
    }

    /// <inheritdoc/>
    public static void Invoke(ReadOnlySpan<T> x, T y, Span<T> destination)
    {
        for (int i = 0; i < x.Length; i++) destination[i] = Invoke(x[i], y);
    }

    /// <inheritdoc/>
    public static void Invoke(T x, ReadOnlySpan<T> y, Span<T> destination)
    {
        for (int i = 0; i < y.Length; i++) destination[i] = Invoke(x, y[i]);
    }
}
