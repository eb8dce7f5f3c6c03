using System.Numerics;

namespace Workspaces.Kernels.Elementwise;

/// <summary>Both are not 0.</summary>
internal readonly struct LogicalAnd<T> : IComparison<T>
    where T : INumber<T>
{
    /// <inheritdoc/>
    public static bool Invoke(T x, T y) => !T.IsZero(x) & !T.IsZero(y);
}

/// <summary>One of the two is not 0.</summary>
internal readonly struct LogicalOr<T> : IComparison<T>
    where T : INumber<T>
{
    /// <inheritdoc/>
    public static bool Invoke(T x, T y) => !T.IsZero(x) | !T.IsZero(y);
}

/// <summary>Exactly one of the two is not 0.</summary>
internal readonly struct LogicalXor<T> : IComparison<T>
    where T : INumber<T>
{
    /// <inheritdoc/>
    public static bool Invoke(T x, T y) => T.IsZero(x) != T.IsZero(y);
}

/// <summary>x is 0; y is not looked at.</summary>
internal readonly struct IsZero<T> : IComparison<T>
    where T : INumber<T>
{
    /// <inheritdoc/>
    public static bool Invoke(T x, T y) => T.IsZero(x);
}

/// <summary>x is NaN; y is not looked at.</summary>
internal readonly struct IsNaN<T> : IComparison<T>
    where T : INumber<T>
{
    /// <inheritdoc/>
    public static bool Invoke(T x, T y) => T.IsNaN(x);
}

/// <summary>x is infinite; y is not looked at.</summary>
internal readonly struct IsInfinity<T> : IComparison<T>
    where T : INumber<T>
{
    /// <inheritdoc/>
    public static bool Invoke(T x, T y) => T.IsInfinity(x);
}

/// <summary>x is neither infinite nor NaN; y is not looked at.</summary>
internal readonly struct IsFinite<T> : IComparison<T>
    where T : INumber<T>
{
    /// <inheritdoc/>
    public static bool Invoke(T x, T y) => T.IsFinite(x);
}
