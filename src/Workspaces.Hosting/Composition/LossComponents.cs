using System.Diagnostics.CodeAnalysis;
using Workspaces.Hosting.Configuration;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Train;

namespace Workspaces.Hosting.Composition;

/// <summary>Losses that a run file can name. A loss to minimise is one number, so none of them goes without a reduction.</summary>
[RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
internal static class LossComponents
{
    internal static void Register(Components components) => components.Losses
        .Register<CrossEntropyOptions>("CrossEntropy", static (options, _) => CrossEntropy(options))
        .Register<LabelLossOptions>("NLL", static (options, _) => new NLLLoss(options.Weights, options.IgnoreIndex, options.Reduction, options.ClassAxis).Forward)
        .Register<LossOptions>("MSE", static (options, _) => new MSELoss(options.Reduction).Forward)
        .Register<LossOptions>("L1", static (options, _) => new L1Loss(options.Reduction).Forward)
        .Register<HuberOptions>("Huber", static (options, _) => new HuberLoss(options.Delta, options.Reduction).Forward)
        .Register<SmoothL1Options>("SmoothL1", static (options, _) => new SmoothL1Loss(options.Beta, options.Reduction).Forward)
        .Register<BinaryLossOptions>("BCEWithLogits", static (options, _) => new BCEWithLogitsLoss(options.PositiveWeights, options.Reduction).Forward)
        .Register<DivergenceOptions>("KLDiv", static (options, _) => new KLDivLoss(options.LogTarget, options.Reduction).Forward);

    /// <summary>Where nothing is weighted, the short way; with any option, the long one.</summary>
    private static LossFunction CrossEntropy(CrossEntropyOptions options)
    {
        bool plain = options is { Weights.Length: 0, LabelSmoothing: 0, IgnoreIndex: -100 };
        CrossEntropyLoss loss = plain
            ? new CrossEntropyLoss(options.Reduction, options.ClassAxis)
            : new CrossEntropyLoss(options.Weights, options.LabelSmoothing, options.IgnoreIndex, options.Reduction, options.ClassAxis);
        return loss.Forward;
    }
}
