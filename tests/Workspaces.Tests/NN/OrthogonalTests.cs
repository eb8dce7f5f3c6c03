using MathNet.Numerics.LinearAlgebra;
using Workspaces.Interop.LinearAlgebra;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.NN.Init;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.NN;

/// <summary>Orthogonal weights.</summary>
public sealed class OrthogonalTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public OrthogonalTests() => _workspace = _manager.Lease(new());

    public static TheoryData<long[], double> Shapes => new()
    {
        { [5, 5], 1 }, { [8, 3], 1 }, { [3, 8], 2.5 }, { [1, 1], 1 }, { [1, 7], 1 }, { [7, 1], 0.5 }, { [4, 2, 3, 3], 1 }, { [64, 64], 1 },
    };

    public void Dispose()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_fewer_of_rows_and_columns_are_orthogonal_and_of_length_gain(long[] dims, double gain)
    {
        using Pass pass = _workspace.Enter();
        Tensor weight = Tensor.Empty(new Shape(dims), DType.F64);
        new Orthogonal(gain).Initialize(weight, 3);
        Matrix<double> w = weight.Reshape(dims[0], weight.Length / dims[0]).ToMatrix<double>();
        Matrix<double> products = w.RowCount <= w.ColumnCount ? w * w.Transpose() : w.Transpose() * w;
        Matrix<double> expected = Matrix<double>.Build.DiagonalIdentity(products.RowCount) * gain * gain;
        Assert.True((products - expected).L2Norm() < 1e-12 * Math.Max(1, gain * gain) * products.RowCount, products.ToString());
    }

    [Fact]
    public void A_seed_gives_the_same_weights_in_both_types_and_another_seed_others()
    {
        using Pass pass = _workspace.Enter();
        Tensor a = Tensor.Empty([6, 4], DType.F64), b = Tensor.Empty([6, 4]), c = Tensor.Empty([6, 4]);
        new Orthogonal().Initialize(a, 3);
        new Orthogonal().Initialize(b, 3);
        new Orthogonal().Initialize(c, 4);
        Assert.Equal(a.ToArray<double>().Select(static value => (float)value), b.ToArray<float>());
        Assert.NotEqual(b.ToArray<float>(), c.ToArray<float>());
    }

    [Fact]
    public void A_layer_takes_it_and_draws_anew()
    {
        using var layer = new Linear(16, 8, weightInitializer: new Orthogonal(2), seed: 1, manager: _manager);
        float[] first = layer.Weight.Value.ToArray<float>();
        Assert.Equal(4, first[..16].Sum(static value => value * value), 1e-5f);
        layer.Initialize(9);
        Assert.NotEqual(first, layer.Weight.Value.ToArray<float>());
    }

    [Fact]
    public void Signs_are_not_biased()
    {
        using Pass pass = _workspace.Enter();
        int positive = 0;
        Tensor weight = Tensor.Empty([2, 2], DType.F64);
        for (ulong seed = 0; seed < 400; seed++)
        {
            new Orthogonal().Initialize(weight, seed);
            if (weight.ToArray<double>()[0] > 0) positive++;
        }

        Assert.InRange(positive, 140, 260); // six standard deviations
    }

    [Fact]
    public void What_is_no_weight_and_a_negative_gain_are_refused()
    {
        using Pass pass = _workspace.Enter();
        Assert.Throws<ArgumentException>(() => new Orthogonal().Initialize(Tensor.Empty([4]), 1));
        Assert.Throws<ArgumentException>(() => new Orthogonal().Initialize(Tensor.Empty([0, 4]), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Orthogonal(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Orthogonal(double.NaN));
        using WorkspaceManager shapes = WorkspaceManager.ForShapes();
        using var layer = new Linear(1000, 1000, weightInitializer: new Orthogonal(), manager: shapes);
        Assert.Equal(0, shapes.Memory.Committed);
    }
}
