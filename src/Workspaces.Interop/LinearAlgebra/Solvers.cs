using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;
using Workspaces.Tensors;

namespace Workspaces.Interop.LinearAlgebra;

/// <summary>
/// Linear systems, inverses and figures of matrices [..., m, n] of float32 or float64 by MathNet.Numerics, a batch matrix after matrix. They compute in
/// double, on managed memory of MathNet; their results are tensors of the ambient pass. No gradient flows through them.
/// </summary>
public static class Solvers
{
    private const double Machine = 2.220446049250313e-16;

    extension(Tensor a)
    {
        /// <summary>x with A · x = b, by LU decomposition with pivots.</summary>
        /// <param name="b">[n] or [..., n, columns] of the same type; its leading axes are those of A, or it or A has none.</param>
        /// <returns>x, of the shape of b with the leading axes of the batch.</returns>
        /// <exception cref="ShapeException">Not square, or b does not fit.</exception>
        /// <exception cref="ArgumentException">Not the same float type.</exception>
        /// <exception cref="ArithmeticException">Singular, NaN or infinity.</exception>
        /// <exception cref="InvalidOperationException">A gradient would be lost.</exception>
        public Tensor Solve(Tensor b)
        {
            MatrixBatch.CheckSquare(nameof(Solve), a);
            return RunWithRight(nameof(Solve), a, b, static (op, batch, matrix, right, index) => Factor(op, batch, matrix, index).Solve(right));
        }

        /// <summary>The x of least |A · x - b|, and of least length among those, by singular value decomposition: for any A, of full rank or not.</summary>
        /// <param name="b">[m] or [..., m, columns] of the same type; its leading axes are those of A, or it or A has none.</param>
        /// <param name="tolerance">Singular values below this fraction of the largest count as 0; null for ε · max(m, n).</param>
        /// <returns>x, [n] or [..., n, columns].</returns>
        /// <exception cref="ShapeException">b does not fit.</exception>
        /// <exception cref="ArgumentException">Not the same float type, or the tolerance is out of range.</exception>
        /// <exception cref="ArithmeticException">NaN or infinity, or no convergence.</exception>
        /// <exception cref="InvalidOperationException">A gradient would be lost.</exception>
        public Tensor LeastSquares(Tensor b, double? tolerance = null)
        {
            MatrixBatch.Check(nameof(LeastSquares), a);
            double? given = Fraction(nameof(LeastSquares), tolerance);
            return RunWithRight(
                nameof(LeastSquares), a, b, (_, batch, matrix, right, index) => PseudoInverseOf(batch, matrix, index, given) * right);
        }

        /// <summary>A⁻¹. To solve a system, <see cref="Solve"/> is faster and more exact.</summary>
        /// <returns>The inverse, [..., n, n].</returns>
        /// <exception cref="ShapeException">Not square.</exception>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        /// <exception cref="ArithmeticException">Singular, NaN or infinity.</exception>
        /// <exception cref="InvalidOperationException">A gradient would be lost.</exception>
        public Tensor Inverse()
        {
            MatrixBatch.CheckSquare(nameof(Inverse), a);
            return RunToMatrix(nameof(Inverse), a, transposed: false, static (op, batch, matrix, index) => Factor(op, batch, matrix, index).Inverse());
        }

        /// <summary>The Moore–Penrose inverse A⁺.</summary>
        /// <param name="tolerance">Singular values below this fraction of the largest count as 0; null for ε · max(m, n).</param>
        /// <returns>A⁺, [..., n, m].</returns>
        /// <exception cref="ShapeException">Fewer than two axes.</exception>
        /// <exception cref="ArgumentException">Not a float type, or the tolerance is out of range.</exception>
        /// <exception cref="ArithmeticException">NaN or infinity, or no convergence.</exception>
        /// <exception cref="InvalidOperationException">A gradient would be lost.</exception>
        public Tensor PseudoInverse(double? tolerance = null)
        {
            MatrixBatch.Check(nameof(PseudoInverse), a);
            double? given = Fraction(nameof(PseudoInverse), tolerance);
            return RunToMatrix(nameof(PseudoInverse), a, transposed: true, (_, batch, matrix, index) => PseudoInverseOf(batch, matrix, index, given));
        }

        /// <summary>The determinant; 1 for a matrix of no rows.</summary>
        /// <returns>One number a matrix, [...].</returns>
        /// <exception cref="ShapeException">Not square.</exception>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        /// <exception cref="ArithmeticException">NaN or infinity.</exception>
        /// <exception cref="InvalidOperationException">A gradient would be lost.</exception>
        public Tensor Determinant()
        {
            MatrixBatch.CheckSquare(nameof(Determinant), a);
            return RunToNumber(nameof(Determinant), a, a.DType, ofEmpty: 1, static (_, matrix, _) => matrix.Determinant());
        }

        /// <summary>Number of singular values that are not 0.</summary>
        /// <param name="tolerance">Singular values below this fraction of the largest count as 0; null for ε · max(m, n).</param>
        /// <returns>One number a matrix, [...], int64.</returns>
        /// <exception cref="ShapeException">Fewer than two axes.</exception>
        /// <exception cref="ArgumentException">Not a float type, or the tolerance is out of range.</exception>
        /// <exception cref="ArithmeticException">NaN or infinity, or no convergence.</exception>
        /// <exception cref="InvalidOperationException">A gradient would be lost.</exception>
        public Tensor MatrixRank(double? tolerance = null)
        {
            MatrixBatch.Check(nameof(MatrixRank), a);
            double? given = Fraction(nameof(MatrixRank), tolerance);
            return RunToNumber(nameof(MatrixRank), a, DType.I64, ofEmpty: 0, (batch, matrix, index) =>
            {
                Vector<double> values = SingularValues(batch, matrix, index);
                double least = Least(batch, values, given);
                return values.AsEnumerable().Count(value => value > least);
            });
        }

        /// <summary>The largest singular value by the smallest: how many times an error in b may grow in x; infinite for a singular matrix.</summary>
        /// <returns>One number a matrix, [...]; 0 for one without elements.</returns>
        /// <exception cref="ShapeException">Fewer than two axes.</exception>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        /// <exception cref="ArithmeticException">NaN or infinity in the matrix, or no convergence.</exception>
        /// <exception cref="InvalidOperationException">A gradient would be lost.</exception>
        public Tensor ConditionNumber()
        {
            MatrixBatch.Check(nameof(ConditionNumber), a);
            return RunToNumber(nameof(ConditionNumber), a, a.DType, ofEmpty: 0, static (batch, matrix, index) =>
            {
                Vector<double> values = SingularValues(batch, matrix, index);
                return values[values.Count - 1] == 0 ? double.PositiveInfinity : values[0] / values[values.Count - 1];
            });
        }
    }

    private delegate Matrix<double> MatrixToMatrix(string op, MatrixBatch batch, Matrix<double> matrix, long index);

    private delegate Matrix<double> MatrixAndRight(string op, MatrixBatch batch, Matrix<double> matrix, Matrix<double> right, long index);

    private delegate double MatrixToNumber(MatrixBatch batch, Matrix<double> matrix, long index);

    private static Tensor RunToMatrix(string name, Tensor a, bool transposed, MatrixToMatrix run)
    {
        Tensor dense = MatrixBatch.Dense(a);
        using Tensor made = Decompositions.Made(dense, a);
        var batch = MatrixBatch.Of(name, dense);
        using var op = new OpScope(name, dense);
        Tensor result = op.Allocate(a.DType, transposed ? batch.Batch(batch.Columns, batch.Rows) : batch.Shape);
        for (long i = 0; op.Computes && !batch.IsEmpty && i < batch.Count; i++) MatrixBatch.Write(op, result, i, run(name, batch, batch.Read(op, i), i));
        op.Complete();
        return result;
    }

    private static Tensor RunToNumber(string name, Tensor a, DType dtype, double ofEmpty, MatrixToNumber run)
    {
        Tensor dense = MatrixBatch.Dense(a);
        using Tensor made = Decompositions.Made(dense, a);
        var batch = MatrixBatch.Of(name, dense);
        using var op = new OpScope(name, dense);
        Tensor result = op.Allocate(dtype, batch.Batch());
        for (long i = 0; op.Computes && i < batch.Count; i++) MatrixBatch.Set(op, result, i, batch.IsEmpty ? ofEmpty : run(batch, batch.Read(op, i), i));
        op.Complete();
        return result;
    }

    private static Tensor RunWithRight(string name, Tensor a, Tensor b, MatrixAndRight run)
    {
        MatrixBatch.CheckGradient(name, b);
        if (a.DType != b.DType) LinearAlgebraThrow.OtherType(name, a.DType, b.DType);
        Shape left = a.Shape, right = b.Shape;
        bool isVector = right.Rank == 1;
        if (right.Rank == 0 || right[isVector ? 0 : -2] != left[-2]) LinearAlgebraThrow.WrongRight(name, left, right);
        if (!isVector && left.Rank > 2 && right.Rank > 2 && !left.AsSpan()[..^2].SequenceEqual(right.AsSpan()[..^2])) LinearAlgebraThrow.WrongRight(name, left, right);
        Tensor dense = MatrixBatch.Dense(a), denseRight = MatrixBatch.Dense(b);
        using Tensor made = Decompositions.Made(dense, a), madeRight = Decompositions.Made(denseRight, b);
        Tensor columns = isVector ? TensorFrames.View(denseRight, Layout.Contiguous(new Shape(right[0], 1)), name) : denseRight;
        MatrixBatch matrices = MatrixBatch.Of(name, dense), rights = MatrixBatch.Of(name, columns);
        using var op = new OpScope(name, dense, columns);
        Shape wide = left.Rank > 2 ? matrices.Batch(left[-1], rights.Columns) : rights.Batch(left[-1], rights.Columns);
        Tensor result = op.Allocate(a.DType, isVector ? WithoutLast(wide) : wide, zeroed: true);
        Tensor target = isVector ? TensorFrames.View(result, Layout.Contiguous(wide), name) : result;
        long count = left.Rank > 2 ? matrices.Count : rights.Count;
        for (long i = 0; op.Computes && !matrices.IsEmpty && !rights.IsEmpty && i < count; i++)
        {
            long own = left.Rank > 2 ? i : 0, ownRight = right.Rank > 2 ? i : 0;
            MatrixBatch.Write(op, target, i, run(name, matrices, matrices.Read(op, own), rights.Read(op, ownRight), own));
        }

        op.Complete();
        return result;
    }

    private static Shape WithoutLast(in Shape shape) => new(shape.AsSpan()[..^1]);

    /// <summary>LU of one matrix; refuses a pivot that is nothing but rounding.</summary>
    private static LU<double> Factor(string op, in MatrixBatch batch, Matrix<double> matrix, long index)
    {
        LU<double> lu = matrix.LU();
        double least = double.PositiveInfinity, largest = 0;
        for (int i = 0; i < matrix.RowCount; i++)
        {
            double pivot = Math.Abs(lu.U[i, i]);
            least = Math.Min(least, pivot);
            largest = Math.Max(largest, pivot);
        }

        if (!(least > matrix.RowCount * Machine * largest)) LinearAlgebraThrow.Singular(op, batch.Shape, index, largest == 0 ? 0 : least / largest);
        return lu;
    }

    private static Matrix<double> PseudoInverseOf(in MatrixBatch batch, Matrix<double> matrix, long index, double? tolerance)
    {
        Svd<double> svd = batch.Iterate(index, matrix, static matrix => matrix.Svd());
        double least = Least(batch, svd.S, tolerance);
        Matrix<double> inverse = Matrix<double>.Build.Dense(matrix.ColumnCount, matrix.RowCount);
        for (int k = 0; k < svd.S.Count && svd.S[k] > least; k++) inverse += (svd.VT.Row(k) / svd.S[k]).OuterProduct(svd.U.Column(k));
        return inverse;
    }

    private static Vector<double> SingularValues(in MatrixBatch batch, Matrix<double> matrix, long index) =>
        batch.Iterate(index, matrix, static matrix => matrix.Svd(computeVectors: false)).S;

    private static double Least(in MatrixBatch batch, Vector<double> singularValues, double? tolerance) =>
        singularValues[0] * (tolerance ?? batch.Epsilon * Math.Max(batch.Rows, batch.Columns));

    private static double? Fraction(string op, double? tolerance)
    {
        if (tolerance is { } given && !(given is >= 0 and <= 1)) LinearAlgebraThrow.Tolerance(op, given);
        return tolerance;
    }
}
