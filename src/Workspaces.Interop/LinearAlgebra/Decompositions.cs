using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;
using Workspaces.Tensors;

namespace Workspaces.Interop.LinearAlgebra;

/// <summary>
/// Decompositions of matrices [..., m, n] of float32 or float64 by MathNet.Numerics, a batch matrix after matrix. They compute in double, on managed memory
/// of MathNet; their results are tensors of the ambient pass. No gradient flows through them.
/// </summary>
public static class Decompositions
{
    extension(Tensor a)
    {
        /// <summary>Singular value decomposition.</summary>
        /// <param name="fullMatrices">True for square matrices of singular vectors.</param>
        /// <returns>The factors.</returns>
        /// <exception cref="ShapeException">Fewer than two axes.</exception>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        /// <exception cref="ArithmeticException">NaN or infinity, or no convergence.</exception>
        /// <exception cref="InvalidOperationException">A gradient would be lost.</exception>
        public SvdResult Svd(bool fullMatrices = false)
        {
            MatrixBatch.Check(nameof(Svd), a);
            Tensor dense = MatrixBatch.Dense(a);
            using Tensor made = Made(dense, a);
            var batch = MatrixBatch.Of(nameof(Svd), dense);
            using var op = new OpScope(nameof(Svd), dense);
            int m = batch.Rows, n = batch.Columns, k = batch.Least;
            Tensor u = op.Allocate(a.DType, batch.Batch(m, fullMatrices ? m : k), zeroed: true);
            Tensor s = op.Allocate(a.DType, batch.Batch(k));
            Tensor vt = op.Allocate(a.DType, batch.Batch(fullMatrices ? n : k, n), zeroed: true);
            if (op.Computes && batch.IsEmpty && fullMatrices)
            {
                MatrixBatch.WriteIdentity(op, u);
                MatrixBatch.WriteIdentity(op, vt);
            }

            for (long i = 0; op.Computes && !batch.IsEmpty && i < batch.Count; i++)
            {
                Svd<double> svd = batch.Iterate(i, batch.Read(op, i), static matrix => matrix.Svd());
                MatrixBatch.Write(op, u, i, svd.U);
                for (int j = 0; j < k; j++) MatrixBatch.Set(op, s, (i * k) + j, svd.S[j]);
                MatrixBatch.Write(op, vt, i, svd.VT);
            }

            op.Complete();
            return new SvdResult(u, s, vt);
        }

        /// <summary>QR decomposition.</summary>
        /// <param name="full">True for a square Q.</param>
        /// <returns>The factors.</returns>
        /// <exception cref="ShapeException">Fewer than two axes.</exception>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        /// <exception cref="ArithmeticException">NaN or infinity.</exception>
        /// <exception cref="InvalidOperationException">A gradient would be lost.</exception>
        public QrResult Qr(bool full = false)
        {
            MatrixBatch.Check(nameof(Qr), a);
            Tensor dense = MatrixBatch.Dense(a);
            using Tensor made = Made(dense, a);
            var batch = MatrixBatch.Of(nameof(Qr), dense);
            using var op = new OpScope(nameof(Qr), dense);
            int m = batch.Rows, n = batch.Columns, k = full ? m : batch.Least;
            Tensor q = op.Allocate(a.DType, batch.Batch(m, k), zeroed: true);
            Tensor r = op.Allocate(a.DType, batch.Batch(k, n), zeroed: true);
            if (op.Computes && batch.IsEmpty && full) MatrixBatch.WriteIdentity(op, q);
            for (long i = 0; op.Computes && !batch.IsEmpty && i < batch.Count; i++)
            {
                (Matrix<double> left, Matrix<double> right) = Factor(batch.Read(op, i), full);
                MatrixBatch.Write(op, q, i, left);
                MatrixBatch.Write(op, r, i, right);
            }

            op.Complete();
            return new QrResult(q, r);
        }

        /// <summary>The lower triangular L with A = L · Lᵀ of a symmetric positive definite matrix. Only the lower triangle of A is read.</summary>
        /// <returns>L, [..., n, n]; zero above the diagonal.</returns>
        /// <exception cref="ShapeException">Not square.</exception>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        /// <exception cref="ArithmeticException">Not positive definite, NaN or infinity.</exception>
        /// <exception cref="InvalidOperationException">A gradient would be lost.</exception>
        public Tensor Cholesky()
        {
            MatrixBatch.CheckSquare(nameof(Cholesky), a);
            Tensor dense = MatrixBatch.Dense(a);
            using Tensor made = Made(dense, a);
            var batch = MatrixBatch.Of(nameof(Cholesky), dense);
            using var op = new OpScope(nameof(Cholesky), dense);
            Tensor lower = op.Allocate(a.DType, batch.Shape);
            for (long i = 0; op.Computes && !batch.IsEmpty && i < batch.Count; i++) MatrixBatch.Write(op, lower, i, Lower(batch, batch.ReadSymmetric(op, i), i));
            op.Complete();
            return lower;
        }

        /// <summary>Eigenvalues and eigenvectors of a symmetric matrix. Only the lower triangle is read.</summary>
        /// <returns>Values and vectors.</returns>
        /// <exception cref="ShapeException">Not square.</exception>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        /// <exception cref="ArithmeticException">NaN or infinity, or no convergence.</exception>
        /// <exception cref="InvalidOperationException">A gradient would be lost.</exception>
        public SymmetricEigenResult SymmetricEigen()
        {
            MatrixBatch.CheckSquare(nameof(SymmetricEigen), a);
            Tensor dense = MatrixBatch.Dense(a);
            using Tensor made = Made(dense, a);
            var batch = MatrixBatch.Of(nameof(SymmetricEigen), dense);
            using var op = new OpScope(nameof(SymmetricEigen), dense);
            Tensor values = op.Allocate(a.DType, batch.Batch(batch.Rows)), vectors = op.Allocate(a.DType, batch.Shape);
            for (long i = 0; op.Computes && !batch.IsEmpty && i < batch.Count; i++)
            {
                Evd<double> evd = batch.Iterate(i, batch.ReadSymmetric(op, i), static matrix => matrix.Evd(Symmetricity.Symmetric));
                int[] order = Ascending(evd);
                for (int j = 0; j < order.Length; j++) MatrixBatch.Set(op, values, (i * order.Length) + j, evd.EigenValues[order[j]].Real);
                MatrixBatch.Write(op, vectors, i, Matrix<double>.Build.DenseOfColumnVectors(order.Select(evd.EigenVectors.Column)));
            }

            op.Complete();
            return new SymmetricEigenResult(values, vectors);
        }

        /// <summary>Eigenvalues and eigenvectors of any square matrix, which are complex numbers.</summary>
        /// <returns>Values and vectors, each as real and imaginary parts.</returns>
        /// <exception cref="ShapeException">Not square.</exception>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        /// <exception cref="ArithmeticException">NaN or infinity, or no convergence.</exception>
        /// <exception cref="InvalidOperationException">A gradient would be lost.</exception>
        public EigenResult Eigen()
        {
            MatrixBatch.CheckSquare(nameof(Eigen), a);
            Tensor dense = MatrixBatch.Dense(a);
            using Tensor made = Made(dense, a);
            var batch = MatrixBatch.Of(nameof(Eigen), dense);
            using var op = new OpScope(nameof(Eigen), dense);
            Tensor real = op.Allocate(a.DType, batch.Batch(batch.Rows)), imaginary = op.Allocate(a.DType, batch.Batch(batch.Rows));
            Tensor realVectors = op.Allocate(a.DType, batch.Shape), imaginaryVectors = op.Allocate(a.DType, batch.Shape, zeroed: true);
            for (long i = 0; op.Computes && !batch.IsEmpty && i < batch.Count; i++)
            {
                Evd<double> evd = batch.Iterate(i, batch.Read(op, i), static matrix => matrix.Evd(Symmetricity.Asymmetric));
                for (int j = 0; j < batch.Rows; j++)
                {
                    MatrixBatch.Set(op, real, (i * batch.Rows) + j, evd.EigenValues[j].Real);
                    MatrixBatch.Set(op, imaginary, (i * batch.Rows) + j, evd.EigenValues[j].Imaginary);
                }

                (Matrix<double> realPart, Matrix<double> imaginaryPart) = Complex(evd);
                MatrixBatch.Write(op, realVectors, i, realPart);
                MatrixBatch.Write(op, imaginaryVectors, i, imaginaryPart);
            }

            op.Complete();
            return new EigenResult(real, imaginary, realVectors, imaginaryVectors);
        }
    }

    /// <summary>What has to be released of a dense operand: a copy, or nothing.</summary>
    internal static Tensor Made(Tensor dense, Tensor a) => Workspaces.Tensors.Compute.Arithmetic.Made(dense, a);

    /// <summary>L of one symmetric matrix.</summary>
    internal static Matrix<double> Lower(in MatrixBatch batch, Matrix<double> matrix, long index)
    {
        try
        {
            return matrix.Cholesky().Factor;
        }
        catch (ArgumentException)
        {
            LinearAlgebraThrow.NotPositiveDefinite(nameof(Cholesky), batch.Shape, index);
            throw;
        }
    }

    /// <summary>A wide matrix is factored by its first columns; the others are turned by the same Q.</summary>
    private static (Matrix<double> Q, Matrix<double> R) Factor(Matrix<double> matrix, bool full)
    {
        bool isWide = matrix.ColumnCount > matrix.RowCount;
        Matrix<double> first = isWide ? matrix.SubMatrix(0, matrix.RowCount, 0, matrix.RowCount) : matrix;
        QR<double> qr = first.QR(full ? QRMethod.Full : QRMethod.Thin);
        if (!isWide) return (qr.Q, qr.R.UpperTriangle());
        Matrix<double> rest = matrix.SubMatrix(0, matrix.RowCount, matrix.RowCount, matrix.ColumnCount - matrix.RowCount);
        return (qr.Q, qr.R.UpperTriangle().Append(qr.Q.TransposeThisAndMultiply(rest)));
    }

    private static int[] Ascending(Evd<double> evd)
    {
        int[] order = [.. Enumerable.Range(0, evd.EigenValues.Count)];
        Array.Sort(order, (left, right) => evd.EigenValues[left].Real.CompareTo(evd.EigenValues[right].Real));
        return order;
    }

    /// <summary>
    /// Real and imaginary parts of the eigenvectors, of length 1. The factorisation gives a conjugate pair λ ± iμ two real columns p, q with A p = λp - μq
    /// and A q = μp + λq, so p + iq belongs to λ + iμ.
    /// </summary>
    private static (Matrix<double> Real, Matrix<double> Imaginary) Complex(Evd<double> evd)
    {
        Matrix<double> real = evd.EigenVectors.Clone(), imaginary = Matrix<double>.Build.Dense(real.RowCount, real.ColumnCount);
        for (int j = 0; j < real.ColumnCount; j++)
        {
            if (evd.EigenValues[j].Imaginary > 0)
            {
                Vector<double> p = real.Column(j), q = real.Column(j + 1);
                real.SetColumn(j + 1, p);
                imaginary.SetColumn(j, q);
                imaginary.SetColumn(j + 1, -q);
            }

            double length = Math.Sqrt(real.Column(j).DotProduct(real.Column(j)) + imaginary.Column(j).DotProduct(imaginary.Column(j)));
            real.SetColumn(j, real.Column(j) / length);
            imaginary.SetColumn(j, imaginary.Column(j) / length);
        }

        return (real, imaginary);
    }
}
