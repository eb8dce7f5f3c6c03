namespace Workspaces.Kernels.Elementwise;

/// <summary>A test of two elements.</summary>
internal interface IComparison<T>
{
    /// <summary>The answer; false for NaN, except of <see cref="NotEqual{T}"/>.</summary>
    static abstract bool Invoke(T x, T y);
}
