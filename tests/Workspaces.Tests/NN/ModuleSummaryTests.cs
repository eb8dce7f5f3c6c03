using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Tensors;
using static Workspaces.Tests.Cli.InProcess;

namespace Workspaces.Tests.NN;

/// <summary>The table of a model, from shapes alone.</summary>
[Collection(nameof(AloneCollection))]
public sealed class ModuleSummaryTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    [Fact]
    public void A_model_is_one_table_line_a_layer()
    {
        using Sequential model = [new Flatten(), new Linear(784, 128, manager: _manager), new ReLU(), new Linear(128, 10, manager: _manager)];
        string[] lines = model.Summarize([64, 1, 28, 28]).ToString().Split('\n');

        Assert.Equal(
            [
                "layer  kind               output           parameters    bytes  kept B",
                "input  float32            [64, 1, 28, 28]",
                "0      Flatten            [64, 784]                 0        0       0",
                "1      Linear(784 → 128)  [64, 128]           100,480  401,920       0",
                "2      ReLU               [64, 128]                 0        0  32,768",
                "3      Linear(128 → 10)   [64, 10]              1,290    5,160   2,560",
                "total                                         101,770  407,080  35,328",
            ],
            lines);
    }

    [Fact]
    public void Activations_are_what_a_real_pass_keeps()
    {
        using Sequential model = Nested();
        ModuleSummary summary = model.Summarize([32, 16]);
        using Workspace workspace = _manager.Lease(new());
        using Pass pass = workspace.Enter();
        Tensor x = Tensor.Ones([32, 16]);
        long before = workspace.Memory.Allocated;
        Tensor y = model.Forward(x);
        Assert.Equal(workspace.Memory.Allocated - before, summary.ActivationBytes);
        Assert.Equal(y.Shape, summary.Layers[^1].OutputShape);
        using (Gradients.Off()) Assert.Equal(32 * 8 * 4, model.Summarize([32, 16]).ActivationBytes);
    }

    [Fact]
    public void Layers_of_nested_models_have_their_paths_and_shared_ones_count_once()
    {
        using Sequential model = Nested();
        ModuleSummary summary = model.Summarize([32, 16]);
        Assert.Equal(["0", "1.0", "1.1", "1.2", "2"], summary.Layers.Select(static layer => layer.Name));
        Assert.Equal([16 * 16 + 16, 0, 0, 0, 16 * 8 + 8], summary.Layers.Select(static layer => layer.Parameters));
        Assert.Equal(model.ParameterCount, summary.Parameters);
        Assert.Equal(4 * model.ParameterCount, summary.ParameterBytes);
    }

    [Fact]
    public void A_module_that_is_no_container_is_one_line_and_an_empty_one_too()
    {
        using var layer = new Linear(3, 2, dtype: DType.F64, manager: _manager);
        LayerSummary line = Assert.Single(layer.Summarize([5, 3], DType.F64).Layers);
        Assert.Equal(("Linear", "Linear(3 → 2)", 8L, 64L, 80L), (line.Name, line.Kind, line.Parameters, line.ParameterBytes, line.ActivationBytes));
        using Sequential nothing = [];
        Assert.Equal(0, Assert.Single(nothing.Summarize([1]).Layers).ActivationBytes);
    }

    [Fact]
    public void A_residual_shows_its_module_and_what_it_adds_itself()
    {
        using Sequential model = [new Linear(4, 8, manager: _manager), new Residual(new Sequential(new Linear(8, 8, manager: _manager), new Workspaces.NN.Tanh())), new LayerNorm(8, manager: _manager)];
        ModuleSummary summary = model.Summarize([2, 4]);
        Assert.Equal(["0", "1.inner.0", "1.inner.1", "1", "2"], summary.Layers.Select(static layer => layer.Name));
        Assert.Equal(model.ParameterCount, summary.Parameters);
        Assert.All(summary.Layers, static layer => Assert.Equal(new Shape(2, 8), layer.OutputShape));
    }

    [Fact]
    public void A_model_of_tokens_takes_the_type_of_its_input()
    {
        using Sequential model = [new Embedding(10, 8, manager: _manager), new TransformerBlock(8, 2, manager: _manager)];
        ModuleSummary summary = model.Summarize([2, 5], DType.I64);
        Assert.Equal([new Shape(2, 5, 8), new Shape(2, 5, 8)], summary.Layers.Select(static layer => layer.OutputShape));
        Assert.Equal(model.ParameterCount, summary.Parameters);
    }

    [Fact]
    public void A_recomputed_block_keeps_its_output_only()
    {
        using Sequential plain = [Block(), new Linear(16, 4, manager: _manager)], recomputed = [new Recomputed(Block()), new Linear(16, 4, manager: _manager)];
        ModuleSummary full = plain.Summarize([32, 16]), less = recomputed.Summarize([32, 16]);
        Assert.Equal(32 * 16 * 4, less.Layers[0].ActivationBytes);
        Assert.True(full.ActivationBytes > 2 * less.ActivationBytes, $"{full.ActivationBytes} {less.ActivationBytes}");
        Assert.Equal(full.Parameters, less.Parameters);
    }

    [Fact]
    public void Nothing_is_changed_computed_or_left()
    {
        using Sequential model = [new Linear(4, 4, manager: _manager), new Dropout(0.5, 1)];
        float[] before = model.Parameters[0].Value.ToArray<float>();
        model.Summarize([2, 4]);
        Assert.Equal(before, model.Parameters[0].Value.ToArray<float>());
        Assert.Equal(0, ((Dropout)model[1]).MaskCount);
        Assert.Null(model.Parameters[0].Grad);
        model.Parameters[0].CheckMovable();
    }

    [Fact]
    public void A_model_that_does_not_take_the_input_or_reads_values_says_so()
    {
        using var layer = new Linear(3, 2, manager: _manager);
        Assert.Throws<ShapeException>(() => layer.Summarize([5, 4]));
        using var reader = new Probe(static x => x * x.Sum().Item());
        Assert.Throws<ShapesOnlyException>(() => reader.Summarize([5, 4]));
        layer.Summarize([0, 3]);
    }

    [Fact]
    public void Plan_prints_the_table_of_a_run_file()
    {
        (int code, string output, string errors) = Run("plan", Path.Combine(TestFolders.Root, "configs", "mnist-mlp.json"), "--threads", "1");
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("Linear(784 → 512)  [128, 512]", output, StringComparison.Ordinal);
        Assert.Contains("669,706", output, StringComparison.Ordinal);
        Assert.True(output.IndexOf("layer ", StringComparison.Ordinal) < output.IndexOf("training, 128 samples", StringComparison.Ordinal), output);
    }

    private Sequential Nested()
    {
        var shared = new Linear(16, 16, manager: _manager);
        return [shared, new Sequential(new Workspaces.NN.Tanh(), shared, new ReLU()), new Linear(16, 8, manager: _manager)];
    }

    private Sequential Block() => [new Linear(16, 64, manager: _manager), new Workspaces.NN.Tanh(), new Linear(64, 16, manager: _manager), new ReLU()];
}
