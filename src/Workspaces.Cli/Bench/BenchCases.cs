using System.Globalization;
using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Optim;
using Workspaces.Tensors;

namespace Workspaces.Cli.Bench;

/// <summary>The cases by name.</summary>
internal static class BenchCases
{
    internal static readonly string[] Models =
        ["mlp_sgd", "mlp_adam", "mlp_small_sgd", "mlp_small_adam", "mlp_small_b1", "mlp_b1", "mlp_b128", "lstm", "gpt", "gpt_b1", "gpt_b8", .. ConvolutionCases.Names];

    /// <summary>How the cases that take numbers are written.</summary>
    internal const string Numbered = "gemm:MxNxK[:nn|nt|tn|tt], kernel:MxNxK[:nn|nt|tn|tt], pass:OPS";

    internal static BenchCase Create(string name, BenchSettings settings)
    {
        if (name.StartsWith("gemm:", StringComparison.Ordinal)) return new GemmCase(ProductShape.Parse(name), settings);
        if (name.StartsWith("kernel:", StringComparison.Ordinal)) return new KernelCase(ProductShape.Parse(name), settings);
        if (name.StartsWith("pass:", StringComparison.Ordinal)) return Pass(name, settings);
        return name switch
        {
            "mlp_sgd" => Mlp([784, 512, 512, 10], 128, SgdOf, settings),
            "mlp_adam" => Mlp([784, 512, 512, 10], 128, AdamOf, settings),
            "mlp_small_sgd" => Mlp([784, 128, 10], 32, SgdOf, settings),
            "mlp_small_adam" => Mlp([784, 128, 10], 32, AdamOf, settings),
            "mlp_small_b1" => Mlp([784, 128, 10], 1, settings),
            "mlp_b1" => Mlp([784, 512, 512, 10], 1, settings),
            "mlp_b128" => Mlp([784, 512, 512, 10], 128, settings),
            "lstm" => new ModelTraining(SequenceModels.Lstm, () => Tokens(32, 64, seed: 1), () => Tokens(32, 64, seed: 2), AdamOf, settings),
            "gpt" => new ModelTraining(SequenceModels.Gpt, () => Tokens(8, 128, seed: 1), () => Tokens(8, 128, seed: 2), AdamWOf, settings),
            "gpt_b1" => new ModelInference(SequenceModels.Gpt, () => Tokens(1, 128, seed: 1), settings),
            "gpt_b8" => new ModelInference(SequenceModels.Gpt, () => Tokens(8, 128, seed: 1), settings),
            _ when ConvolutionCases.Names.Contains(name) => ConvolutionCases.Create(name, settings),
            _ => throw new ArgumentException(WorkspaceException.Compose(
                $"measure '{name}'", "bench", $"the cases are {string.Join(", ", Models)}, {Numbered}", "choose one of these")),
        };
    }

    private static ModelTraining Mlp(int[] sizes, int batch, Func<IReadOnlyList<Parameter>, Optimizer> optimizer, BenchSettings settings) => new(
        () => MlpModel.Create(sizes), () => SyntheticData.Normal([batch, sizes[0]], seed: 1), () => SyntheticData.Labels([batch], sizes[^1], seed: 2),
        optimizer, settings);

    private static ModelInference Mlp(int[] sizes, int batch, BenchSettings settings) =>
        new(() => MlpModel.Create(sizes), () => SyntheticData.Normal([batch, sizes[0]], seed: 1), settings);

    private static Optimizer SgdOf(IReadOnlyList<Parameter> parameters) => new Sgd(parameters, 0.1);

    private static Optimizer AdamOf(IReadOnlyList<Parameter> parameters) => new Adam(parameters, 1e-3);

    private static AdamW AdamWOf(IReadOnlyList<Parameter> parameters) => new AdamW(parameters, 3e-4, weightDecay: 0.1);

    private static Tensor Tokens(int batch, int length, int seed) => SyntheticData.Labels([batch, length], SequenceModels.Vocabulary, seed);

    private static PassCase Pass(string name, BenchSettings settings)
    {
        if (!int.TryParse(name.AsSpan("pass:".Length), NumberStyles.None, CultureInfo.InvariantCulture, out int ops) || ops > PassCase.MostOps)
            throw new ArgumentException(WorkspaceException.Compose(
                $"measure '{name}'", "bench", $"a pass is pass:OPS with 0 to {PassCase.MostOps} ops", "write e.g. pass:1"));
        return new PassCase(ops, settings);
    }
}
