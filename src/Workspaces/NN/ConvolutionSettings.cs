using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>The checked arguments of a convolution layer.</summary>
internal readonly record struct ConvolutionSettings
{
    internal long InChannels { get; init; }

    internal long OutChannels { get; init; }

    internal Size2 KernelSize { get; init; }

    internal Size2 Stride { get; init; }

    internal Size2 Padding { get; init; }

    internal Size2 Dilation { get; init; }

    internal int Groups { get; init; }

    internal bool HasBias { get; init; }

    internal DType DType { get; init; }

    internal ulong? Seed { get; init; }

    internal WorkspaceManager? Manager { get; init; }

    /// <summary>These settings when all are in range.</summary>
    internal ConvolutionSettings Checked(string layer)
    {
        NNErrors.Positive(InChannels, layer, "inChannels");
        NNErrors.Positive(OutChannels, layer, "outChannels");
        NNErrors.Positive(Groups, layer, "groups");
        NNErrors.Positive(Math.Min(KernelSize.Height, KernelSize.Width), layer, "kernelSize");
        NNErrors.Positive(Math.Min(Stride.Height, Stride.Width), layer, "stride");
        NNErrors.AtLeast(Math.Min(Padding.Height, Padding.Width), 0, layer, "padding");
        NNErrors.Positive(Math.Min(Dilation.Height, Dilation.Width), layer, "dilation");
        if (InChannels % Groups != 0 || OutChannels % Groups != 0)
            throw new ArgumentException(WorkspaceException.Compose(
                $"make {Groups} groups", layer, $"they do not divide {InChannels} channels into {OutChannels}", "use a number of groups that divides both"));
        return this;
    }
}
