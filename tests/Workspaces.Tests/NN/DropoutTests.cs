using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.NN;

/// <summary>Masks of dropout: how many, which, and when none.</summary>
public sealed class DropoutTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public DropoutTests() => _workspace = _manager.Lease(new());

    public void Dispose()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void The_share_dropped_and_the_mean_are_as_promised(double probability)
    {
        const int n = 200_000;
        using var layer = new Dropout(probability, seed: 1);
        float[] values = layer.Forward(Tensor.Ones(new Shape(n))).ToArray<float>();
        Assert.Equal(probability, values.Count(static value => value == 0) / (double)n, 6 * Math.Sqrt(probability * (1 - probability) / n));
        Assert.All(values.Where(static value => value != 0), value => Assert.Equal(1 / (1 - probability), value, 1e-5));
    }

    [Fact]
    public void The_sequence_of_masks_depends_on_the_seed_alone()
    {
        float[][] first = Masks(7, threads: 1), again = Masks(7, threads: 4), other = Masks(8, threads: 1);
        Assert.Equal(first, again);
        Assert.NotEqual(first[0], first[1]);
        Assert.NotEqual(first[0], other[0]);
    }

    [Fact]
    public void Evaluation_and_probability_zero_pass_the_input_on_and_draw_nothing()
    {
        Tensor x = Tensor.Ones(new Shape(4));
        using var layer = new Dropout(0.5, seed: 1);
        layer.Eval();
        Assert.True(x == layer.Forward(x));
        Assert.Equal(0, layer.MaskCount);
        layer.Train();
        layer.Forward(x);
        Assert.Equal(1, layer.MaskCount);
        using var none = new Dropout(0, seed: 1);
        Assert.True(x == none.Forward(x));
        using var all = new Dropout(1, seed: 1);
        Assert.All(all.Forward(x).ToArray<float>(), static value => Assert.Equal(0, value));
    }

    [Fact]
    public void Initialize_restarts_the_masks_and_tells_layers_apart()
    {
        using Sequential model = [new Dropout(0.5), new Dropout(0.5)];
        model.Initialize(3);
        var (a, b) = ((Dropout)model[0], (Dropout)model[1]);
        Assert.NotEqual(a.Seed, b.Seed);
        float[] before = a.Forward(Tensor.Ones(new Shape(64))).ToArray<float>();
        model.Initialize(3);
        Assert.Equal(before, a.Forward(Tensor.Ones(new Shape(64))).ToArray<float>());
    }

    private float[][] Masks(ulong seed, int threads)
    {
        _manager.KernelThreads = threads;
        using var layer = new Dropout(0.5, seed);
        return [.. Enumerable.Range(0, 3).Select(_ => layer.Forward(Tensor.Ones(new Shape(50_000))).ToArray<float>())];
    }
}
