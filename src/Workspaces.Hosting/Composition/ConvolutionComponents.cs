using System.Diagnostics.CodeAnalysis;
using Workspaces.Hosting.Configuration;
using Workspaces.NN;
using Workspaces.Ops;

namespace Workspaces.Hosting.Composition;

/// <summary>Convolution, pooling, resampling and the norms over channels, by name.</summary>
[RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
internal static class ConvolutionComponents
{
    internal static void Register(Components components) => components.Layers
        .Register<ConvolutionOptions>("Conv1d", static (o, _) =>
            new Conv1d(o.InChannels, o.OutChannels, o.KernelSize, o.Stride, o.Padding, o.Dilation, o.Groups, o.Bias,
                weightInitializer: o.Initializer?.Make(), biasInitializer: o.BiasInitializer?.Make()))
        .Register<ConvolutionOptions>("Conv2d", static (o, _) =>
            new Conv2d(o.InChannels, o.OutChannels, o.KernelSize, o.Stride, o.Padding, o.Dilation, o.Groups, o.Bias,
                weightInitializer: o.Initializer?.Make(), biasInitializer: o.BiasInitializer?.Make()))
        .Register<TransposedConvolutionOptions>("ConvTranspose1d", static (o, _) =>
            new ConvTranspose1d(o.InChannels, o.OutChannels, o.KernelSize, o.Stride, o.Padding, o.OutputPadding, o.Dilation, o.Groups, o.Bias,
                weightInitializer: o.Initializer?.Make(), biasInitializer: o.BiasInitializer?.Make()))
        .Register<TransposedConvolutionOptions>("ConvTranspose2d", static (o, _) =>
            new ConvTranspose2d(o.InChannels, o.OutChannels, o.KernelSize, o.Stride, o.Padding, o.OutputPadding, o.Dilation, o.Groups, o.Bias,
                weightInitializer: o.Initializer?.Make(), biasInitializer: o.BiasInitializer?.Make()))
        .Register<MaxPoolOptions>("MaxPool1d", static (o, _) => new MaxPool1d(o.KernelSize, o.Stride, o.Padding, o.Dilation))
        .Register<MaxPoolOptions>("MaxPool2d", static (o, _) => new MaxPool2d(o.KernelSize, o.Stride, o.Padding, o.Dilation))
        .Register<AveragePoolOptions>("AvgPool1d", static (o, _) => new AvgPool1d(o.KernelSize, o.Stride, o.Padding, o.CountIncludePad))
        .Register<AveragePoolOptions>("AvgPool2d", static (o, _) => new AvgPool2d(o.KernelSize, o.Stride, o.Padding, o.CountIncludePad))
        .Register<AdaptivePoolOptions>("AdaptiveAvgPool1d", static (o, _) => new AdaptiveAvgPool1d(o.OutputSize))
        .Register<AdaptivePoolOptions>("AdaptiveAvgPool2d", static (o, _) => new AdaptiveAvgPool2d(o.OutputSize))
        .Register<AdaptivePoolOptions>("AdaptiveMaxPool1d", static (o, _) => new AdaptiveMaxPool1d(o.OutputSize))
        .Register<AdaptivePoolOptions>("AdaptiveMaxPool2d", static (o, _) => new AdaptiveMaxPool2d(o.OutputSize))
        .Register<BatchNormOptions>("BatchNorm1d", static (o, _) => new BatchNorm1d(o.NumFeatures, o.Epsilon, o.Momentum, o.Affine, o.TrackRunningStats))
        .Register<BatchNormOptions>("BatchNorm2d", static (o, _) => new BatchNorm2d(o.NumFeatures, o.Epsilon, o.Momentum, o.Affine, o.TrackRunningStats))
        .Register<GroupNormOptions>("GroupNorm", static (o, _) => new GroupNorm(o.NumGroups, o.NumChannels, o.Epsilon, o.Affine))
        .Register<InstanceNormOptions>("InstanceNorm", static (o, _) => new InstanceNorm(o.NumFeatures, o.Epsilon, o.Affine))
        .Register<UpsampleOptions>("Upsample", static (o, _) =>
            new Upsample(o.Size is { } size ? new Size2(size, size) : null, o.ScaleFactor, o.Mode, o.AlignCorners));
}
