using System.Numerics;

namespace Workspaces.Kernels.Elementwise;

/// <summary>x - y trunc(x / y): the sign of x. An integer division by 0 throws <see cref="DivideByZeroException"/>.</summary>
internal readonly struct Fmod<T> : IBinaryOperation<T>
    where T : INumber<T>
{
    /// <inheritdoc/>
    public static T Invoke(T x, T y) => WholeRest.Of(x, y);

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
        T rest = WholeRest.Of(x, y);
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

/// <summary>The rest that truncation leaves.</summary>
file static class WholeRest
{
    /// <summary>x % y; 0 for integers and y = -1, where the processor stops at the least integer, whose quotient does not fit.</summary>
    public static T Of<T>(T x, T y)
        where T : INumber<T> => (typeof(T) == typeof(int) || typeof(T) == typeof(long)) && y == -T.One ? T.Zero : x % y;
}
