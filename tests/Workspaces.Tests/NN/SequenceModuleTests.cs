using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.Ops;
using Xunit.Abstractions;

namespace Workspaces.Tests.NN;

/// <summary>Embeddings, norms, attention and recurrent layers.</summary>
public sealed class SequenceModuleTests(ITestOutputHelper output) : ModuleConformance<SequenceModuleTests>(output), IModuleTable
{
    private static readonly (string Name, Func<RecurrentOptions, WorkspaceManager, Module> Make)[] Recurrences =
    [
        ("LSTM", static (options, manager) => new LSTM(3, 5, options, manager)),
        ("GRU", static (options, manager) => new GRU(3, 5, options, manager)),
        ("RNN", static (options, manager) => new RNN(3, 5, false, options, manager)),
        ("RNN.relu", static (options, manager) => new RNN(3, 5, true, options, manager)),
    ];

    public static string GoldenFile => "sequence";

    public static ModuleCase[] Cases =>
    [
        new("embedding", (dtype, manager) => new Embedding(6, 5, dtype: dtype, manager: manager), [4], [2, 3], [0], [64, 9]) { Golden = "nn.Embedding", Classes = 6 },
        new("embedding with padding", (dtype, manager) => new Embedding(6, 5, 1, dtype, manager: manager), [4], [0], [64, 9])
        {
            Golden = "nn.Embedding.padding", Classes = 6, CutsGradients = true,
        },
        new("layer norm", (dtype, manager) => new LayerNorm(9, dtype: dtype, manager: manager), [4, 9], [2, 3, 9], [0, 9], [64, 9]) { Golden = "nn.LayerNorm" },
        new("layer norm over two axes", (dtype, manager) => new LayerNorm(new Shape(3, 4), dtype: dtype, manager: manager), [2, 3, 4], [40, 7, 3, 4])
        {
            Golden = "nn.LayerNorm2",
        },
        new("layer norm without bias", (dtype, manager) => new LayerNorm(8, bias: false, dtype: dtype, manager: manager), [1, 8], [64, 8]),
        new("layer norm, not affine", (dtype, manager) => new LayerNorm(8, affine: false, dtype: dtype, manager: manager), [2, 8], [64, 8]),
        new("RMS norm", (dtype, manager) => new RMSNorm(9, dtype: dtype, manager: manager), [4, 9], [0, 9], [64, 9]),
        new("positions", (dtype, manager) => new PositionalEmbedding(12, 8, dtype, manager: manager), [1, 8], [2, 3, 8], [8, 12, 8]),
        new("sines", (dtype, manager) => new SinusoidalEmbedding(12, 8, dtype, manager), [2, 3, 8], [8, 12, 8]),
        new("attention", (dtype, manager) => new MultiHeadAttention(8, 2, dtype: dtype, manager: manager), [1, 1, 8], [2, 5, 8], [3, 33, 8])
        {
            Golden = "nn.MultiheadAttention",
        },
        new("causal attention", (dtype, manager) => new MultiHeadAttention(8, 2, true, dtype: dtype, manager: manager), [2, 5, 8], [2, 131, 8])
        {
            Golden = "nn.MultiheadAttention.causal",
        },
        new("attention without bias", (dtype, manager) => new MultiHeadAttention(8, 4, bias: false, dtype: dtype, manager: manager), [2, 5, 8], [2, 33, 8]),
        new("block", (dtype, manager) => new TransformerBlock(8, 2, 12, dtype: dtype, manager: manager), [1, 1, 8], [2, 5, 8], [4, 33, 8])
        {
            Golden = "nn.TransformerEncoderLayer",
        },
        new("block with dropout", (dtype, manager) => new TransformerBlock(8, 2, dropout: 0.3, dtype: dtype, seed: 4, manager: manager), [2, 5, 8], [4, 33, 8])
        {
            IsRandom = true,
        },
        new(
            "residual", (dtype, manager) => new Residual(new Sequential(new Linear(8, 8, dtype: dtype, manager: manager), new Tanh())), [1, 8], [64, 8]),
        .. Recurrences.SelectMany(Recurrent),
    ];

    private static IEnumerable<ModuleCase> Recurrent((string Name, Func<RecurrentOptions, WorkspaceManager, Module> Make) kind)
    {
        yield return Line("", new());
        yield return Line(".steps_first", new() { BatchFirst = false });
        yield return Line(".two", new() { Layers = 2, Bidirectional = true });
        yield return Line(".no_bias", new() { Bias = false });

        ModuleCase Line(string variant, RecurrentOptions options) =>
            new(kind.Name + variant, (dtype, manager) => kind.Make(options with { DType = dtype }, manager), [1, 1, 3], [2, 4, 3], [16, 24, 3])
            {
                Golden = kind.Name == "RNN.relu" && variant.Length > 0 ? null : "nn." + kind.Name + variant,
            };
    }

    [Fact]
    public void Last_states_are_those_of_the_output_and_carry_gradients_and_begin_the_next_part()
    {
        using var workspace = WorkspaceManager.Create(new());
        foreach (bool batchFirst in (bool[])[true, false])
        {
            using var layer = new LSTM(3, 5, new() { DType = DType.F64, BatchFirst = batchFirst, Layers = 2, Seed = 1 }, workspace.Manager);
            NdArray numbers = NdArray.Build(batchFirst ? [2, 6, 3] : [6, 2, 3], index => Math.Sin((index[0] * 7) + (index[1] * 3) + index[2]));
            Tensor x = OpRun.Make(numbers, DType.F64).RequireGrad(), parts = OpRun.Make(numbers, DType.F64).RequireGrad();
            int steps = batchFirst ? 1 : 0;
            Tensor whole = layer.Forward(x);
            RecurrentOutput first = layer.Forward(parts.Slice(steps, 0, 4), null, null);
            RecurrentOutput second = layer.Forward(parts.Slice(steps, 4, 2), first.State, first.Cell);
            Close.To(OpRun.Numbers(whole.Slice(steps, 0, 4).Contiguous()), OpRun.Numbers(first.Output.Contiguous()), 1e-13, "first part");
            Close.To(OpRun.Numbers(whole.Slice(steps, 4, 2).Contiguous()), OpRun.Numbers(second.Output.Contiguous()), 1e-13, "second part");
            Close.To(OpRun.Numbers(second.State.Select(0, 1).Contiguous()), OpRun.Numbers(whole.Select(steps, 5).Contiguous()), 1e-13, "last state");

            // Both ways round the gradient of the last step is the same: in one run, and through the state and the cell state between two.
            whole.Select(steps, 5).Sum().Backward();
            second.Output.Select(steps, 1).Sum().Backward();
            Close.To(OpRun.Numbers(Assert.NotNull(x.Grad)), OpRun.Numbers(Assert.NotNull(parts.Grad)), 1e-12, "gradient");
        }
    }
}
