using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Ops;

/// <summary>Dropout's chance, integers, empty tensors, and operands that do not fit.</summary>
public sealed class OpEdgeTests : IDisposable
{
    private readonly Workspace _workspace = WorkspaceManager.Create(new());

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void Dropout_drops_its_share_scales_the_rest_and_masks_the_gradient_alike()
    {
        Tensor x = Tensor.Ones([100, 100]).RequireGrad();
        Tensor y = x.Dropout(0.25, seed: 3, stream: 7);
        float[] values = y.ToArray<float>();
        Assert.All(values, value => Assert.True(value == 0 || Math.Abs(value - (4f / 3)) < 1e-6));
        Assert.InRange(values.Count(value => value == 0), 2250, 2750);
        y.Sum().Backward();
        Assert.Equal(values, x.Grad!.Value.ToArray<float>());
        Assert.Equal(values, x.Dropout(0.25, 3, 7).ToArray<float>());
        Assert.NotEqual(values, x.Dropout(0.25, 3, 8).ToArray<float>());
        Assert.NotEqual(values, x.Dropout(0.25, 4, 7).ToArray<float>());
        Assert.Throws<ArgumentOutOfRangeException>(() => x.Dropout(double.NaN, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => x.Dropout(1.1, 1, 1));
    }

    [Fact]
    public void Batches_of_empty_inner_sizes_multiply_to_zeros()
    {
        Tensor a = Tensor.Zeros([3, 2, 0]).RequireGrad(), b = Tensor.Zeros([3, 0, 4]).RequireGrad(), y = a.MatMul(b);
        Assert.Equal(new Shape(3, 2, 4), y.Shape);
        Assert.All(y.ToArray<float>(), value => Assert.Equal(0, value));
        y.Sum().Backward();
        Assert.Equal(a.Shape, a.Grad!.Value.Shape);
        Assert.Equal(b.Shape, b.Grad!.Value.Shape);
    }

    [Fact]
    public void A_dilated_window_over_padding_alone_has_no_maximum_and_no_gradient()
    {
        foreach (DType dtype in (DType[])[DType.F32, DType.F64])
        {
            Tensor x = OpRun.Make(new NdArray([1, 2, 1], [3, 5]), dtype).RequireGrad();
            Tensor y = x.MaxPool1d(2, 3, 1, 2);
            Assert.All(OpRun.Numbers(y), value => Assert.Equal(double.NegativeInfinity, value));
            y.Backward(Tensor.Ones([1, 2, 1], dtype));
            Assert.Equal([0.0, 0], OpRun.Numbers(x.Grad!.Value));
        }
    }

    [Fact]
    public void Windows_of_extreme_sizes_are_computed_or_refused()
    {
        Tensor x = Tensor.Ones([1, 1, 4]), w = Tensor.Ones([1, 1, 3]);
        Assert.Equal([2f], x.Conv1d(w, stride: int.MaxValue, padding: 1).ToArray<float>());
        Assert.Equal([1f], x.MaxPool1d(3, int.MaxValue, 1).ToArray<float>());
        var padding = Assert.Throws<ArgumentOutOfRangeException>(() => x.Conv1d(w, stride: int.MaxValue, padding: int.MaxValue));
        Assert.Contains("Conv1d: kernels count", padding.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => x.Conv1d(w, dilation: int.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => x.ConvTranspose1d(w, padding: 1 << 30, dilation: 1 << 30));
    }

    [Fact]
    public void The_gradient_of_a_product_shows_a_NaN_beside_a_zero()
    {
        Tensor x = Tensor.From<double>([2, double.NaN, 0]).RequireGrad();
        x.Prod().Backward();
        Assert.All(OpRun.Numbers(x.Grad!.Value), value => Assert.Equal(double.NaN, value));
    }

    [Fact]
    public void Integers_are_computed_as_integers_and_divided_as_floats()
    {
        Tensor a = Tensor.From<int>([5, -3]), b = Tensor.From<long>([2, 2]);
        Assert.Equal([7L, -1], (a + b).ToArray<long>());
        Assert.Equal([10L, -6], (a * b).ToArray<long>());
        Assert.Equal([2.5f, -1.5f], (a / b).ToArray<float>());
        Assert.Equal([5, 3], a.Abs().ToArray<int>());
        Assert.Equal(2L, a.Sum().Item<long>());
        Assert.Equal(1f, a.Mean().Item());
        Assert.Equal(5, a.Max().Item<int>());
        Assert.Equal(2L, Tensor.From<bool>([true, false, true]).Sum().Item<long>());
        Assert.Throws<ArgumentException>(() => a.Exp());
        Assert.Throws<ArgumentException>(() => Tensor.Ones([2], DType.Bool) + Tensor.Ones([2], DType.Bool));
    }

    [Fact]
    public void Hidden_conversions_give_their_bytes_back()
    {
        Tensor a = Tensor.Full([100], 3, DType.I32), b = Tensor.Full([100], 2, DType.U8);
        long before = _workspace.Memory.Allocated;
        (a / b).Dispose();
        (a / 2).Dispose();
        (a + b).Dispose();
        a.Mean().Dispose();
        a.Less(b).Dispose();
        Assert.Equal(before, _workspace.Memory.Allocated);
    }

    [Fact]
    public void Empty_tensors_pass_through()
    {
        Tensor x = Tensor.Zeros([0, 3]).RequireGrad();
        Assert.Equal(0, x.Sum().Item());
        Assert.True(float.IsNaN(x.Mean().Item()));
        Assert.Equal(new Shape(0, 3), (x + Tensor.Ones([3])).Shape);
        Assert.Equal(new Shape(0, 5), x.Linear(Tensor.Ones([5, 3]), Tensor.Ones([5])).Shape);
        Assert.Equal(new Shape(2, 0, 5), Tensor.Zeros([2, 0, 3]).Linear(Tensor.Ones([5, 3])).Shape);
        Assert.Equal([0f, 0, 0, 0], Tensor.Zeros([2, 0]).MatMul(Tensor.Zeros([0, 2])).ToArray<float>());
        Assert.Equal(new Shape(0, 3), x.Softmax(0).Shape);
        Assert.Equal(new Shape(0, 3), x.Softmax().Shape);
        Assert.Throws<ArgumentException>(() => x.Max());
        x.Linear(Tensor.Ones([5, 3])).Sum().Backward();
        Assert.Equal(new Shape(0, 3), x.Grad!.Value.Shape);
    }

    [Fact]
    public void Operands_that_do_not_fit_are_refused_and_leave_nothing()
    {
        Tensor a = Tensor.Ones([2, 3]), wrong = Tensor.Ones([2, 4]), other = Tensor.Ones([3, 3], DType.F64), turned = Tensor.Ones([3, 6]).Slice(1, 0, 3, 2);
        Tensor labels = Tensor.From<long>([0, 9]);
        long before = _workspace.Memory.Allocated;
        Assert.Throws<ShapeException>(() => a + wrong);
        Assert.Throws<ShapeException>(() => a.MatMul(wrong));
        Assert.Throws<ArgumentException>(() => turned.MatMul(other));
        Assert.Throws<ArgumentException>(() => turned.Linear(other));
        Assert.Throws<ShapeException>(() => a.Linear(wrong));
        Assert.Throws<ShapeException>(() => a.AddInPlace(Tensor.Ones([2, 2, 3])));
        Assert.Throws<ShapeException>(() => a.Sum([2]));
        Assert.Throws<ShapeException>(() => a.Sum([0, -2]));
        Assert.Throws<ShapeException>(() => a.Softmax(2));
        Assert.Throws<ShapeException>(() => a.Reshape(4, 2));
        Assert.Throws<ShapeException>(() => a.Squeeze(0));
        Assert.Throws<ArgumentException>(() => a.Where(a, a));
        Assert.Throws<ShapeException>(() => a.CrossEntropy(Tensor.Zeros([3], DType.I64)));
        var error = Assert.Throws<ArgumentException>(() => a.CrossEntropy(labels));
        Assert.Contains("label 9", error.Message, StringComparison.Ordinal);
        Assert.Equal(before + (2 * 64), _workspace.Memory.Allocated); // the two operands made on the way
    }
}
