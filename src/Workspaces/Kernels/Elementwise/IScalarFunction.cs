using System.Numerics;

namespace Workspaces.Kernels.Elementwise;

/// <summary>A function of one element without a vector form.</summary>
internal interface IScalarFunction
{
    /// <summary>The value.</summary>
    static abstract T Invoke<T>(T x)
        where T : IFloatingPointIeee754<T>;
}
