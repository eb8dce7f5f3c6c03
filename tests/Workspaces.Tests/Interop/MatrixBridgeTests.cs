using FsCheck;
using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using Workspaces.Interop.LinearAlgebra;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Interop;

/// <summary>Matrices and vectors both ways: rows stay rows.</summary>
public sealed class MatrixBridgeTests : IDisposable
{
    private readonly Workspace _workspace = WorkspaceManager.Create(new());

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void Rows_stay_rows()
    {
        Tensor x = Tensor.From<float>([1, 2, 3, 4, 5, 6], new Shape(2, 3));
        Matrix<float> matrix = x.ToMatrix<float>();
        Assert.Equal((2, 3, 6f, 3f), (matrix.RowCount, matrix.ColumnCount, matrix[1, 2], matrix[0, 2]));
        Assert.Equal([1, 4, 2, 5, 3, 6], matrix.ToColumnMajorArray());
        Tensor back = matrix.ToTensor();
        Assert.Equal(new Shape(2, 3), back.Shape);
        Assert.Equal(x.ToArray<float>(), back.ToArray<float>());
    }

    [Fact]
    public void Any_view_goes_there_and_back() =>
        Prop.ForAll(Views(), view =>
        {
            using Pass pass = _workspace.Enter();
            (int rows, int columns, int kind) = view;
            Tensor whole = Tensor.From<double>([.. Enumerable.Range(0, 2 * rows * columns).Select(static i => (double)i)], new Shape(2 * rows, columns));
            Tensor x = kind switch
            {
                0 => whole.Slice(0, 0, rows),
                1 => whole.Slice(0, 1, rows, 2).Transpose(),
                2 => whole.Slice(0, rows, rows).Transpose().Transpose(),
                _ => whole.Slice(0, 0, 1).BroadcastTo([rows, columns]),
            };
            Matrix<double> matrix = x.ToMatrix<double>();
            for (int i = 0; i < matrix.RowCount; i++)
            {
                for (int j = 0; j < matrix.ColumnCount; j++) Assert.Equal(x.Select(0, i).Select(0, j).Item<double>(), matrix[i, j]);
            }

            Assert.Equal(x.ToArray<double>(), matrix.ToTensor().ToArray<double>());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    [Fact]
    public void Vectors_go_both_ways_and_strided_ones_too()
    {
        Tensor x = Tensor.From<double>([1, 2, 3, 4]);
        Assert.Equal([1, 3], x.Slice(0, 0, 2, 2).ToVector<double>().ToArray());
        Tensor back = Vector<float>.Build.Dense([5, 6]).ToTensor();
        Assert.Equal((DType.F32, new Shape(2)), (back.DType, back.Shape));
        Assert.Equal([0, 7, 0], Vector<double>.Build.SparseOfIndexed(3, [(1, 7.0)]).ToTensor().ToArray<double>());
    }

    [Fact]
    public void Sparse_and_diagonal_matrices_are_filled_in() =>
        Assert.Equal([2, 0, 0, 3, 0, 0], Matrix<double>.Build.DiagonalOfDiagonalArray(3, 2, [2, 3]).ToTensor().ToArray<double>());

    [Fact]
    public void Both_ways_copy()
    {
        Tensor x = Tensor.Ones([2, 2]);
        Matrix<float> matrix = x.ToMatrix<float>();
        matrix[0, 0] = 9;
        Assert.Equal(1, x.Select(0, 0).Select(0, 0).Item());
        Tensor y = matrix.ToTensor();
        matrix[0, 0] = 8;
        Assert.Equal(9, y.Select(0, 0).Select(0, 0).Item());
    }

    [Fact]
    public void Wrong_ranks_types_and_empty_tensors_are_refused()
    {
        Assert.Throws<ShapeException>(() => Tensor.Ones([2]).ToMatrix<float>());
        Assert.Throws<ShapeException>(() => Tensor.Ones([2, 2, 2]).ToMatrix<float>());
        Assert.Throws<ShapeException>(() => Tensor.Ones([2, 2]).ToVector<float>());
        Assert.Throws<ShapeException>(() => Tensor.Ones([0, 2]).ToMatrix<float>());
        Assert.Throws<ShapeException>(() => Tensor.Ones([0]).ToVector<float>());
        Assert.Throws<ArgumentException>(() => Tensor.Ones([2, 2]).ToMatrix<double>());
        Assert.Throws<ArgumentException>(() => Tensor.Ones([2], DType.F64).ToVector<float>());
        Assert.ThrowsAny<ArgumentException>(() => Matrix<System.Numerics.Complex>.Build.Dense(1, 1).ToTensor());
        Assert.Throws<ArgumentNullException>(() => ((Matrix<float>)null!).ToTensor());
        Assert.Throws<ArgumentNullException>(() => ((Vector<float>)null!).ToTensor());
        Assert.Throws<StaleAccessException>(() => default(Tensor).ToMatrix<float>());
    }

    private static Arbitrary<(int Rows, int Columns, int Kind)> Views() =>
        (from rows in Gen.Choose(1, 6) from columns in Gen.Choose(1, 6) from kind in Gen.Choose(0, 3) select (rows, columns, kind)).ToArbitrary();
}
