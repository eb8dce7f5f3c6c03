using System.Numerics;

namespace Workspaces.Kernels.Elementwise;

/// <summary>dx of a variance: factor (x - mean) dy, from x, the mean and dy.</summary>
internal readonly struct VarianceGradient(double factor) : IVectorMap
{
    /// <inheritdoc/>
    public static int Inputs => 3;

    /// <inheritdoc/>
    public Vector<T> Invoke<T>(Vector<T> a, Vector<T> b, Vector<T> c, Vector<T> d)
        where T : unmanaged, IFloatingPointIeee754<T> => VectorMath.All<T>(factor) * (a - b) * c;
}

/// <summary>dx of a standard deviation: factor (x - mean) dy / deviation, from x, the mean, dy and the deviation; 0 where that is 0.</summary>
internal readonly struct DeviationGradient(double factor) : IVectorMap
{
    /// <inheritdoc/>
    public static int Inputs => 4;

    /// <inheritdoc/>
    public Vector<T> Invoke<T>(Vector<T> a, Vector<T> b, Vector<T> c, Vector<T> d)
        where T : unmanaged, IFloatingPointIeee754<T> => Vector.ConditionalSelect(
        Vector.Equals(d, Vector<T>.Zero), Vector<T>.Zero, VectorMath.All<T>(factor) * (a - b) * (c / d));
}

/// <summary>dx of log Σ exp: exp(x - y) dy, from x, y and dy.</summary>
internal readonly struct LogSumExpGradient : IVectorMap
{
    /// <inheritdoc/>
    public static int Inputs => 3;

    /// <inheritdoc/>
    public Vector<T> Invoke<T>(Vector<T> a, Vector<T> b, Vector<T> c, Vector<T> d)
        where T : unmanaged, IFloatingPointIeee754<T> => VectorMath.Exp(a - b) * c;
}

/// <summary>dx of √Σ x²: x dy / y, from x, y and dy; 0 where y is 0.</summary>
internal readonly struct EuclideanGradient : IVectorMap
{
    /// <inheritdoc/>
    public static int Inputs => 3;

    /// <inheritdoc/>
    public Vector<T> Invoke<T>(Vector<T> a, Vector<T> b, Vector<T> c, Vector<T> d)
        where T : unmanaged, IFloatingPointIeee754<T> => Vector.ConditionalSelect(Vector.Equals(b, Vector<T>.Zero), Vector<T>.Zero, a * (c / b));
}

/// <summary>(|x| / m)^p from x and m, the largest |x| of its group: 1 where |x| is m, be that infinite, and 0 where m is 0.</summary>
internal readonly struct PowerOfShare(double power) : IVectorMap
{
    /// <inheritdoc/>
    public static int Inputs => 2;

    /// <inheritdoc/>
    public Vector<T> Invoke<T>(Vector<T> a, Vector<T> b, Vector<T> c, Vector<T> d)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> magnitude = Vector.Abs(a);
        Vector<T> largest = Vector.ConditionalSelect(Vector.Equals(b, Vector<T>.Zero), Vector<T>.Zero, Vector<T>.One);
        return Vector.ConditionalSelect(Vector.Equals(magnitude, b), largest, PowerGradient.Power(magnitude / b, power));
    }
}

/// <summary>dx of (Σ |x|^p)^(1/p): sign(x) (|x| / y)^(p - 1) dy, from x, y and dy; 0 where x is 0, and so where y is.</summary>
internal readonly struct PowerGradient(double power) : IVectorMap
{
    /// <inheritdoc/>
    public static int Inputs => 3;

    /// <inheritdoc/>
    public Vector<T> Invoke<T>(Vector<T> a, Vector<T> b, Vector<T> c, Vector<T> d)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> slope = SignOf<T>.Invoke(a, c) * Power(Vector.Abs(a) / b, power - 1);
        return Vector.ConditionalSelect(Vector.Equals(a, Vector<T>.Zero), Vector<T>.Zero, slope);
    }

    /// <summary>The power of elements that are not negative, one at a time: exp and log together would lose digits.</summary>
    internal static Vector<T> Power<T>(Vector<T> x, double power)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Span<T> elements = stackalloc T[Vector<T>.Count];
        x.CopyTo(elements);
        T exponent = T.CreateTruncating(power);
        for (int i = 0; i < elements.Length; i++) elements[i] = T.Pow(elements[i], exponent);
        return new Vector<T>(elements);
    }
}

/// <summary>sign(x) where |x| is y, else 0, from x and y: the elements that make a largest magnitude.</summary>
internal readonly struct SignedHits : IVectorMap
{
    /// <inheritdoc/>
    public static int Inputs => 2;

    /// <inheritdoc/>
    public Vector<T> Invoke<T>(Vector<T> a, Vector<T> b, Vector<T> c, Vector<T> d)
        where T : unmanaged, IFloatingPointIeee754<T> => Vector.ConditionalSelect(
        Vector.Equals(Vector.Abs(a), b), SignOf<T>.Invoke(a, Vector<T>.One), Vector<T>.Zero);
}

/// <summary>
/// dx of a product, from x, the product of the elements that are not 0, the number of those that are, and dy: the product of all others, times dy.
/// </summary>
internal readonly struct ProductGradient : IVectorMap
{
    /// <inheritdoc/>
    public static int Inputs => 4;

    /// <inheritdoc/>
    public Vector<T> Invoke<T>(Vector<T> a, Vector<T> b, Vector<T> c, Vector<T> d)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> zero = Vector<T>.Zero, isZero = Vector.Equals(a, zero);
        Vector<T> others = Vector.ConditionalSelect(isZero, b, b / a);
        Vector<T> otherZeros = c - Vector.ConditionalSelect(isZero, Vector<T>.One, zero);
        Vector<T> besideZero = Vector.ConditionalSelect(Vector.Equals(b, b), zero, b); // a NaN is not hidden by a zero
        return Vector.ConditionalSelect(Vector.Equals(otherZeros, zero), others * d, besideZero);
    }
}
