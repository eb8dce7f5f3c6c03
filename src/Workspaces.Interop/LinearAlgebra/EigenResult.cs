using Workspaces.Tensors;

namespace Workspaces.Interop.LinearAlgebra;

/// <summary>Eigenvalues and eigenvectors of any square matrix. They are complex numbers: each comes as a tensor of real and one of imaginary parts.</summary>
/// <param name="RealValues">Real parts of the eigenvalues, [..., n], in no particular order; conjugate pairs are neighbours.</param>
/// <param name="ImaginaryValues">Their imaginary parts, [..., n]; of a pair, the positive one first.</param>
/// <param name="RealVectors">Real parts of the eigenvectors, which are columns of length 1, [..., n, n].</param>
/// <param name="ImaginaryVectors">Their imaginary parts, [..., n, n].</param>
public readonly record struct EigenResult(Tensor RealValues, Tensor ImaginaryValues, Tensor RealVectors, Tensor ImaginaryVectors) : IDisposable
{
    /// <summary>Releases the four tensors.</summary>
    public void Dispose()
    {
        RealValues.Dispose();
        ImaginaryValues.Dispose();
        RealVectors.Dispose();
        ImaginaryVectors.Dispose();
    }
}
