using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Ops;

/// <summary>Convolutions and transposed convolutions against seven nested loops.</summary>
public sealed class ConvolutionOpTests : OpConformance<ConvolutionOpTests>, IOpTable
{
    public static OpCase[] Cases =>
    [
        Conv2("conv2d", [2, 2, 5, 4], [3, 2, 3, 2], true),
        Conv2("conv2d without bias", [1, 1, 4, 4], [2, 1, 2, 2], false),
        Conv2("conv2d padded", [1, 2, 3, 3], [2, 2, 3, 3], true, padding: 1),
        Conv2("conv2d with strides", [2, 1, 5, 6], [2, 1, 2, 3], true, stride: (2, 3), padding: (1, 2)),
        Conv2("conv2d dilated", [1, 1, 6, 5], [2, 1, 2, 2], true, stride: 2, padding: 1, dilation: (2, 3)),
        Conv2("conv2d in groups", [2, 4, 3, 3], [6, 2, 2, 2], true, groups: 2),
        Conv2("conv2d by channel", [1, 3, 4, 3], [3, 1, 2, 2], true, padding: 1, groups: 3),
        Conv2("conv2d pointwise", [2, 3, 2, 3], [4, 3, 1, 1], true),
        Conv2("conv2d pointwise in groups", [2, 4, 2, 2], [2, 2, 1, 1], false, groups: 2),
        Conv2("conv2d pointwise with a stride", [1, 2, 4, 3], [3, 2, 1, 1], true, stride: 2),
        Conv2("conv2d of one element", [1, 1, 1, 1], [1, 1, 1, 1], true),
        Conv2("conv2d padded beyond the input", [1, 1, 1, 2], [1, 1, 3, 3], true, padding: 3),
        Conv2("conv2d of nothing", [0, 2, 3, 3], [2, 2, 2, 2], true),
        Conv2("conv2d many samples", [9, 1, 3, 3], [1, 1, 2, 2], true),
        Conv1("conv1d", [2, 2, 7], [3, 2, 3], true),
        Conv1("conv1d with all options", [1, 4, 9], [4, 2, 2], true, stride: 2, padding: 2, dilation: 3, groups: 2),
        Transposed("conv transpose 2d", [1, 2, 3, 2], [2, 3, 2, 2], true),
        Transposed("conv transpose 2d with strides", [2, 1, 2, 3], [1, 2, 3, 2], true, stride: (2, 3), padding: (1, 0), outputPadding: (1, 2)),
        Transposed("conv transpose 2d dilated", [1, 2, 2, 2], [2, 1, 2, 2], false, stride: 2, dilation: (2, 3), outputPadding: 1),
        Transposed("conv transpose 2d in groups", [1, 4, 2, 2], [4, 2, 2, 2], true, stride: 2, groups: 2),
        Transposed("conv transpose 2d pointwise", [2, 3, 2, 2], [3, 2, 1, 1], true),
        Transposed("conv transpose 2d pointwise and padded", [2, 3, 2, 3], [3, 2, 1, 1], true, dilation: (2, 3), outputPadding: (1, 2)),
        Transposed("conv transpose 2d of nothing", [0, 2, 2, 2], [2, 1, 2, 2], true),
        TransposedLine("conv transpose 1d", [2, 2, 3], [2, 3, 3], stride: 2, padding: 1, outputPadding: 1),
    ];

    private static OpCase Conv2(
        string name, int[] x, int[] w, bool bias, Size2? stride = null, Size2? padding = null, Size2? dilation = null, int groups = 1) =>
        new(name, "Conv2d", bias ? [x, w, [w[0]]] : [x, w], t => t[0].Conv2d(t[1], bias ? t[2] : null, stride, padding, dilation, groups),
            a => Loops.Convolve(a, stride ?? 1, padding ?? 0, dilation ?? 1, groups));

    private static OpCase Conv1(string name, int[] x, int[] w, bool bias, int stride = 1, int padding = 0, int dilation = 1, int groups = 1) =>
        new(name, "Conv1d", bias ? [x, w, [w[0]]] : [x, w], t => t[0].Conv1d(t[1], bias ? t[2] : null, stride, padding, dilation, groups),
            a => Loops.Line(Loops.Convolve([Loops.Plane(a[0]), Loops.Plane(a[1]), .. a[2..]], new(1, stride), new(0, padding), new(1, dilation), groups)));

    private static OpCase Transposed(
        string name, int[] x, int[] w, bool bias, Size2? stride = null, Size2? padding = null, Size2? outputPadding = null, Size2? dilation = null, int groups = 1) =>
        new(name, "ConvTranspose2d", bias ? [x, w, [w[1] * groups]] : [x, w],
            t => t[0].ConvTranspose2d(t[1], bias ? t[2] : null, stride, padding, outputPadding, dilation, groups),
            a => Loops.ConvolveTransposed(a, stride ?? 1, padding ?? 0, outputPadding ?? 0, dilation ?? 1, groups));

    private static OpCase TransposedLine(string name, int[] x, int[] w, int stride, int padding, int outputPadding) =>
        new(name, "ConvTranspose1d", [x, w, [w[1]]], t => t[0].ConvTranspose1d(t[1], t[2], stride, padding, outputPadding),
            a => Loops.Line(Loops.ConvolveTransposed(
                [Loops.Plane(a[0]), Loops.Plane(a[1]), a[2]], new(1, stride), new(0, padding), new(0, outputPadding), 1, 1)));
}
