using System.Globalization;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Ops;

/// <summary>The table of <see cref="BadParameterTests"/>.</summary>
internal static class BadParameters
{
    private static readonly long[] Box = [2, 4, 6], Planes = [2, 4, 6, 6];
    private static readonly int[] NoAxes = [5, -6, int.MaxValue, int.MinValue];

    public static IEnumerable<BadParameter> Lines => [.. Axes, .. Reduced, .. Elementwise, .. Sizes, .. Convolutions, .. Pools, .. Norms, .. Rest];

    private static IEnumerable<BadParameter> Axes =>
    [
        .. Axis("ArgMax", (x, axis) => x.ArgMax(axis)), .. Axis("ArgMin", (x, axis) => x.ArgMin(axis)), .. Axis("CumSum", (x, axis) => x.CumSum(axis)),
        .. Axis("MaxWithIndices", (x, axis) => x.MaxWithIndices(axis)), .. Axis("MinWithIndices", (x, axis) => x.MinWithIndices(axis)),
        .. Axis("Sort", (x, axis) => x.Sort(axis)), .. Axis("ArgSort", (x, axis) => x.ArgSort(axis)), .. Axis("TopK", (x, axis) => x.TopK(1, axis)),
        .. Axis("Softmax", (x, axis) => x.Softmax(axis)), .. Axis("LogSoftmax", (x, axis) => x.LogSoftmax(axis)),
        .. Axis("Concat", (x, axis) => Tensor.Concat([x, x], axis)), .. Axis("Stack", (x, axis) => Tensor.Stack([x, x], axis)),
        .. Axis("Split", (x, axis) => x.Split(1, axis)), .. Axis("Chunk", (x, axis) => x.Chunk(1, axis)),
        .. Axis("Flatten", (x, axis) => x.Flatten(axis)), .. Axis("Transpose", (x, axis) => x.Transpose(0, axis)), .. Axis("Transpose", (x, axis) => x.Transpose(axis, 0)),
        .. Axis("Slice", (x, axis) => x.Slice(axis, 0, 1)), .. Axis("Select", (x, axis) => x.Select(axis, 0)),
        .. Axis("Squeeze", (x, axis) => x.Squeeze(axis)), .. Axis("Unsqueeze", (x, axis) => x.Unsqueeze(axis)),
        .. Axis("Permute", (x, axis) => x.Permute(0, axis, 1)), .. Axis("Flip", (x, axis) => x.Flip(axis)),
        .. NoAxes.Select(static axis => new BadParameter("CrossEntropy", Text(axis), (x, w) => x.CrossEntropy(w[0], classAxis: axis), Box) { Others = [Box] }),
        .. NoAxes.Select(static axis => new BadParameter("NllLoss", Text(axis), (x, w) => x.NllLoss(w[0], classAxis: axis), Box) { Others = [[2, 4]], OtherType = DType.I64 }),
        .. NoAxes.Select(static axis => new BadParameter("Gather", Text(axis), (x, w) => x.Gather(axis, w[0]), Box) { Others = [Box], OtherType = DType.I64 }),
        .. NoAxes.Select(static axis => new BadParameter("IndexSelect", Text(axis), (x, w) => x.IndexSelect(axis, w[0]), Box) { Others = [[2]], OtherType = DType.I64 }),
        .. NoAxes.Select(static axis => new BadParameter("ScatterAdd", Text(axis), (x, w) => x.ScatterAdd(axis, w[0], w[0]), Box) { Others = [Box], OtherType = DType.I64 }),
        new("Permute", "[0, 1]", static (x, _) => x.Permute(0, 1), Box), new("Permute", "[0, 1, 1]", static (x, _) => x.Permute(0, 1, 1), Box),
        new("Flip", "[1, 1]", static (x, _) => x.Flip(1, 1), Box), new("Squeeze", "1", static (x, _) => x.Squeeze(1), Box),
    ];

    private static IEnumerable<BadParameter> Reduced =>
    [
        .. Axis("Sum", (x, axis) => x.Sum([axis])), .. Axis("Mean", (x, axis) => x.Mean([axis])), .. Axis("Max", (x, axis) => x.Max([axis])),
        .. Axis("Min", (x, axis) => x.Min([axis])), .. Axis("Var", (x, axis) => x.Var([axis])), .. Axis("Std", (x, axis) => x.Std([axis])),
        .. Axis("LogSumExp", (x, axis) => x.LogSumExp([axis])), .. Axis("Prod", (x, axis) => x.Prod([axis])), .. Axis("Any", (x, axis) => x.Any([axis])),
        .. Axis("All", (x, axis) => x.All([axis])), .. Axis("Norm", (x, axis) => x.Norm(2, [axis])),
        new("Norm", "p 0", static (x, _) => x.Norm(0), Box), new("Norm", "p NaN", static (x, _) => x.Norm(double.NaN), Box), new("Sum", "[0, 0]", static (x, _) => x.Sum([0, 0]), Box),
    ];

    private static IEnumerable<BadParameter> Elementwise =>
    [
        new("Elu", "alpha -1", static (x, _) => x.Elu(-1), Box), new("LeakyRelu", "slope NaN", static (x, _) => x.LeakyRelu(double.NaN), Box),
        new("Softplus", "beta 0", static (x, _) => x.Softplus(0), Box), new("Softplus", "threshold NaN", static (x, _) => x.Softplus(1, double.NaN), Box),
        new("HardTanh", "low 2", static (x, _) => x.HardTanh(2, 1), Box), new("Clamp", "without bounds", static (x, _) => x.Clamp(), Box),
        new("Clamp", "min NaN", static (x, _) => x.Clamp(double.NaN), Box), new("Dropout", "probability 1.5", static (x, _) => x.Dropout(1.5, 1, 1), Box),
        new("Dropout", "probability -0.1", static (x, _) => x.Dropout(-0.1, 1, 1), Box), .. Whole("Add", static x => x.Add(0.5)), .. Whole("Subtract", static x => x.Subtract(0.5)),
        .. Whole("Multiply", static x => x.Multiply(0.5)), .. Whole("Equal", static x => x.Equal(0.5)), .. Whole("NotEqual", static x => x.NotEqual(0.5)),
        .. Whole("Less", static x => x.Less(0.5)), .. Whole("LessOrEqual", static x => x.LessOrEqual(0.5)), .. Whole("Greater", static x => x.Greater(0.5)),
        .. Whole("GreaterOrEqual", static x => x.GreaterOrEqual(0.5)), .. Whole("Fmod", static x => x.Fmod(0.5)), .. Whole("Remainder", static x => x.Remainder(0.5)),
        .. Whole("AddInPlace", static x => x.AddInPlace(0.5)), .. Whole("MultiplyInPlace", static x => x.MultiplyInPlace(0.5)), .. Whole("Pad", static x => x.Pad([1, 1], value: 0.5)),
        new("MaskedFill", "0.5", static (x, w) => x.MaskedFill(w[0], 0.5), Box) { Type = DType.I64, Others = [Box], OtherType = DType.Bool },
    ];

    private static IEnumerable<BadParameter> Sizes =>
    [
        new("Split", "size 0", static (x, _) => x.Split(0), Box), new("Split", "size -3", static (x, _) => x.Split(-3), Box), new("Chunk", "count 0", static (x, _) => x.Chunk(0), Box),
        new("Chunk", "count -1", static (x, _) => x.Chunk(-1), Box), new("TopK", "k -1", static (x, _) => x.TopK(-1), Box), new("TopK", "k 7", static (x, _) => x.TopK(7), Box),
        new("OneHot", "classes 0", static (x, _) => x.OneHot(0), Box) { Type = DType.I64 }, new("OneHot", "classes -1", static (x, _) => x.OneHot(-1), Box) { Type = DType.I64 },
        new("OneHot", "label 1", static (x, _) => x.OneHot(1), [1]) { Type = DType.I64 },
        new("Pad", "[-1, 0]", static (x, _) => x.Pad([-1, 0]), Box), new("Pad", "[1]", static (x, _) => x.Pad([1]), Box),
        new("Pad", "[0, 9223372036854775807]", static (x, _) => x.Pad([0, long.MaxValue]), Box), new("Pad", "[6, 0]", static (x, _) => x.Pad([6, 0], PadMode.Reflect), Box),
        new("Tile", "times -1", static (x, _) => x.Tile(-1), Box), new("Tile", "times 9223372036854775807", static (x, _) => x.Tile(long.MaxValue), Box),
        new("Reshape", "[-2, 24]", static (x, _) => x.Reshape(-2, 24), Box), new("Reshape", "[7, -1]", static (x, _) => x.Reshape(7, -1), Box),
        new("Reshape", "[9223372036854775807, 2]", static (x, _) => x.Reshape(long.MaxValue, 2), Box), new("Reshape", "[-1, -1]", static (x, _) => x.Reshape(-1, -1), Box),
        new("Slice", "-1", static (x, _) => x.Slice(0, -1, 1), Box), new("Slice", "-5 elements", static (x, _) => x.Slice(0, 0, -5), Box),
        new("Slice", "9223372036854775807 elements", static (x, _) => x.Slice(0, 1, long.MaxValue), Box), new("Slice", "step 0", static (x, _) => x.Slice(0, 0, 1, 0), Box),
        new("Select", "9", static (x, _) => x.Select(0, 9), Box), new("Select", "-3", static (x, _) => x.Select(0, -3), Box),
        new("Embedding", "-2", static (x, w) => x.Embedding(w[0], -2), [3, 4]) { Others = [[2]], OtherType = DType.I64 },
        new("Embedding", "3", static (x, w) => x.Embedding(w[0], 3), [3, 4]) { Others = [[2]], OtherType = DType.I64 },
    ];

    private static IEnumerable<BadParameter> Convolutions =>
    [
        .. Wide("Conv1d", Box, [[3, 4, 2]], static (x, w, n) => x.Conv1d(w[0], null, n.Stride, n.Padding, n.Dilation, n.Groups)),
        .. Wide("Conv2d", Planes, [[3, 4, 2, 2]], static (x, w, n) => x.Conv2d(w[0], null, n.Stride, n.Padding, n.Dilation, n.Groups)),
        .. Wide("ConvTranspose1d", Box, [[4, 3, 2]], static (x, w, n) => x.ConvTranspose1d(w[0], null, n.Stride, n.Padding, 0, n.Dilation, n.Groups)),
        .. Wide("ConvTranspose2d", Planes, [[4, 3, 2, 2]], static (x, w, n) => x.ConvTranspose2d(w[0], null, n.Stride, n.Padding, 0, n.Dilation, n.Groups)),
        new("ConvTranspose1d", "output padding -1", static (x, w) => x.ConvTranspose1d(w[0], outputPadding: -1), Box) { Others = [[4, 3, 2]] },
        new("ConvTranspose2d", "output padding", static (x, w) => x.ConvTranspose2d(w[0], outputPadding: 1), Planes) { Others = [[4, 3, 2, 2]] },
    ];

    private static IEnumerable<BadParameter> Pools =>
    [
        .. Pool("MaxPool1d", Box, static (x, kernel, stride, padding) => x.MaxPool1d(kernel, stride, padding)),
        .. Pool("MaxPool2d", Planes, static (x, kernel, stride, padding) => x.MaxPool2d(kernel, stride, padding)),
        .. Pool("AvgPool1d", Box, static (x, kernel, stride, padding) => x.AvgPool1d(kernel, stride, padding)),
        .. Pool("AvgPool2d", Planes, static (x, kernel, stride, padding) => x.AvgPool2d(kernel, stride, padding)),
        new("MaxPool1d", "dilation 0", static (x, _) => x.MaxPool1d(2, dilation: 0), Box),
        .. Sized("AdaptiveAvgPool1d", Box, static (x, size) => x.AdaptiveAvgPool1d(size)), .. Sized("AdaptiveAvgPool2d", Planes, static (x, size) => x.AdaptiveAvgPool2d(size)),
        .. Sized("AdaptiveMaxPool1d", Box, static (x, size) => x.AdaptiveMaxPool1d(size)), .. Sized("AdaptiveMaxPool2d", Planes, static (x, size) => x.AdaptiveMaxPool2d(size)),
        .. Sized("Upsample", Planes, static (x, size) => x.Upsample(size)),
    ];

    private static IEnumerable<BadParameter> Norms =>
    [
        new("BatchNorm", "momentum 2", static (x, _) => x.BatchNorm(momentum: 2), Box), new("BatchNorm", "epsilon -1", static (x, _) => x.BatchNorm(epsilon: -1), Box),
        new("BatchNormBy", "epsilon NaN", static (x, w) => x.BatchNormBy(w[0], w[0], epsilon: double.NaN), Box) { Others = [[4]] },
        new("GroupNorm", "groups 0", static (x, _) => x.GroupNorm(0), Box), new("GroupNorm", "groups -1", static (x, _) => x.GroupNorm(-1), Box),
        new("GroupNorm", "3 groups", static (x, _) => x.GroupNorm(3), Box), new("InstanceNorm", "epsilon -1", static (x, _) => x.InstanceNorm(epsilon: -1), Box),
        new("LayerNorm", "epsilon 0", static (x, _) => x.LayerNorm(epsilon: 0), Box), new("LayerNorm", "4 axes", static (x, _) => x.LayerNorm(axes: 4), Box),
        new("RmsNorm", "epsilon -1", static (x, _) => x.RmsNorm(epsilon: -1), Box), new("RmsNorm", "0 axes", static (x, _) => x.RmsNorm(axes: 0), Box),
    ];

    private static IEnumerable<BadParameter> Rest =>
    [
        new("Huber", "delta 0", static (x, w) => x.Huber(w[0], 0), Box) { Others = [Box] }, new("SmoothL1", "beta -1", static (x, w) => x.SmoothL1(w[0], -1), Box) { Others = [Box] },
        new("CrossEntropy", "labelSmoothing 1.5", static (x, w) => x.CrossEntropy(w[0], null, 1.5), [2, 3]) { Others = [[2]], OtherType = DType.I64 },
        new("SelfAttention", "-1 heads", static (x, _) => x.SelfAttention(-1), [2, 5, 24]), new("SelfAttention", "5 heads", static (x, _) => x.SelfAttention(5), [2, 5, 24]),
        new("SelfAttention", "dropout 2", static (x, _) => x.SelfAttention(2, dropout: 2), [2, 5, 24]),
        new("HeadAttention", "0 heads", static (x, _) => x.HeadAttention(x, x, 0), [2, 5, 24]),
        new("HeadAttention", "dropout -1", static (x, _) => x.HeadAttention(x, x, 2, dropout: -1), [2, 5, 24]),
        new("ScaledDotProductAttention", "keys [2, 2, 5, 0]", static (x, _) => x.ScaledDotProductAttention(x, x), [2, 2, 5, 0]),
        new("ScaledDotProductAttention", "dropout NaN", static (x, _) => x.ScaledDotProductAttention(x, x, dropout: double.NaN), [2, 2, 5, 4]),
    ];

    private static IEnumerable<BadParameter> Axis(string op, Func<Tensor, int, object> run) =>
        NoAxes.Select(axis => new BadParameter(op, Text(axis), (x, _) => run(x, axis), Box));

    /// <summary>A number that an integer tensor cannot hold.</summary>
    private static IEnumerable<BadParameter> Whole(string op, Func<Tensor, object> run) => [new(op, "number 0.5", (x, _) => run(x), Box) { Type = DType.I64 }];

    private static IEnumerable<BadParameter> Wide(string op, long[] dims, long[][] weights, Func<Tensor, Tensor[], (int Stride, int Padding, int Dilation, int Groups), object> run)
    {
        (string Text, (int, int, int, int) Numbers)[] all =
        [
            ("stride 0", (0, 0, 1, 1)), ("stride -2", (-2, 0, 1, 1)), ("padding -1", (1, -1, 1, 1)), ("dilation 0", (1, 0, 0, 1)), ("number of groups 0", (1, 0, 1, 0)),
            ("number of groups -1", (1, 0, 1, -1)), ("3 groups", (1, 0, 1, 3)), ("padding 2147483647", (1, int.MaxValue, 1, 1)), ("reach 2147483647", (1, 0, int.MaxValue, 1)),
        ];
        return all.Select(bad => new BadParameter(op, bad.Text, (x, w) => run(x, w, bad.Numbers), dims) { Others = weights });
    }

    private static IEnumerable<BadParameter> Pool(string op, long[] dims, Func<Tensor, int, int, int, object> run)
    {
        (string Text, int Kernel, int Stride, int Padding)[] all =
            [("kernel size 0", 0, 1, 0), ("kernel size -1", -1, 1, 0), ("stride 0", 2, 0, 0), ("padding -1", 2, 1, -1), ("pad", 2, 1, 2), ("slide a window", 9, 1, 0)];
        return all.Select(bad => new BadParameter(op, bad.Text, (x, _) => run(x, bad.Kernel, bad.Stride, bad.Padding), dims));
    }

    private static IEnumerable<BadParameter> Sized(string op, long[] dims, Func<Tensor, int, object> run) =>
        new[] { 0, -1 }.Select(size => new BadParameter(op, $"size {Text(size)}", (x, _) => run(x, size), dims));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
