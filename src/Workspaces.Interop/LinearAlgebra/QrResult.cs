using Workspaces.Tensors;

namespace Workspaces.Interop.LinearAlgebra;

/// <summary>A QR decomposition, A = Q · R.</summary>
/// <param name="Q">Orthonormal columns, [..., m, k] with k the smaller of m and n, or [..., m, m] when full.</param>
/// <param name="R">Upper triangular, [..., k, n], or [..., m, n] when full. The signs of its diagonal are as they come.</param>
public readonly record struct QrResult(Tensor Q, Tensor R) : IDisposable
{
    /// <summary>Releases the two tensors.</summary>
    public void Dispose()
    {
        Q.Dispose();
        R.Dispose();
    }
}
