using Workspaces.NN;
using Workspaces.Ops;
using Xunit.Abstractions;

namespace Workspaces.Tests.NN;

/// <summary>The modules of convolutional networks.</summary>
public sealed class ConvolutionModuleTests(ITestOutputHelper output) : ModuleConformance<ConvolutionModuleTests>(output), IModuleTable
{
    public static string GoldenFile => "convolution";

    public static ModuleCase[] Cases =>
    [
        new("conv 2d", (d, m) => new Conv2d(2, 3, 3, dtype: d, manager: m), [1, 2, 4, 5], [0, 2, 3, 3], [8, 2, 16, 16]) { Golden = "nn.Conv2d" },
        new(
            "conv 2d strided", (d, m) => new Conv2d(2, 4, (2, 3), stride: (2, 1), padding: (1, 2), dilation: (1, 2), groups: 2, dtype: d, manager: m),
            [2, 2, 5, 6], [8, 2, 20, 20]) { Golden = "nn.Conv2d.strided" },
        new("conv 2d pointwise", (d, m) => new Conv2d(3, 2, 1, bias: false, dtype: d, manager: m), [2, 3, 3, 2], [64, 3, 40, 40]) { Golden = "nn.Conv2d.pointwise" },
        new("conv 2d wide", (d, m) => new Conv2d(16, 8, 3, padding: 1, dtype: d, manager: m), [3, 16, 12, 12], [5, 16, 40, 24]),
        new("conv 1d", (d, m) => new Conv1d(2, 3, 3, stride: 2, padding: 1, dtype: d, manager: m), [2, 2, 7], [8, 2, 500]) { Golden = "nn.Conv1d" },
        new(
            "conv transpose 2d", (d, m) => new ConvTranspose2d(2, 3, 3, stride: 2, padding: 1, outputPadding: 1, dtype: d, manager: m),
            [2, 2, 3, 2], [8, 2, 16, 16]) { Golden = "nn.ConvTranspose2d" },
        new(
            "conv transpose 2d in groups", (d, m) => new ConvTranspose2d(4, 2, (2, 3), stride: (1, 2), dilation: 2, groups: 2, bias: false, dtype: d, manager: m),
            [1, 4, 2, 3], [4, 4, 16, 20]) { Golden = "nn.ConvTranspose2d.groups" },
        new(
            "conv transpose 1d", (d, m) => new ConvTranspose1d(2, 2, 3, stride: 2, outputPadding: 1, dtype: d, manager: m),
            [1, 2, 4], [16, 2, 100]) { Golden = "nn.ConvTranspose1d" },
        new("max pool 2d", (_, _) => new MaxPool2d(2), [2, 2, 4, 6], [0, 1, 4, 4], [8, 4, 17, 20]) { Golden = "nn.MaxPool2d" },
        new("max pool 2d padded", (_, _) => new MaxPool2d(3, stride: 2, padding: 1), [1, 2, 5, 6], [2, 2, 9, 10]) { Golden = "nn.MaxPool2d.padded" },
        new("max pool 1d", (_, _) => new MaxPool1d(3, stride: 2, padding: 1), [2, 2, 8], [2, 2, 90]) { Golden = "nn.MaxPool1d" },
        new("avg pool 2d", (_, _) => new AvgPool2d(3, stride: 2, padding: 1), [1, 2, 5, 6], [8, 4, 17, 20]) { Golden = "nn.AvgPool2d" },
        new(
            "avg pool 2d inside", (_, _) => new AvgPool2d(3, stride: 2, padding: 1, countIncludePad: false), [1, 2, 5, 6], [8, 4, 17, 20])
            { Golden = "nn.AvgPool2d.inside" },
        new("avg pool 1d", (_, _) => new AvgPool1d(2), [2, 2, 6], [8, 4, 300]) { Golden = "nn.AvgPool1d" },
        new("adaptive avg pool 2d", (_, _) => new AdaptiveAvgPool2d((3, 2)), [2, 2, 5, 7], [8, 4, 17, 20]) { Golden = "nn.AdaptiveAvgPool2d" },
        new("adaptive avg pool 1d", (_, _) => new AdaptiveAvgPool1d(3), [2, 2, 7], [8, 4, 300]) { Golden = "nn.AdaptiveAvgPool1d" },
        new("adaptive max pool 2d", (_, _) => new AdaptiveMaxPool2d((3, 2)), [2, 2, 5, 7], [8, 4, 17, 20]) { Golden = "nn.AdaptiveMaxPool2d" },
        new("adaptive max pool 1d", (_, _) => new AdaptiveMaxPool1d(4), [2, 2, 7], [8, 4, 300]),
        new("batch norm 2d", (d, m) => new BatchNorm2d(3, dtype: d, manager: m), [2, 3, 2, 3], [8, 3, 16, 20]) { Golden = "nn.BatchNorm2d", ChangesInEvaluation = true },
        new(
            "batch norm 1d", (d, m) => new BatchNorm1d(3, affine: false, trackRunningStats: false, dtype: d, manager: m), [4, 3, 5], [8, 3, 200])
            { Golden = "nn.BatchNorm1d" },
        new("batch norm of rows", (d, m) => new BatchNorm1d(4, dtype: d, manager: m), [6, 4], [500, 4]) { Golden = "nn.BatchNorm1d.rows", ChangesInEvaluation = true },
        new("group norm", (d, m) => new GroupNorm(2, 4, dtype: d, manager: m), [2, 4, 3, 3], [8, 4, 16, 20]) { Golden = "nn.GroupNorm" },
        new("instance norm", (d, m) => new InstanceNorm(3, affine: true, dtype: d, manager: m), [2, 3, 3, 2], [8, 3, 16, 20]) { Golden = "nn.InstanceNorm" },
        new("upsample", (_, _) => new Upsample(scaleFactor: 2), [1, 2, 2, 3], [8, 4, 16, 16]) { Golden = "nn.Upsample" },
        new(
            "upsample linear", (_, _) => new Upsample((5, 4), mode: UpsampleMode.Bilinear), [1, 2, 3, 2], [8, 4, 32, 32]) { Golden = "nn.Upsample.linear" },
        new(
            "upsample with corners", (_, _) => new Upsample((5, 4), mode: UpsampleMode.Bilinear, alignCorners: true), [1, 2, 3, 2], [8, 4, 32, 32])
            { Golden = "nn.Upsample.corners" },
        new(
            "small network",
            (d, m) => new Sequential(
                new Conv2d(1, 4, 3, padding: 1, dtype: d, manager: m), new BatchNorm2d(4, dtype: d, manager: m), new Tanh(), new AvgPool2d(2),
                new Conv2d(4, 8, 3, dtype: d, manager: m), new Tanh(), new Flatten(), new Linear(128, 10, dtype: d, manager: m)),
            [2, 1, 12, 12], [32, 1, 12, 12]) { ChangesInEvaluation = true },
    ];
}
