using Workspaces.Autograd;
using Workspaces.Interop.LinearAlgebra;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.Golden;
using Workspaces.Tests.Ops;
using Workspaces.Train;

namespace Workspaces.Tests.Interop;

/// <summary>Solvers, inverses and figures against PyTorch, their errors, and what they are in a pass.</summary>
public sealed class SolverTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public SolverTests() => _workspace = _manager.Lease(new());

    public static TheoryData<GoldenCase> Golden => [.. GoldenFile.Load("linalg").Cases];

    public void Dispose()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }

    [Theory]
    [MemberData(nameof(Golden))]
    public void Figures_are_those_of_PyTorch(GoldenCase golden)
    {
        ArgumentNullException.ThrowIfNull(golden);
        foreach (Placement placement in new[] { Placement.Contiguous, Placement.Transposed, Placement.EverySecond })
        {
            using Pass pass = _workspace.Enter();
            Tensor[] inputs = [.. golden.Inputs.Select(input => OpRun.MakeInput(new NdArray(input.Shape, input.Values), input.DType == "f32" ? DType.F32 : DType.F64, placement))];
            Tensor a = inputs[0], output = golden.Op switch
            {
                "svd" => a.Svd().S,
                "pinv" => a.PseudoInverse(),
                "rank" => a.MatrixRank(),
                "det" => a.Determinant(),
                "inv" => a.Inverse(),
                "cond" => a.ConditionNumber(),
                "solve" => a.Solve(inputs[1]),
                "lstsq" => a.LeastSquares(inputs[1]),
                "cholesky" => a.Cholesky(),
                _ => a.SymmetricEigen().Values,
            };
            Assert.Equal(golden.Output.Shape, OpRun.DimsOf(output));
            Close.To(golden.Output.Values, OpRun.Numbers(output), golden.Inputs[0].DType == "f32" ? 2e-4 : 1e-10, $"{golden.Name}, {placement}");
        }
    }

    [Fact]
    public void One_matrix_serves_many_right_sides_and_one_right_side_many_matrices()
    {
        using Pass pass = _workspace.Enter();
        Tensor a = Tensor.From<double>([2, 0, 0, 4], new Shape(2, 2)), many = Tensor.From<double>([1, 0, 0, 1, 2, 0, 0, 2], new Shape(2, 2, 2));
        Tensor b = Tensor.From<double>([2, 4]);
        Assert.Equal([1, 1, 1, 0.5], a.Solve(Tensor.From<double>([2, 4, 2, 2], new Shape(2, 2, 1))).ToArray<double>());
        Tensor x = many.Solve(b);
        Assert.Equal(new Shape(2, 2), x.Shape);
        Assert.Equal([2, 4, 1, 2], x.ToArray<double>());
    }

    [Fact]
    public void Least_squares_of_a_matrix_without_full_rank_is_the_shortest_solution()
    {
        using Pass pass = _workspace.Enter();
        Tensor a = Tensor.From<double>([1, 1, 1, 1], new Shape(2, 2));
        Close.To([1, 1], a.LeastSquares(Tensor.From<double>([2, 2])).ToArray<double>(), 1e-12, "shortest");
        Assert.Equal(double.PositiveInfinity, Tensor.Zeros([2, 2], DType.F64).ConditionNumber().Item<double>());
        Assert.Equal([0, 0, 0, 0], Tensor.Zeros([2, 2]).PseudoInverse().ToArray<float>());
    }

    [Fact]
    public void Empty_systems_have_empty_answers()
    {
        using Pass pass = _workspace.Enter();
        Tensor none = Tensor.Zeros([0, 0]);
        Assert.Equal(new Shape(0, 3), none.Solve(Tensor.Zeros([0, 3])).Shape);
        Assert.Equal(new Shape(2, 0), Tensor.Ones([2, 2]).LeastSquares(Tensor.Zeros([2, 0])).Shape);
        Assert.Equal([0, 0], Tensor.Zeros([0, 2]).LeastSquares(Tensor.Zeros([0])).ToArray<float>());
        Assert.Equal(1, none.Determinant().Item());
        Assert.Equal(0, Tensor.Zeros([0, 2]).ConditionNumber().Item());
        Assert.Equal(0, Tensor.Zeros([0, 2]).MatrixRank().Item<long>());
    }

    [Fact]
    public void Wrong_shapes_and_types_are_refused_in_four_parts()
    {
        using Pass pass = _workspace.Enter();
        Tensor wide = Tensor.Ones([2, 3]), square = Tensor.Ones([2, 2]), vector = Tensor.Ones([2]);
        AssertFourParts<ShapeException>(() => wide.Inverse(), "2 rows and 3 columns");
        AssertFourParts<ShapeException>(() => wide.Determinant(), "square");
        AssertFourParts<ShapeException>(() => wide.Cholesky(), "square");
        AssertFourParts<ShapeException>(() => wide.SymmetricEigen(), "square");
        AssertFourParts<ShapeException>(() => wide.Eigen(), "square");
        AssertFourParts<ShapeException>(() => wide.Solve(vector), "square");
        AssertFourParts<ShapeException>(() => vector.Svd(), "1 axes");
        AssertFourParts<ShapeException>(() => Tensor.Scalar(1).Qr(), "0 axes");
        AssertFourParts<ShapeException>(() => square.Solve(Tensor.Ones([3])), "[3]");
        AssertFourParts<ShapeException>(() => square.Solve(Tensor.Scalar(1)), "[2]");
        AssertFourParts<ShapeException>(() => Tensor.Ones([2, 2, 2]).LeastSquares(Tensor.Ones([3, 2, 1])), "[3, 2, 1]");
        AssertFourParts<ArgumentException>(() => square.To(DType.I32).Inverse(), "float32");
        AssertFourParts<ArgumentException>(() => square.Solve(vector.To(DType.F64)), "same type");
        AssertFourParts<ArgumentOutOfRangeException>(() => square.PseudoInverse(-1), "0 to 1");
        AssertFourParts<ArgumentOutOfRangeException>(() => square.MatrixRank(double.NaN), "0 to 1");
        Assert.Throws<StaleAccessException>(() => default(Tensor).Svd());
    }

    [Fact]
    public void Numbers_without_an_answer_are_refused_with_the_matrix_at_fault()
    {
        using Pass pass = _workspace.Enter();
        Tensor singular = Tensor.From<double>([1, 0, 0, 1, 1, 2, 2, 4], new Shape(2, 2, 2)), nearly = Tensor.From<double>([1, 2, 3, 4, 5, 6, 7, 8, 9], new Shape(3, 3));
        AssertFourParts<ArithmeticException>(() => singular.Inverse(), "matrix 1 is singular");
        AssertFourParts<ArithmeticException>(() => singular.Solve(Tensor.Ones([2], DType.F64)), "matrix 1 is singular");
        AssertFourParts<ArithmeticException>(() => nearly.Inverse(), "singular");
        AssertFourParts<ArithmeticException>(() => Tensor.Zeros([2, 2]).Inverse(), "singular");
        AssertFourParts<ArithmeticException>(() => Tensor.From<double>([1, 2, 2, 1], new Shape(2, 2)).Cholesky(), "matrix 0 is not positive definite");
        Tensor broken = Tensor.From<float>([1, 2, float.NaN, 4], new Shape(2, 2));
        AssertFourParts<ArithmeticException>(() => broken.Svd(), "NaN at [1, 0]");
        AssertFourParts<ArithmeticException>(() => broken.Determinant(), "NaN at [1, 0]");
        AssertFourParts<ArithmeticException>(() => Tensor.Ones([2, 2]).Solve(Tensor.From<float>([1, float.PositiveInfinity])), "at [1, 0]");
    }

    [Fact]
    public void A_gradient_that_would_be_lost_is_refused()
    {
        using Pass pass = _workspace.Enter();
        Tensor a = Tensor.From<float>([2, 0, 0, 2], new Shape(2, 2)).RequireGrad(), plain = a.Detach();
        AssertFourParts<InvalidOperationException>(() => a.Inverse(), "gradient");
        AssertFourParts<InvalidOperationException>(() => plain.Solve((a * 1).Select(0, 0)), "gradient");
        Assert.Equal(4, plain.Determinant().Item());
        using (Gradients.Off()) Assert.Equal(4, a.Determinant().Item());
    }

    [Fact]
    public void Results_live_in_the_pass_and_failures_leave_nothing_there()
    {
        using Pass pass = _workspace.Enter();
        Tensor a = Tensor.From<float>([1, 2, 2, 4], new Shape(2, 2));
        long before = _workspace.Memory.Allocated;
        for (int i = 0; i < 3; i++) Assert.Throws<ArithmeticException>(() => a.Transpose().Inverse());
        Assert.Equal(before, _workspace.Memory.Allocated);
        using (SvdResult svd = a.Svd()) Assert.True(_workspace.Memory.Allocated > before);
        Assert.Equal(before, _workspace.Memory.Allocated);
    }

    [Fact]
    public void They_can_be_traced_on_shapes_alone()
    {
        new ShapeTrace(_workspace).Run(default, [(DType.F32, new Shape(3, 4, 4))], static inputs => Program(inputs[0]));
        var traced = _workspace.LastTrace!.Entries.ToArray().Select(static entry => (entry.Bytes, entry.Tag, entry.Death)).ToArray();
        Tensor a = Tensor.From<float>([.. Enumerable.Range(0, 48).Select(static i => i % 5 == 0 ? 3f : i % 7)], new Shape(3, 4, 4));
        using (_workspace.Enter()) Program(a);
        Assert.Equal(_workspace.LastTrace!.Entries.ToArray().Select(static entry => (entry.Bytes, entry.Tag, entry.Death)), traced);
        a.Dispose();

        static void Program(Tensor a)
        {
            using SvdResult svd = a.Svd();
            using QrResult qr = a.Transpose().Qr();
            using Tensor x = a.LeastSquares(svd.U), rank = a.MatrixRank();
            using EigenResult eigen = a.Eigen();
        }
    }

    private static void AssertFourParts<TException>(Action action, string numbers)
        where TException : Exception
    {
        TException error = Assert.ThrowsAny<TException>(action);
        Assert.StartsWith("Cannot ", error.Message, StringComparison.Ordinal);
        Assert.Contains(numbers, error.Message, StringComparison.Ordinal);
        Assert.Contains("Remedy: ", error.Message, StringComparison.Ordinal);
    }
}
