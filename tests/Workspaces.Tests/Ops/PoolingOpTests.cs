using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Ops;

/// <summary>Pooling and resampling against nested loops.</summary>
public sealed class PoolingOpTests : OpConformance<PoolingOpTests>, IOpTable
{
    public static OpCase[] Cases =>
    [
        Max("max pool 2d", [2, 2, 4, 6], 2),
        Max("max pool 2d of odd sizes", [1, 2, 5, 7], 2),
        Max("max pool 2d overlapping", [1, 1, 5, 5], 3, stride: 1),
        Max("max pool 2d padded", [1, 2, 4, 5], 3, stride: 2, padding: 1),
        Max("max pool 2d dilated", [1, 1, 6, 7], (2, 3), stride: (1, 2), padding: (1, 1), dilation: (3, 2)),
        Max("max pool 2d wide", [1, 1, 2, 300], (1, 2), stride: (1, 1)),
        Max("max pool 2d of a large window", [1, 1, 18, 19], 17, stride: 1),
        Max("max pool 2d of one element", [1, 1, 1, 1], 1),
        Max("max pool 2d of nothing", [0, 2, 4, 4], 2),
        new("max pool 1d", "MaxPool1d", [[2, 2, 7]], x => x[0].MaxPool1d(3, 2, 1), a => Loops.Line(Loops.Pool(Loops.Plane(a[0]), new(1, 3), new(1, 2), new(0, 1), 1, v => v.Max()))),
        Average("avg pool 2d", [2, 2, 4, 6], 2),
        Average("avg pool 2d padded", [1, 2, 4, 5], (3, 2), stride: 2, padding: 1),
        Average("avg pool 2d without its padding", [1, 2, 4, 5], (3, 2), stride: 2, padding: 1, countIncludePad: false),
        Average("avg pool 2d overlapping", [1, 1, 4, 4], 3, stride: 1),
        Average("avg pool 2d of nothing", [0, 1, 4, 4], 2),
        new("avg pool 1d", "AvgPool1d", [[2, 2, 7]], x => x[0].AvgPool1d(3, 2, 1), a => Loops.Line(Loops.Pool(Loops.Plane(a[0]), new(1, 3), new(1, 2), new(0, 1), 1, v => v.Sum() / 3))),
        Adaptive("adaptive avg pool 2d", [2, 2, 5, 7], (3, 4)),
        Adaptive("adaptive avg pool 2d to one", [1, 3, 4, 3], 1),
        Adaptive("adaptive avg pool 2d to more", [1, 1, 2, 3], (3, 5)),
        new("adaptive avg pool 1d", "AdaptiveAvgPool1d", [[2, 2, 7]], x => x[0].AdaptiveAvgPool1d(3), a => Loops.Line(Loops.Adaptive(Loops.Plane(a[0]), new(1, 3), v => v.Average()))),
        new("adaptive max pool 2d", "AdaptiveMaxPool2d", [[1, 2, 5, 7]], x => x[0].AdaptiveMaxPool2d((3, 4)), a => Loops.Adaptive(a[0], (3, 4), v => v.Max())),
        new("adaptive max pool 1d", "AdaptiveMaxPool1d", [[2, 1, 7]], x => x[0].AdaptiveMaxPool1d(2), a => Loops.Line(Loops.Adaptive(Loops.Plane(a[0]), new(1, 2), v => v.Max()))),
        new("upsample nearest", "Upsample", [[2, 1, 2, 3]], x => x[0].Upsample((4, 6)), a => Nearest(a[0], (4, 6))),
        new("upsample nearest to odd sizes", "Upsample", [[1, 2, 3, 4]], x => x[0].Upsample((5, 3)), a => Nearest(a[0], (5, 3))),
        Linear("upsample linear", [2, 1, 2, 3], (4, 6), false),
        Linear("upsample linear with corners", [1, 2, 3, 2], (5, 5), true),
        Linear("upsample linear to less", [1, 1, 5, 4], (3, 1), false),
        Linear("upsample linear to one with corners", [1, 1, 3, 3], 1, true),
        Linear("upsample linear of one", [1, 1, 1, 1], 3, false),
    ];

    private static OpCase Max(string name, int[] x, Size2 kernel, Size2? stride = null, Size2? padding = null, Size2? dilation = null) =>
        new(name, "MaxPool2d", [x], t => t[0].MaxPool2d(kernel, stride, padding, dilation),
            a => Loops.Pool(a[0], kernel, stride ?? kernel, padding ?? 0, dilation ?? 1, v => v.Max())) { Low = -50, High = 50 };

    private static OpCase Average(string name, int[] x, Size2 kernel, Size2? stride = null, Size2? padding = null, bool countIncludePad = true) =>
        new(name, "AvgPool2d", [x], t => t[0].AvgPool2d(kernel, stride, padding, countIncludePad),
            a => Loops.Pool(a[0], kernel, stride ?? kernel, padding ?? 0, 1, v => v.Sum() / (countIncludePad ? kernel.Height * kernel.Width : v.Count)));

    private static OpCase Adaptive(string name, int[] x, Size2 size) =>
        new(name, "AdaptiveAvgPool2d", [x], t => t[0].AdaptiveAvgPool2d(size), a => Loops.Adaptive(a[0], size, v => v.Average()));

    private static OpCase Linear(string name, int[] x, Size2 size, bool alignCorners) =>
        new(name, "Upsample", [x], t => t[0].Upsample(size, UpsampleMode.Bilinear, alignCorners), a => Loops.Linear(a[0], size, alignCorners));

    private static NdArray Nearest(NdArray x, Size2 size) => NdArray.Build(
        [x.Dims[0], x.Dims[1], size.Height, size.Width], i => x[i[0], i[1], i[2] * x.Dims[2] / size.Height, i[3] * x.Dims[3] / size.Width]);
}
