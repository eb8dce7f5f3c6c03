using Workspaces.Autograd;
using Workspaces.Optim;
using Workspaces.Tensors;

namespace Workspaces.Cli.Bench;

/// <summary>Measured networks with convolutions, and the two programs that the AllocArrays package documents.</summary>
internal static class ConvolutionCases
{
    /// <summary>Images of <c>digits_infer</c>, and how many are run at a time.</summary>
    private const int DigitImages = 1000, DigitBatch = 32;

    internal static readonly string[] Names = ["lenet", "vgg", "lenet_b1", "lenet_b32", "vgg_b1", "vgg_b32", "digits_infer", "toy_reduction"];

    internal static BenchCase Create(string name, BenchSettings settings) => name switch
    {
        "lenet" => new ModelTraining(ConvolutionModels.LeNet, () => Images(64, 1, 28), () => SyntheticData.Labels([64], 10, seed: 2), SgdOf, settings),
        "vgg" => new ModelTraining(ConvolutionModels.Vgg, () => Images(32, 3, 32), () => SyntheticData.Labels([32], 10, seed: 2), SgdOf, settings),
        "lenet_b1" => new ModelInference(ConvolutionModels.LeNet, () => Images(1, 1, 28), settings),
        "lenet_b32" => new ModelInference(ConvolutionModels.LeNet, () => Images(32, 1, 28), settings),
        "vgg_b1" => new ModelInference(ConvolutionModels.Vgg, () => Images(1, 3, 32), settings),
        "vgg_b32" => new ModelInference(ConvolutionModels.Vgg, () => Images(32, 3, 32), settings),
        "digits_infer" => new ModelInference(ConvolutionModels.Digits, Digits, settings),
        _ => new ToyReduction(settings),
    };

    private static Tensor Images(int count, int channels, int side, int seed = 1) => SyntheticData.Normal([count, channels, side, side], seed);

    /// <summary>All images in batches, the short one first: the figures of memory are compared with the bound of the last pass, which is a full one.</summary>
    private static Tensor[] Digits()
    {
        const int batches = (DigitImages + DigitBatch - 1) / DigitBatch, rest = DigitImages - ((batches - 1) * DigitBatch);
        return [.. Enumerable.Range(0, batches).Select(static i => Images(i == 0 ? rest : DigitBatch, 1, 28, seed: i + 1))];
    }

    private static Sgd SgdOf(IReadOnlyList<Parameter> parameters) => new Sgd(parameters, 0.01, momentum: 0.9);
}
