using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Ops;

/// <summary>Wrong use of convolution, pooling and norms is answered with the op, the numbers and the remedy; values where definitions differ.</summary>
public sealed class ConvolutionErrorTests : IDisposable
{
    private readonly Workspace _workspace = WorkspaceManager.Create(new());

    public static TheoryData<string, Action, string> Mistakes => new()
    {
        { "Conv2d", () => Zeros(2, 3, 8).Conv2d(Zeros(4, 3, 3, 3)), "Unsqueeze" },
        { "Conv2d", () => Zeros(2, 3, 8, 8).Conv2d(Zeros(4, 2, 3, 3)), "3 channels" },
        { "Conv2d", () => Zeros(2, 4, 8, 8).Conv2d(Zeros(3, 2, 3, 3), groups: 2), "groups" },
        { "Conv2d", () => Zeros(2, 3, 8, 8).Conv2d(Zeros(4, 3, 3, 3), Zeros(3)), "4 filters" },
        { "Conv2d", () => Zeros(2, 3, 2, 2).Conv2d(Zeros(4, 3, 3, 3)), "3 x 3" },
        { "Conv2d", () => Zeros(1, 1, 4, 4).Conv2d(Zeros(1, 1, 2, 2), stride: 0), "stride" },
        { "Conv2d", () => Zeros(1, 1, 4, 4).Conv2d(Zeros(1, 1, 2, 2), padding: (0, -1)), "padding" },
        { "Conv2d", () => Zeros(1, 1, 4, 4).Conv2d(Zeros(1, 1, 2, 2), dilation: 0), "dilation" },
        { "Conv2d", () => Zeros(1, 1, 4, 4).Conv2d(Zeros(1, 1, 2, 2), groups: 0), "groups" },
        { "Conv2d", () => Zeros(1, 1, 4, 4).Conv2d(Tensor.Zeros([1, 1, 2, 2], DType.F64)), "float64" },
        { "Conv2d", () => Tensor.Zeros([1, 1, 4, 4], DType.I32).Conv2d(Tensor.Zeros([1, 1, 2, 2], DType.I32)), "To(DType.F32)" },
        { "Conv2d", () => Zeros(1, 1, 4, 4).Conv2d(Zeros(1, 1, 0, 2)), "kernel size" },
        { "Conv2d", () => Zeros(1, 0, 4, 4).Conv2d(Zeros(1, 0, 2, 2)), "channels" },
        { "Conv1d", () => Zeros(1, 4).Conv1d(Zeros(1, 1, 2)), "Unsqueeze" },
        { "ConvTranspose2d", () => Zeros(1, 2, 4, 4).ConvTranspose2d(Zeros(3, 1, 2, 2)), "2 channels" },
        { "ConvTranspose2d", () => Zeros(1, 1, 4, 4).ConvTranspose2d(Zeros(1, 1, 2, 2), stride: 2, outputPadding: 2), "output padding" },
        { "ConvTranspose2d", () => Zeros(1, 1, 1, 1).ConvTranspose2d(Zeros(1, 1, 2, 2), padding: 1), "less padding" },
        { "MaxPool2d", () => Zeros(1, 4, 4).MaxPool2d(2), "Unsqueeze" },
        { "MaxPool2d", () => Zeros(1, 1, 1, 1).MaxPool2d(2), "2 x 2" },
        { "MaxPool2d", () => Zeros(1, 1, 4, 4).MaxPool2d(2, padding: 2), "half" },
        { "AvgPool2d", () => Zeros(1, 1, 4, 4).AvgPool2d(0), "kernel size" },
        { "AdaptiveAvgPool2d", () => Zeros(1, 1, 4, 4).AdaptiveAvgPool2d(0), "size" },
        { "AdaptiveAvgPool2d", () => Zeros(1, 1, 0, 4).AdaptiveAvgPool2d(1), "no elements" },
        { "Upsample", () => Zeros(1, 1, 2, 2).Upsample(4, UpsampleMode.Nearest, alignCorners: true), "Bilinear" },
        { "BatchNorm", () => Zeros(1, 3).BatchNorm(), "single element" },
        { "BatchNorm", () => Zeros(3).BatchNorm(), "two axes" },
        { "BatchNorm", () => Zeros(2, 3).BatchNorm(Zeros(2)), "3 channels" },
        { "BatchNorm", () => Zeros(2, 3).BatchNorm(bias: Zeros(3)), "give both" },
        { "BatchNorm", () => Zeros(2, 3).BatchNorm(momentum: double.NaN), "momentum" },
        { "BatchNorm", () => Zeros(2, 3).BatchNorm(epsilon: -1), "variance" },
        { "GroupNorm", () => Zeros(2, 3).GroupNorm(2), "divide" },
        { "BatchNorm2d", () => new BatchNorm2d(3).Forward(Zeros(2, 3)), "[n, channels, height, width]" },
        { "Conv2d", () => new Conv2d(4, 3, 3, groups: 2).Dispose(), "divide" },
        { "Conv2d", () => new Conv2d(4, 4, 0).Dispose(), "kernelSize" },
        { "Upsample", () => new Upsample().Dispose(), "neither" },
    };

    public void Dispose() => _workspace.Dispose();

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Wrong_use_is_answered_by_the_op_and_a_remedy(string op, Action mistake, string says)
    {
        ArgumentNullException.ThrowIfNull(mistake);
        Exception error = Assert.ThrowsAny<ArgumentException>(mistake);
        Assert.Contains(op, error.Message, StringComparison.Ordinal);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Max_pooling_lets_nan_through_and_prefers_the_first_of_equals()
    {
        Tensor x = Tensor.From<float>([1, 1, float.NaN, 2, 3, 3, 5, float.NegativeInfinity, 1, 1, 4, 4], [1, 1, 2, 6]).RequireGrad();
        Tensor y = x.MaxPool2d(2);
        Assert.Equal([5, float.NaN, 4], y.ToArray<float>());
        y.Backward(Tensor.Ones(y.Shape));
        Assert.Equal([0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0], x.Grad!.Value.ToArray<float>());
    }

    [Fact]
    public void Max_pooling_of_negative_infinity_sends_its_gradient_inside_the_input()
    {
        Tensor x = Tensor.Full([1, 1, 2, 2], double.NegativeInfinity).RequireGrad();
        x.MaxPool2d(2, stride: 2, padding: 1).Backward(Tensor.Ones([1, 1, 2, 2]));
        Assert.Equal([1, 1, 1, 1], x.Grad!.Value.ToArray<float>());
    }

    [Fact]
    public void Pooling_without_gradients_keeps_no_positions()
    {
        Tensor x = Tensor.Ones([1, 1, 64, 64]);
        long before = _workspace.Memory.Allocated;
        Tensor y = x.MaxPool2d(2);
        Assert.Equal(before + (32 * 32 * 4), _workspace.Memory.Allocated);
        Assert.Equal(1024, y.Length);
    }

    private static Tensor Zeros(params ReadOnlySpan<long> dims) => Tensor.Zeros(new Shape(dims));
}
