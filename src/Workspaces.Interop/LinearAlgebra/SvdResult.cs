using Workspaces.Tensors;

namespace Workspaces.Interop.LinearAlgebra;

/// <summary>A singular value decomposition, A = U · diag(S) · Vt.</summary>
/// <param name="U">Left singular vectors as columns, [..., m, k], or [..., m, m] when full.</param>
/// <param name="S">Singular values, the largest first, [..., k] with k the smaller of m and n.</param>
/// <param name="Vt">Right singular vectors as rows, [..., k, n], or [..., n, n] when full.</param>
public readonly record struct SvdResult(Tensor U, Tensor S, Tensor Vt) : IDisposable
{
    /// <summary>Releases the three tensors.</summary>
    public void Dispose()
    {
        U.Dispose();
        S.Dispose();
        Vt.Dispose();
    }
}
