using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.Golden;
using Workspaces.Tests.NN;

namespace Workspaces.Tests.Ops;

/// <summary>Ops of sequence models: values and gradients are PyTorch's.</summary>
public sealed class GoldenSequenceTests
{
    private const double Tolerance = 3e-6;

    public static TheoryData<GoldenCase> Cases => [.. GoldenFile.Load("sequence_ops").Cases];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Values_and_gradients_are_those_of_PyTorch(GoldenCase golden)
    {
        ArgumentNullException.ThrowIfNull(golden);
        using var workspace = WorkspaceManager.Create(new());
        Tensor[] inputs = [.. golden.Inputs.Select(Made)];
        for (int i = 0; i < inputs.Length; i++)
        {
            if (golden.Gradients?[i] is not null) inputs[i].RequireGrad();
        }

        Tensor output = Run(golden, inputs);
        double tolerance = golden.Output.DType == "f64" ? 1e-12 : Tolerance;
        Assert.Equal(golden.Output.Shape, OpRun.DimsOf(output));
        Close.To(golden.Output.Values, OpRun.Numbers(output), tolerance, "output");
        output.Backward(Made(golden.Upstream!));
        for (int i = 0; i < inputs.Length; i++)
        {
            if (golden.Gradients![i] is { } gradient) Close.To(gradient.Values, OpRun.Numbers(Assert.NotNull(inputs[i].Grad)), tolerance, $"gradient of input {i}");
        }
    }

    private static Tensor Made(GoldenTensor golden) => golden.DType == "bool"
        ? Tensor.From<bool>([.. golden.Values.Select(static value => value != 0)], new Shape([.. golden.Shape.Select(static size => (long)size)]))
        : ModuleTrial.Make(golden);

    private static Tensor Run(GoldenCase golden, Tensor[] x) => golden.Op switch
    {
        "embedding" => x[0].Embedding(x[1], golden.Attributes.ContainsKey("padding") ? golden.Int("padding") : -1),
        "layer_norm" => x.Length == 3 ? x[0].LayerNorm(x[1], x[2], axes: golden.Int("axes")) : x[0].LayerNorm(),
        "rms_norm" => x[0].RmsNorm(x[1]),
        "attention" => x[0].ScaledDotProductAttention(x[1], x[2], golden.Bool("causal"), x.Length == 4 ? x[3] : null),
        "einsum" => x.Length == 2 ? x[0].Einsum(golden.Text("spec"), x[1]) : x[0].Einsum(golden.Text("spec")),
        "cross_entropy_positions" => x[0].CrossEntropy(x[1], Enum.Parse<LossReduction>(golden.Text("reduction"), ignoreCase: true)),
        _ => throw new InvalidDataException(golden.Op),
    };
}
