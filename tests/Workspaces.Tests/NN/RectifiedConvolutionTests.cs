using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.Kernels;

namespace Workspaces.Tests.NN;

/// <summary>A chain computes a convolution and the ReLU behind it as one op: the bits of both in a row, output and gradients, in less memory.</summary>
public sealed class RectifiedConvolutionTests
{
    [Theory]
    [InlineData(1, 6, 5, 13)]
    [InlineData(16, 16, 3, 12)]
    [InlineData(3, 16, 3, 5)]
    public void A_chain_gives_the_bits_of_its_layers(int channels, int filters, int kernel, int side)
    {
        using var convolution = new Conv2d(channels, filters, kernel, padding: 1, seed: 3);
        using var last = new Conv2d(filters, 2, 3, seed: 4);
        using var relu = new ReLU();
        using var chain = new Sequential(convolution, relu, last, relu);
        (float[] chained, float[][] gradients) = Learn(input => chain.Forward(input), chain, channels, side);
        (float[] apart, float[][] expected) = Learn(input => relu.Forward(last.Forward(relu.Forward(convolution.Forward(input)))), chain, channels, side);
        Assert.Equal(apart, chained);
        Assert.Equal(expected, gradients);
        Assert.Contains(chained, static value => value == 0);
        Assert.Contains(chained, static value => value > 0);
    }

    [Fact]
    public void A_line_is_rectified_too_and_a_graph_that_is_kept_can_be_walked_twice()
    {
        using var convolution = new Conv1d(2, 3, 3, seed: 1);
        using var chain = new Sequential(convolution, new ReLU());
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new() { Name = "step" });
        using Pass pass = workspace.Enter();
        Tensor x = Tensor.From<float>(KernelConformance.Normal(4 * 2 * 9, 2), [4, 2, 9]), y = chain.Forward(x), plain = convolution.Forward(x).Relu();
        Assert.Equal(plain.ToArray<float>(), y.ToArray<float>());
        Tensor sum = y.Sum();
        sum.Backward(retainGraph: true);
        float[] once = convolution.Weight.Grad!.Value.ToArray<float>();
        sum.Backward();
        float[] twice = convolution.Weight.Grad!.Value.ToArray<float>();
        for (int i = 0; i < once.Length; i++) Assert.Equal(2 * once[i], twice[i], 1e-4f);
    }

    private static (float[] Output, float[][] Gradients) Learn(Func<Tensor, Tensor> forward, Sequential chain, int channels, int side)
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new() { Name = "step" });
        chain.ZeroGrad();
        using Pass pass = workspace.Enter();
        Tensor output = forward(Tensor.From<float>(KernelConformance.Normal(3 * channels * side * side, 5), [3, channels, side, side]));
        output.Square().Sum().Backward();
        return (output.ToArray<float>(), [.. chain.Parameters.Select(static parameter => parameter.Grad!.Value.ToArray<float>())]);
    }
}
