using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Ops;

/// <summary>Numbers at the edge of what a type holds, and statistics and batches that lie oddly.</summary>
public sealed class OddNumberTests : IDisposable
{
    private readonly Workspace _workspace = WorkspaceManager.Create(new());

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void The_gradient_of_mish_stays_finite_for_large_numbers()
    {
        Tensor x = Tensor.From<float>([-3e38f, -100, -20, 0, 20, 21, 100, 3e38f]).RequireGrad();
        Tensor y = x.Mish();
        Assert.All(y.ToArray<float>()[..2], static value => Assert.Equal(0f, value, 1e-30f));
        Assert.Equal([21, 100, 3e38f], y.ToArray<float>()[5..]);
        y.Backward(Tensor.Full([8], 4));
        float[] slopes = Assert.NotNull(x.Grad).ToArray<float>();
        Assert.All(slopes[..2], static slope => Assert.Equal(0f, slope, 1e-30f));
        Assert.Equal([4f, 4f, 4f], slopes[5..]);
        Assert.Equal(2.4f, slopes[3], 1e-5f);
        Assert.True(float.IsNaN(Tensor.From<float>([float.NaN]).Mish().Item()));
    }

    [Theory]
    [InlineData(DType.I32)]
    [InlineData(DType.I64)]
    [InlineData(DType.U8)]
    public void A_whole_rest_of_0_is_refused_with_the_shapes_and_the_remedy(DType dtype)
    {
        Tensor x = Tensor.Full([2, 3], 7, dtype), zeros = Tensor.Zeros([3], dtype);
        long before = _workspace.Memory.Allocated;
        foreach (Func<Tensor> run in (Func<Tensor>[])[() => x.Fmod(zeros), () => x.Remainder(zeros), () => x.Fmod(0), () => x.Remainder(0)])
        {
            var error = Assert.Throws<DivideByZeroException>(() => run());
            Assert.Matches(@"Cannot take the (Fmod|Remainder) of \[2, 3\] by .*asked by (Fmod|Remainder): .*Remedy: ", error.Message);
            Assert.Equal(before, _workspace.Memory.Allocated);
        }

        Assert.True(double.IsNaN(Tensor.Ones([1], DType.F64).Remainder(0).Item<double>()));
    }

    [Fact]
    public void The_least_whole_number_has_the_rest_0_by_minus_1()
    {
        Tensor least = Tensor.From<long>([long.MinValue, 5]), ones = Tensor.From<long>([-1, -1]);
        Assert.Equal([0L, 0L], least.Fmod(ones).ToArray<long>());
        Assert.Equal([0L, 0L], least.Remainder(-1).ToArray<long>());
        Assert.Equal([0], Tensor.From<int>([int.MinValue]).Remainder(-1).ToArray<int>());
        Assert.Equal([2.5], Tensor.From<double>([2.5 + 5]).Fmod(5).ToArray<double>());
        Assert.Equal([0.5], Tensor.From<double>([2.5]).Fmod(-1).ToArray<double>());
    }

    [Fact]
    public void Statistics_that_are_only_read_may_lie_apart_and_those_that_are_written_may_not()
    {
        Tensor x = Tensor.Arange(0, 12).Reshape(2, 3, 2), wide = Tensor.From<float>([1, 9, 2, 9, 3, 9]), apart = wide.Reshape(3, 2).Select(1, 0);
        Tensor dense = apart.Copy();
        Assert.Equal(x.BatchNormBy(dense, dense).ToArray<float>(), x.BatchNormBy(apart, apart).ToArray<float>());
        var error = Assert.ThrowsAny<Exception>(() => x.BatchNorm(runningMean: apart, runningVariance: apart));
        Assert.Contains("BatchNorm", error.Message, StringComparison.Ordinal);
        Assert.Contains("BatchNormBy", Assert.ThrowsAny<ArgumentException>(() => x.BatchNormBy(Tensor.Ones([2]), Tensor.Ones([2]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_transposed_convolution_takes_an_empty_batch_as_a_convolution_does()
    {
        Tensor x = Tensor.Zeros([0, 2, 4, 4]).RequireGrad(), weight = Tensor.Ones([2, 3, 2, 2]).RequireGrad(), bias = Tensor.Ones([3]).RequireGrad();
        Tensor y = x.ConvTranspose2d(weight, bias, stride: 2);
        Assert.Equal(new Shape(0, 3, 8, 8), y.Shape);
        y.Sum().Backward();
        Assert.All(Assert.NotNull(weight.Grad).ToArray<float>(), static value => Assert.Equal(0, value));
        Assert.Equal(new Shape(0, 3, 5), Tensor.Zeros([0, 2, 4]).ConvTranspose1d(Tensor.Ones([2, 3, 2])).Shape);
    }
}
