using System.Numerics;

namespace Workspaces.Kernels.Elementwise;

/// <summary>a + weight (b - a); from the nearer end, so that weights 0 and 1 give a and b themselves.</summary>
internal readonly struct LerpMap : IVectorMap
{
    /// <inheritdoc/>
    public static int Inputs => 3;

    /// <inheritdoc/>
    public Vector<T> Invoke<T>(Vector<T> a, Vector<T> b, Vector<T> c, Vector<T> d)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> difference = b - a;
        Vector<T> fromA = a + (c * difference), fromB = b - (difference * (Vector<T>.One - c));
        return Vector.ConditionalSelect(Vector.LessThan(Vector.Abs(c), VectorMath.All<T>(0.5)), fromA, fromB);
    }
}

/// <summary>(1 - weight) dy, from the weight and dy.</summary>
internal readonly struct LerpFirstGradient : IVectorMap
{
    /// <inheritdoc/>
    public static int Inputs => 2;

    /// <inheritdoc/>
    public Vector<T> Invoke<T>(Vector<T> a, Vector<T> b, Vector<T> c, Vector<T> d)
        where T : unmanaged, IFloatingPointIeee754<T> => (Vector<T>.One - a) * b;
}

/// <summary>(b - a) dy, from a, b and dy.</summary>
internal readonly struct LerpWeightGradient : IVectorMap
{
    /// <inheritdoc/>
    public static int Inputs => 3;

    /// <inheritdoc/>
    public Vector<T> Invoke<T>(Vector<T> a, Vector<T> b, Vector<T> c, Vector<T> d)
        where T : unmanaged, IFloatingPointIeee754<T> => (b - a) * c;
}

/// <summary>The angle of the point (b, a), that is atan2(a, b).</summary>
internal readonly struct Atan2Map : IVectorMap
{
    /// <inheritdoc/>
    public static int Inputs => 2;

    /// <inheritdoc/>
    public Vector<T> Invoke<T>(Vector<T> a, Vector<T> b, Vector<T> c, Vector<T> d)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Span<T> y = stackalloc T[Vector<T>.Count], x = stackalloc T[Vector<T>.Count];
        a.CopyTo(y);
        b.CopyTo(x);
        for (int i = 0; i < y.Length; i++) y[i] = T.Atan2(y[i], x[i]);
        return new Vector<T>(y);
    }
}

/// <summary>dy of the angle times b / (a² + b²), from a, b and dy.</summary>
internal readonly struct Atan2Gradient : IVectorMap
{
    /// <inheritdoc/>
    public static int Inputs => 3;

    /// <inheritdoc/>
    public Vector<T> Invoke<T>(Vector<T> a, Vector<T> b, Vector<T> c, Vector<T> d)
        where T : unmanaged, IFloatingPointIeee754<T> => c * (b / ((a * a) + (b * b)));
}

/// <summary>-trunc(a / b) dy, from a, b and dy.</summary>
internal readonly struct FmodGradient : IVectorMap
{
    /// <inheritdoc/>
    public static int Inputs => 3;

    /// <inheritdoc/>
    public Vector<T> Invoke<T>(Vector<T> a, Vector<T> b, Vector<T> c, Vector<T> d)
        where T : unmanaged, IFloatingPointIeee754<T> => -VectorMath.Truncate(a / b) * c;
}

/// <summary>-floor(a / b) dy, from a, b and dy.</summary>
internal readonly struct RemainderGradient : IVectorMap
{
    /// <inheritdoc/>
    public static int Inputs => 3;

    /// <inheritdoc/>
    public Vector<T> Invoke<T>(Vector<T> a, Vector<T> b, Vector<T> c, Vector<T> d)
        where T : unmanaged, IFloatingPointIeee754<T> => -VectorMath.Floor(a / b) * c;
}

/// <summary>What the chosen one of a pair gets of dy: all of it if a is chosen (or one is NaN), half at a tie, nothing if b is; from a, b and dy.</summary>
internal readonly struct ExtremeShare(bool largest) : IVectorMap
{
    /// <inheritdoc/>
    public static int Inputs => 3;

    /// <inheritdoc/>
    public Vector<T> Invoke<T>(Vector<T> a, Vector<T> b, Vector<T> c, Vector<T> d)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> loses = largest ? Vector.LessThan(a, b) : Vector.GreaterThan(a, b);
        Vector<T> share = Vector.ConditionalSelect(Vector.Equals(a, b), c * VectorMath.All<T>(0.5), c);
        return Vector.ConditionalSelect(loses, Vector<T>.Zero, share);
    }
}
