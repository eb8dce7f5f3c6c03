using System.Numerics;

namespace Workspaces.Kernels.Elementwise;

/// <summary>The largest integer not above x.</summary>
internal readonly struct Floor : IFunction<Floor>
{
    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => VectorMath.Floor(x);
}

/// <summary>The smallest integer not below x.</summary>
internal readonly struct Ceiling : IFunction<Ceiling>
{
    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => VectorMath.Ceiling(x);
}

/// <summary>The nearest integer, the even one of two.</summary>
internal readonly struct Round : IFunction<Round>
{
    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => VectorMath.Round(x);
}

/// <summary>The integer part.</summary>
internal readonly struct Truncate : IFunction<Truncate>
{
    /// <inheritdoc/>
    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => VectorMath.Truncate(x);
}
