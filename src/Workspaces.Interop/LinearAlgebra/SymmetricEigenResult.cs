using Workspaces.Tensors;

namespace Workspaces.Interop.LinearAlgebra;

/// <summary>Eigenvalues and eigenvectors of a symmetric matrix, A = V · diag(w) · Vᵀ.</summary>
/// <param name="Values">Eigenvalues, the smallest first, [..., n].</param>
/// <param name="Vectors">Orthonormal eigenvectors as columns, [..., n, n].</param>
public readonly record struct SymmetricEigenResult(Tensor Values, Tensor Vectors) : IDisposable
{
    /// <summary>Releases the two tensors.</summary>
    public void Dispose()
    {
        Values.Dispose();
        Vectors.Dispose();
    }
}
