using System.Diagnostics;
using System.Numerics;
using Workspaces.Kernels.Simd;

namespace Workspaces.Kernels.Elementwise;

/// <summary>
/// A function of up to four f32 or f64 elements, written once for registers: <see cref="MapLoop"/> brings single and strided elements into registers too, so
/// a value does not depend on where its element lies.
/// </summary>
internal interface IVectorMap
{
    /// <summary>Number of inputs that are read, 1 to 4; the others are undefined.</summary>
    static abstract int Inputs { get; }

    /// <summary>Whether f32 has a form for registers of any width, with the same bits, of at most two inputs.</summary>
    static virtual bool IsWide => false;

    /// <summary>The values of one wide register.</summary>
    static virtual TVector InvokeWide<TVector, TSimd>(TVector a, TVector b)
        where TVector : unmanaged
        where TSimd : ISimd<float, TVector> => throw new UnreachableException();

    /// <summary>The values of one register.</summary>
    Vector<T> Invoke<T>(Vector<T> a, Vector<T> b, Vector<T> c, Vector<T> d)
        where T : unmanaged, IFloatingPointIeee754<T>;
}
