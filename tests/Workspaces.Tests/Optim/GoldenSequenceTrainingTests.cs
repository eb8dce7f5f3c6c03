using System.Text.Json;
using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Optim;
using Workspaces.Tensors;
using Workspaces.Tests.NN;
using Workspaces.Tests.Ops;

namespace Workspaces.Tests.Optim;

/// <summary>
/// 50 steps of a small LSTM and a small GPT against PyTorch, from the same weights and batches, which both sides compute by the formulas of
/// make_sequence_training.py. Double precision is held to its rounding, single precision to a multiple of PyTorch's own drift from double.
/// </summary>
public sealed class GoldenSequenceTrainingTests
{
    private const int Vocabulary = 11;

    public static TheoryData<string, DType, int> Cases => new()
    {
        { "lstm", DType.F64, 1 }, { "lstm", DType.F32, 1 }, { "lstm", DType.F32, 3 }, { "gpt", DType.F64, 1 }, { "gpt", DType.F32, 1 }, { "gpt", DType.F32, 3 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Losses_follow_those_of_PyTorch_for_50_steps(string name, DType dtype, int threads)
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "golden", "sequence_training.json")));
        JsonElement run = file.RootElement.GetProperty("runs").EnumerateArray().Single(run => run.GetProperty("name").GetString() == name);
        int samples = run.GetProperty("samples").GetInt32(), length = run.GetProperty("length").GetInt32();
        double[] losses = [.. run.GetProperty(dtype == DType.F64 ? "exact" : "losses").EnumerateArray().Select(static value => value.GetDouble())];
        double tolerance = dtype == DType.F64 ? 1e-8 : Math.Max(2e-6, 10 * run.GetProperty("drift").GetDouble());
        Assert.Equal(50, losses.Length);
        Assert.True(losses[^1] < 0.7 * losses[0]);
        using var manager = new WorkspaceManager();
        manager.KernelThreads = threads;
        using Workspace workspace = manager.Lease(new() { Name = "step", HelperMinSize = 1 });
        using Module model = name == "lstm" ? Lstm(dtype, manager) : Gpt(dtype, manager);
        for (int p = 0; p < model.Parameters.Count; p++) Fill(model.Parameters[p], p);
        using Optimizer optimizer = name == "lstm" ? new Adam(model.Parameters, 1e-2) : new AdamW(model.Parameters, 3e-3, weightDecay: 0.1);
        for (int step = 0; step < losses.Length; step++)
        {
            using Pass pass = workspace.Enter();
            Tensor tokens = Tokens(step, samples, length, 0), labels = Tokens(step, samples, length, 1);
            Tensor loss = model.Forward(tokens).CrossEntropy(labels);
            Close.To([losses[step]], OpRun.Numbers(loss), tolerance, $"{name}, {dtype}, loss of step {step}");
            loss.Backward();
            optimizer.Step();
        }
    }

    private static Sequential Lstm(DType dtype, WorkspaceManager manager) => new(
        new Embedding(Vocabulary, 12, dtype: dtype, manager: manager), new LSTM(12, 16, new() { DType = dtype }, manager),
        new Linear(16, Vocabulary, dtype: dtype, manager: manager));

    private static Sequential Gpt(DType dtype, WorkspaceManager manager) => new(
        new Embedding(Vocabulary, 16, dtype: dtype, manager: manager), new PositionalEmbedding(10, 16, dtype, manager: manager),
        new TransformerBlock(16, 2, dtype: dtype, manager: manager), new TransformerBlock(16, 2, dtype: dtype, manager: manager),
        new LayerNorm(16, dtype: dtype, manager: manager), new Linear(16, Vocabulary, false, dtype, manager: manager));

    private static void Fill(Parameter parameter, int p)
    {
        Shape shape = parameter.Value.Shape;
        double one = parameter.Name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0;
        ModuleTrial.Load(parameter.Value, [.. Enumerable.Range(0, (int)shape.Length).Select(i => (double)(float)(shape.Rank == 1
            ? one + (0.1 * Math.Sin((0.37 * i) + p + 1))
            : Math.Sin((0.37 * i) + (0.011 * i % 1.7) + p + 1) / Math.Sqrt(shape[-1])))]);
    }

    private static Tensor Tokens(int step, int samples, int length, int shift) => Tensor.From<long>(
        [.. Enumerable.Range(0, samples * length).Select(i => Token(step, i / length, (i % length) + shift))], [samples, length]);

    private static long Token(int step, int b, int t) => ((5 * b) + (3 * t) + step) % Vocabulary;
}
