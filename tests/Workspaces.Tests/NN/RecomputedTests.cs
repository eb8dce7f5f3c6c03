using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.NN;

/// <summary>The wrapper of modules that run twice; what it computes is tested with <c>Recompute</c>.</summary>
public sealed class RecomputedTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public RecomputedTests() => _workspace = _manager.Lease(new());

    public void Dispose()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }

    [Fact]
    public void It_owns_names_and_switches_its_module()
    {
        var dropout = new Dropout(0.5, 1);
        using var module = new Recomputed(new Sequential(new Linear(3, 2, manager: _manager), dropout));
        Assert.Equal(["inner.0.weight", "inner.0.bias"], module.Parameters.Select(static parameter => parameter.Name));
        module.Eval();
        Assert.False(dropout.IsTraining);
        using (_workspace.Enter()) Assert.Equal(new Shape(4, 2), module.Forward(Tensor.Ones([4, 3])).Shape);
        Assert.Equal(0, dropout.MaskCount);
        Assert.Throws<ArgumentNullException>(() => new Recomputed(null!));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradients_are_those_of_the_module(bool first)
    {
        Sequential inner = [new Linear(3, 4, seed: 1, manager: _manager), new Workspaces.NN.Tanh(), new Linear(4, 2, seed: 2, manager: _manager)];
        using var module = new Recomputed(inner);
        float[][] expected = GradientsOf(inner, module, first), actual = GradientsOf(module, module, first);
        Assert.Equal(expected, actual);
        Assert.Equal(first ? 4 : 5, actual.Length);
    }

    [Fact]
    public void A_transformer_block_with_dropout_has_the_same_gradients_and_keeps_less()
    {
        (float[][] plain, long kept) = Block(recompute: false);
        (float[][] recomputed, long less) = Block(recompute: true);
        Assert.Equal(plain, recomputed);
        Assert.True(less < 0.5 * kept, $"{less} of {kept} bytes");
    }

    [Fact]
    public void Running_statistics_take_one_step_a_batch()
    {
        using var plain = new BatchNorm1d(3, manager: _manager);
        using var recomputed = new Recomputed(new BatchNorm1d(3, manager: _manager));
        var inner = (BatchNorm1d)recomputed.Inner;
        float[][] expected = GradientsOf(plain, plain, first: false), actual = GradientsOf(recomputed, recomputed, first: false);
        Assert.Equal(expected, actual);
        Assert.Equal(plain.RunningMean!.Value.ToArray<float>(), inner.RunningMean!.Value.ToArray<float>());
        Assert.Equal(plain.RunningVariance!.Value.ToArray<float>(), inner.RunningVariance!.Value.ToArray<float>());
    }

    private (float[][] Gradients, long Kept) Block(bool recompute)
    {
        var block = new TransformerBlock(16, 2, dropout: 0.2, manager: _manager);
        block.Initialize(5); // before the wrapper gives other names, which are part of the seeds
        using Module module = recompute ? new Recomputed(block) : block;
        using Pass pass = _workspace.Enter();
        Tensor x = Tensor.Arange(0, 2 * 6 * 16).Multiply(0.01).Sin().Reshape(2, 6, 16).Copy().RequireGrad();
        long before = _workspace.Memory.Allocated;
        Tensor y = module.Forward(x);
        long kept = _workspace.Memory.Allocated - before;
        y.Square().Sum().Backward();
        return ([.. module.Parameters.Select(static parameter => parameter.Grad!.Value.ToArray<float>()), x.Grad!.Value.ToArray<float>()], kept);
    }

    private float[][] GradientsOf(Module module, Module owner, bool first)
    {
        owner.ZeroGrad();
        using Pass pass = _workspace.Enter();
        Tensor x = Tensor.From<float>([1, 2, -3, 4, -5, 6], new Shape(2, 3));
        if (!first) x.RequireGrad();
        module.Forward(x).Square().Sum().Backward();
        IEnumerable<float[]> all = owner.Parameters.Select(static parameter => parameter.Grad!.Value.ToArray<float>());
        return first ? [.. all] : [.. all, x.Grad!.Value.ToArray<float>()];
    }
}
