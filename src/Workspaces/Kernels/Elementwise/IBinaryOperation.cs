namespace Workspaces.Kernels.Elementwise;

/// <summary>A function of two elements, with fast forms for contiguous runs and a constant on either side.</summary>
internal interface IBinaryOperation<T>
{
    /// <summary>One element.</summary>
    static abstract T Invoke(T x, T y);

    /// <summary>Two runs; <paramref name="destination"/> may be either and has their length.</summary>
    static abstract void Invoke(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> destination);

    /// <summary>A run and a constant.</summary>
    static abstract void Invoke(ReadOnlySpan<T> x, T y, Span<T> destination);

    /// <summary>A constant and a run.</summary>
    static abstract void Invoke(T x, ReadOnlySpan<T> y, Span<T> destination);
}
