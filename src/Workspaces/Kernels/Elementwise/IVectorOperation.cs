using System.Numerics;

namespace Workspaces.Kernels.Elementwise;

/// <summary>A function of two elements that has a vector form; <see cref="VectorLoop"/> runs it over spans.</summary>
internal interface IVectorOperation<T>
{
    /// <summary>One element; bit-equal to the vector form.</summary>
    static abstract T Invoke(T x, T y);

    /// <summary>A register of elements.</summary>
    static abstract Vector<T> Invoke(Vector<T> x, Vector<T> y);
}
