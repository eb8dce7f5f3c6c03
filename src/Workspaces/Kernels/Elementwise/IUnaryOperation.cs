namespace Workspaces.Kernels.Elementwise;

/// <summary>A function of one element, with a fast form for contiguous runs.</summary>
internal interface IUnaryOperation<T>
{
    /// <summary>One element.</summary>
    static abstract T Invoke(T x);

    /// <summary>A run; <paramref name="destination"/> may be <paramref name="x"/> and has its length.</summary>
    static abstract void Invoke(ReadOnlySpan<T> x, Span<T> destination);
}
