using System.Numerics;

namespace Workspaces.Kernels.Elementwise;

/// <summary>x == y.</summary>
internal readonly struct Equal<T> : IComparison<T>
    where T : INumber<T>
{
    /// <inheritdoc/>
    public static bool Invoke(T x, T y) => x == y;
}

/// <summary>x != y; true for NaN.</summary>
internal readonly struct NotEqual<T> : IComparison<T>
    where T : INumber<T>
{
    /// <inheritdoc/>
    public static bool Invoke(T x, T y) => x != y;
}

/// <summary>x &lt; y.</summary>
internal readonly struct Less<T> : IComparison<T>
    where T : INumber<T>
{
    /// <inheritdoc/>
    public static bool Invoke(T x, T y) => x < y;
}

/// <summary>x &lt;= y.</summary>
internal readonly struct LessOrEqual<T> : IComparison<T>
    where T : INumber<T>
{
    /// <inheritdoc/>
    public static bool Invoke(T x, T y) => x <= y;
}

/// <summary>x &gt; y.</summary>
internal readonly struct Greater<T> : IComparison<T>
    where T : INumber<T>
{
    /// <inheritdoc/>
    public static bool Invoke(T x, T y) => x > y;
}

/// <summary>x &gt;= y.</summary>
internal readonly struct GreaterOrEqual<T> : IComparison<T>
    where T : INumber<T>
{
    /// <inheritdoc/>
    public static bool Invoke(T x, T y) => x >= y;
}
