using System.Numerics;
using MathNet.Numerics;
using MathNet.Numerics.LinearAlgebra;
using Workspaces.Autograd;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Interop.LinearAlgebra;

/// <summary>
/// The matrices of one operand, one after the other: the last two axes are a matrix, those before them count as one. All computation is in double; results
/// are rounded to the operand's type at the end.
/// </summary>
internal readonly struct MatrixBatch
{
    private readonly string _op;
    private readonly Tensor _dense;

    private MatrixBatch(string op, Tensor dense)
    {
        _op = op;
        _dense = dense;
        Shape = dense.Shape;
        long size = Shape[-2] * Shape[-1];
        if (size > Array.MaxLength) LinearAlgebraThrow.TooLarge(op, Shape);
        Rows = (int)Shape[-2];
        Columns = (int)Shape[-1];
        Count = Product(Shape.AsSpan()[..^2]);
    }

    internal Shape Shape { get; }

    internal int Rows { get; }

    internal int Columns { get; }

    /// <summary>The smaller of rows and columns.</summary>
    internal int Least => Math.Min(Rows, Columns);

    /// <summary>Matrices.</summary>
    internal long Count { get; }

    internal bool IsEmpty => Rows == 0 || Columns == 0;

    /// <summary>Distance from 1 to the next number of the operand's type.</summary>
    internal double Epsilon => _dense.DType == DType.F32 ? 1.1920928955078125e-7 : 2.220446049250313e-16;

    /// <summary>Checks an operand: float, at least two axes, no gradient to lose.</summary>
    internal static void Check(string op, Tensor a)
    {
        Shape shape = a.Shape;
        if (!a.DType.IsFloatingPoint) Workspaces.Tensors.Compute.Dispatch.RequireFloat(a, op);
        if (shape.Rank < 2) LinearAlgebraThrow.NoMatrix(op, shape);
        CheckGradient(op, a);
    }

    internal static void CheckSquare(string op, Tensor a)
    {
        Check(op, a);
        if (a.Shape[-1] != a.Shape[-2]) LinearAlgebraThrow.NotSquare(op, a.Shape);
    }

    internal static void CheckGradient(string op, Tensor a)
    {
        if (a.RequiresGrad && Gradients.AreRecorded) LinearAlgebraThrow.RequiresGradient(op, a.Shape);
    }

    /// <summary>The operand itself, or a copy where its elements do not lie row after row; whoever calls disposes a copy.</summary>
    internal static Tensor Dense(Tensor a) => a.Layout.IsContiguous ? a : Workspaces.Tensors.Compute.Arithmetic.Copy(a, "Contiguous");

    internal static MatrixBatch Of(string op, Tensor dense) => new(op, dense);

    /// <summary>The axes before the matrix, and others behind them.</summary>
    internal Shape Batch(params ReadOnlySpan<long> last)
    {
        ReadOnlySpan<long> all = Shape.AsSpan();
        Span<long> dims = stackalloc long[Shape.MaxRank];
        all[..^2].CopyTo(dims);
        last.CopyTo(dims[(all.Length - 2)..]);
        return new Shape(dims[..(all.Length - 2 + last.Length)]);
    }

    /// <summary>One matrix; refuses NaN and infinity, on which iterations do not end.</summary>
    internal Matrix<double> Read(in OpScope op, long index) =>
        _dense.DType == DType.F32 ? Read(op.ReadSpan<float>(_dense), index) : Read(op.ReadSpan<double>(_dense), index);

    /// <summary>One matrix with its lower triangle mirrored.</summary>
    internal Matrix<double> ReadSymmetric(in OpScope op, long index)
    {
        Matrix<double> matrix = Read(op, index);
        for (int i = 0; i < Rows; i++)
        {
            for (int j = i + 1; j < Columns; j++) matrix[i, j] = matrix[j, i];
        }

        return matrix;
    }

    /// <summary>Writes the upper left part of a matrix as matrix number <paramref name="index"/> of an output.</summary>
    internal static void Write(in OpScope op, Tensor output, long index, Matrix<double> matrix)
    {
        int rows = (int)output.Shape[-2], columns = (int)output.Shape[-1];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++) Set(op, output, (index * rows * columns) + ((long)i * columns) + j, matrix[i, j]);
        }
    }

    /// <summary>Sets one element of an output.</summary>
    internal static void Set(in OpScope op, Tensor output, long position, double value)
    {
        if (output.DType == DType.F32) op.WriteSpan<float>(output)[(int)position] = (float)value;
        else if (output.DType == DType.F64) op.WriteSpan<double>(output)[(int)position] = value;
        else op.WriteSpan<long>(output)[(int)position] = (long)value;
    }

    /// <summary>Makes every matrix of an output the identity.</summary>
    internal static void WriteIdentity(in OpScope op, Tensor output)
    {
        int size = (int)output.Shape[-1];
        long matrices = size == 0 ? 0 : output.Length / ((long)size * size);
        for (long index = 0; index < matrices; index++)
        {
            for (int i = 0; i < size; i++) Set(op, output, (index * size * size) + ((long)i * size) + i, 1);
        }
    }

    internal static long Product(ReadOnlySpan<long> dims)
    {
        long product = 1;
        foreach (long size in dims) product *= size;
        return product;
    }

    /// <summary>Runs an iteration that may not converge.</summary>
    internal TResult Iterate<TResult>(long index, Matrix<double> matrix, Func<Matrix<double>, TResult> run)
    {
        try
        {
            return run(matrix);
        }
        catch (NonConvergenceException error)
        {
            LinearAlgebraThrow.NotConverged(_op, Shape, index, error);
            throw;
        }
    }

    private Matrix<double> Read<T>(ReadOnlySpan<T> elements, long index)
        where T : unmanaged, INumberBase<T>
    {
        ReadOnlySpan<T> own = elements.Slice((int)(index * Rows * Columns), Rows * Columns);
        var columns = new double[own.Length];
        for (int i = 0; i < Rows; i++)
        {
            for (int j = 0; j < Columns; j++)
            {
                double value = double.CreateTruncating(own[(i * Columns) + j]);
                if (!double.IsFinite(value)) LinearAlgebraThrow.NotFinite(_op, Shape, index, i, j, value);
                columns[(j * Rows) + i] = value;
            }
        }

        return Matrix<double>.Build.Dense(Rows, Columns, columns);
    }
}
