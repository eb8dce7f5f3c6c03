using MathNet.Numerics.LinearAlgebra;
using Workspaces.Tensors;
using Workspaces.Ops;

namespace Workspaces.Interop.LinearAlgebra;

/// <summary>
/// Matrices and vectors of MathNet.Numerics from tensors and back. Both ways copy: MathNet stores columns one after the other, tensors rows, and its memory
/// is managed. Views of any strides are read in place, so a transposed view costs no more than its base.
/// </summary>
public static class MatrixBridge
{
    extension(Tensor x)
    {
        /// <summary>A copy as a matrix.</summary>
        /// <typeparam name="T">The type of the elements: float for float32, double for float64.</typeparam>
        /// <returns>A dense matrix.</returns>
        /// <exception cref="ShapeException">Not two axes, or no elements.</exception>
        /// <exception cref="ArgumentException">The elements have another type.</exception>
        /// <exception cref="Memory.StaleAccessException">The tensor is stale or a default value.</exception>
        public Matrix<T> ToMatrix<T>()
            where T : unmanaged, IEquatable<T>, IFormattable
        {
            Shape shape = x.Shape;
            if (shape.Rank != 2) LinearAlgebraThrow.WrongRank("copy a tensor to a matrix", shape, 2);
            if (shape.Length == 0) LinearAlgebraThrow.EmptyMatrix("copy a tensor to a matrix", shape);
            Tensor transposed = TensorFrames.View(x, x.Layout.Transpose(0, 1), nameof(ToMatrix)); // its rows are the columns
            return Matrix<T>.Build.Dense((int)shape[0], (int)shape[1], transposed.ToArray<T>());
        }

        /// <summary>A copy as a vector.</summary>
        /// <typeparam name="T">The type of the elements: float for float32, double for float64.</typeparam>
        /// <returns>A dense vector.</returns>
        /// <exception cref="ShapeException">Not one axis, or no elements.</exception>
        /// <exception cref="ArgumentException">The elements have another type.</exception>
        /// <exception cref="Memory.StaleAccessException">The tensor is stale or a default value.</exception>
        public Vector<T> ToVector<T>()
            where T : unmanaged, IEquatable<T>, IFormattable
        {
            Shape shape = x.Shape;
            if (shape.Rank != 1) LinearAlgebraThrow.WrongRank("copy a tensor to a vector", shape, 1);
            if (shape.Length == 0) LinearAlgebraThrow.EmptyMatrix("copy a tensor to a vector", shape);
            return Vector<T>.Build.Dense(x.ToArray<T>());
        }
    }

    extension<T>(Matrix<T> matrix)
        where T : unmanaged, IEquatable<T>, IFormattable
    {
        /// <summary>A copy as a tensor [rows, columns] of the ambient pass. Sparse and diagonal matrices are filled in.</summary>
        /// <returns>A new tensor: float32 from float, float64 from double.</returns>
        /// <exception cref="ArgumentException">Complex elements.</exception>
        public Tensor ToTensor()
        {
            ArgumentNullException.ThrowIfNull(matrix);
            return Tensor.From(matrix.ToRowMajorArray(), new Shape(matrix.RowCount, matrix.ColumnCount));
        }
    }

    extension<T>(Vector<T> vector)
        where T : unmanaged, IEquatable<T>, IFormattable
    {
        /// <summary>A copy as a tensor [elements] of the ambient pass. Sparse vectors are filled in.</summary>
        /// <returns>A new tensor: float32 from float, float64 from double.</returns>
        /// <exception cref="ArgumentException">Complex elements.</exception>
        public Tensor ToTensor()
        {
            ArgumentNullException.ThrowIfNull(vector);
            return Tensor.From(vector.ToArray());
        }
    }
}
