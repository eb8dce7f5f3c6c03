using Workspaces.Hosting.Composition;
using Workspaces.Memory;
using Workspaces.Memory.Configuration;
using Workspaces.NN;

namespace Workspaces.Tests.Configuration;

/// <summary>Layers of convolutional networks from JSON.</summary>
public sealed class ConvolutionComponentsTests
{
    [Theory]
    [InlineData("""{ "Type": "Conv2d", "InChannels": 1, "OutChannels": 6, "KernelSize": 5, "Padding": 2 }""", "Conv2d(1 → 6, kernel 5, padding 2)")]
    [InlineData("""{ "Type": "Conv2d", "InChannels": 4, "OutChannels": 6, "KernelSize": 3, "Stride": 2, "Dilation": 2, "Groups": 2, "Bias": false }""", "Conv2d(4 → 6, kernel 3, stride 2, dilation 2, groups 2, no bias)")]
    [InlineData("""{ "Type": "Conv1d", "InChannels": 2, "OutChannels": 3, "KernelSize": 3, "Stride": 2 }""", "Conv1d(2 → 3, kernel 3, stride 2)")]
    [InlineData("""{ "Type": "ConvTranspose2d", "InChannels": 2, "OutChannels": 3, "KernelSize": 4, "Stride": 2, "Padding": 1, "OutputPadding": 1 }""", "ConvTranspose2d(2 → 3, kernel 4, stride 2, padding 1)")]
    [InlineData("""{ "Type": "ConvTranspose1d", "InChannels": 2, "OutChannels": 3, "KernelSize": 4 }""", "ConvTranspose1d(2 → 3, kernel 4)")]
    [InlineData("""{ "Type": "MaxPool2d", "KernelSize": 2 }""", "MaxPool2d(kernel 2)")]
    [InlineData("""{ "Type": "MaxPool1d", "KernelSize": 3, "Stride": 2, "Padding": 1 }""", "MaxPool1d(kernel 3, stride 2, padding 1)")]
    [InlineData("""{ "Type": "AvgPool2d", "KernelSize": 3, "CountIncludePad": false }""", "AvgPool2d(kernel 3)")]
    [InlineData("""{ "Type": "AvgPool1d", "KernelSize": 3 }""", "AvgPool1d(kernel 3)")]
    [InlineData("""{ "Type": "AdaptiveAvgPool2d", "OutputSize": 1 }""", "AdaptiveAvgPool2d(1)")]
    [InlineData("""{ "Type": "AdaptiveAvgPool1d", "OutputSize": 4 }""", "AdaptiveAvgPool1d(4)")]
    [InlineData("""{ "Type": "AdaptiveMaxPool2d", "OutputSize": 2 }""", "AdaptiveMaxPool2d(2)")]
    [InlineData("""{ "Type": "AdaptiveMaxPool1d", "OutputSize": 2 }""", "AdaptiveMaxPool1d(2)")]
    [InlineData("""{ "Type": "BatchNorm2d", "NumFeatures": 6 }""", "BatchNorm2d(6)")]
    [InlineData("""{ "Type": "BatchNorm1d", "NumFeatures": 6, "Affine": false, "TrackRunningStats": false }""", "BatchNorm1d(6, no scale, no running statistics)")]
    [InlineData("""{ "Type": "GroupNorm", "NumGroups": 2, "NumChannels": 6 }""", "GroupNorm(6 in 2)")]
    [InlineData("""{ "Type": "InstanceNorm", "NumFeatures": 6 }""", "InstanceNorm(6)")]
    [InlineData("""{ "Type": "Upsample", "ScaleFactor": 2, "Mode": "Bilinear" }""", "Upsample(by 2, linear)")]
    [InlineData("""{ "Type": "Upsample", "Size": 7 }""", "Upsample(to 7, nearest)")]
    public void A_layer_is_what_its_options_say(string json, string text)
    {
        using Workspace building = WorkspaceManager.Create(new());
        using Module layer = new Components().Layers.Create(TestJson.Section("Layer", json));
        Assert.StartsWith(text, layer.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{ "Type": "Conv2d", "InChannels": 1, "OutChannels": 6 }]""", "Layers:0", "KernelSize")]
    [InlineData("""[{ "Type": "ReLU" }, { "Type": "Conv2d", "InChannels": 3, "OutChannels": 6, "KernelSize": 3, "Groups": 2 }]""", "Layers:1", "divide")]
    [InlineData("""[{ "Type": "MaxPool2d", "KernelSize": 2, "Ceil": true }]""", "Layers:0", "Ceil")]
    [InlineData("""[{ "Type": "Upsample" }]""", "Layers:0", "neither")]
    [InlineData("""[{ "Type": "Conv2D", "InChannels": -1, "OutChannels": 6, "KernelSize": 3 }]""", "Layers:0", "InChannels")]
    public void Wrong_options_are_named_with_their_path(string json, string path, string says)
    {
        using Workspace building = WorkspaceManager.Create(new());
        var error = Assert.Throws<ConfigurationException>(() => new Components().Layers.CreateAll(TestJson.Section("Layers", json)));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }
}
