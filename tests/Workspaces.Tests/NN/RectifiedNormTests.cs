using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.Kernels;

namespace Workspaces.Tests.NN;

/// <summary>A chain computes a batch norm and the ReLU behind it as one op: the bits of both in a row, output, gradients and running statistics.</summary>
public sealed class RectifiedNormTests
{
    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, true, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    [InlineData(false, true, false)]
    [InlineData(false, false, false)]
    public void A_chain_gives_the_bits_of_its_layers(bool training, bool affine, bool statistics)
    {
        (float[] output, float[] gradient, float[][] state) chained = Learn(training, affine, statistics, inChain: true);
        (float[] output, float[] gradient, float[][] state) apart = Learn(training, affine, statistics, inChain: false);
        Assert.Equal(apart.output, chained.output);
        Assert.Equal(apart.gradient, chained.gradient);
        Assert.Equal(apart.state, chained.state);
        Assert.Contains(chained.output, static value => value == 0);
        Assert.Contains(chained.output, static value => value > 0);
        Assert.Contains(chained.gradient, static value => value != 0);
    }

    [Fact]
    public void What_is_not_a_number_stays_so_and_infinities_are_rectified()
    {
        using var norm = new BatchNorm1d(2);
        using var chain = new Sequential(norm, new ReLU());
        chain.Eval();
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new() { Name = "step" });
        using Pass pass = workspace.Enter();
        Tensor x = Tensor.From([float.NaN, -1f, float.PositiveInfinity, float.NegativeInfinity, 0f, 2f], [3, 2]);
        float[] y = chain.Forward(x).ToArray<float>();
        Assert.Equal(norm.Forward(x).Relu().ToArray<float>(), y);
        Assert.Equal([float.NaN, 0f, float.PositiveInfinity, 0f, 0f], y[..5]);
    }

    private static (float[] Output, float[] Gradient, float[][] State) Learn(bool training, bool affine, bool statistics, bool inChain)
    {
        using var norm = new BatchNorm2d(3, affine: affine, trackRunningStats: statistics);
        using var relu = new ReLU();
        using var chain = new Sequential(norm, relu);
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new() { Name = "step" });
        if (!training) chain.Eval();
        var x = new Parameter(new Shape(4, 3, 5, 7), DType.F32, "x", manager);
        using (x)
        {
            using Pass pass = workspace.Enter();
            x.Value.CopyFrom<float>(KernelConformance.Normal(4 * 3 * 5 * 7, 5));
            Tensor output = inChain ? chain.Forward(x.Value) : relu.Forward(norm.Forward(x.Value));
            output.Square().Sum().Backward();
            float[][] state =
            [
                .. chain.Parameters.Select(static parameter => parameter.Grad!.Value.ToArray<float>()),
                .. norm.RunningMean is { } mean ? new[] { mean.Value.ToArray<float>(), norm.RunningVariance!.Value.ToArray<float>() } : [],
            ];
            return (output.ToArray<float>(), x.Grad!.Value.ToArray<float>(), state);
        }
    }
}
