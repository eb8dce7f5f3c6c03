using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Ops;

/// <summary>Losses of classes in any axis, and with probabilities as targets.</summary>
public sealed class ClassTargetTests : OpConformance<ClassTargetTests>, IOpTable
{
    private const double Smoothing = 0.1;
    private static readonly double[] Weights = [0.5, 1.5, 2, 0.25];
    private static readonly LossReduction[] Reductions = [LossReduction.Mean, LossReduction.Sum, LossReduction.None];
    private static readonly (int[] Dims, int Axis)[] Shapes = [([3, 4], 1), ([2, 4, 3], 1), ([2, 3, 4], -1), ([2, 4, 2, 3], 1), ([4, 5], 0), ([4], 0)];

    public static OpCase[] Cases =>
    [
        .. Shapes.SelectMany(static shape => Reductions.SelectMany(how => new[] { false, true }.Select(full => Probabilities(shape.Dims, shape.Axis, how, full)))),
        .. Shapes[..^1].SelectMany(static shape => Reductions.SelectMany(how => new[] { false, true }.SelectMany(likelihood => new[] { false, true }.Select(full =>
            Labels(shape.Dims, shape.Axis, how, likelihood, full))))),
    ];

    [Fact]
    public void One_hot_probabilities_give_what_labels_give()
    {
        using var workspace = WorkspaceManager.Create(new());
        Tensor x = Tensor.From<float>([1, 2, 0, -1, 0.5f, 2], [2, 3]), labels = Tensor.From<long>([2, 0]), t = labels.OneHot(3).To(DType.F32);
        Assert.Equal(x.CrossEntropy(labels).Item(), x.CrossEntropy(t).Item(), 1e-6f);
        Assert.Equal(x.CrossEntropy(labels, null, 0.2).Item(), new CrossEntropyLoss([], 0.2).Forward(x, t).Item(), 1e-6f);
    }

    [Fact]
    public void Wrong_targets_are_refused()
    {
        using var workspace = WorkspaceManager.Create(new());
        Tensor x = Tensor.Ones([2, 3, 4]), t = Tensor.Ones([2, 3, 4]);
        Refused<ShapeException>(() => x.CrossEntropy(Tensor.Ones([2, 3])), "[2, 3, 4]", "[2, 3]", "To(DType.I64)");
        Refused<ArgumentException>(() => x.CrossEntropy(t.To(DType.F64)), "float64");
        Refused<ShapeException>(() => x.CrossEntropy(t, Tensor.Ones([3])), "4 classes");
        Refused<ArgumentException>(() => x.CrossEntropy(t, LossReduction.BatchMean), "Mean");
        Refused<ArgumentException>(() => Tensor.Ones([0, 3]).CrossEntropy(Tensor.Ones([0, 3])), "[0, 3]");
        Refused<ShapeException>(() => x.CrossEntropy(Tensor.Zeros([2, 4], DType.I64)), "[2, 3, 4]", "[2, 4]", "classAxis");
        Refused<ShapeException>(() => x.CrossEntropy(Tensor.Zeros([2, 3], DType.I64), classAxis: 1), "[2, 4]", "classAxis");
        Refused<ArgumentException>(() => x.CrossEntropy(Tensor.Zeros([2, 3], DType.I64), classAxis: 3), "axis");
        Assert.Equal(0, Tensor.Ones([0, 3]).CrossEntropy(Tensor.Ones([0, 3]), LossReduction.Sum).Item());
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Targets_that_are_NaN_are_refused_and_predictions_that_are_NaN_stay(DType dtype)
    {
        using var workspace = WorkspaceManager.Create(new());
        Tensor x = Tensor.Ones([2, 3, 4], dtype), t = Tensor.From<double>([.. Enumerable.Range(0, 24).Select(static i => i == 17 ? double.NaN : 0.25)], [2, 3, 4]).To(dtype);
        Tensor weights = Tensor.Ones([4], dtype), bad = x.Multiply(double.NaN), good = x.Multiply(0.25);
        long before = workspace.Memory.Allocated;
        foreach (LossReduction how in Reductions)
        {
            foreach (double smoothing in (double[])[0, Smoothing])
            {
                Refused<ArgumentException>(() => x.CrossEntropy(t, weights, smoothing, reduction: how), "[2, 3, 4]", "target 17", "NaN");
                Refused<ArgumentException>(() => x.Transpose().CrossEntropy(t.Transpose(), null, smoothing, reduction: how, classAxis: 1), "[2, 4, 3]", "target 16", "NaN");
                Refused<ArgumentException>(() => x.CrossEntropy(t, how), "targets [2, 3, 4]", "target 17");
                Assert.Equal(before, workspace.Memory.Allocated);
                using Tensor kept = bad.CrossEntropy(good, weights, smoothing, reduction: how);
                Assert.All(OpRun.Numbers(kept), static loss => Assert.Equal(double.NaN, loss));
            }
        }
    }

    private static void Refused<T>(Func<object> action, params string[] parts)
        where T : Exception
    {
        T error = Assert.ThrowsAny<T>(() => action());
        Assert.Matches("Cannot .*CrossEntropy.*Remedy: ", error.Message);
        foreach (string part in parts) Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    private static OpCase Probabilities(int[] dims, int axis, LossReduction how, bool full) => new(
        $"probabilities {how} of {string.Join('x', dims)} in axis {axis}{(full ? " weighted and smoothed" : "")}", "CrossEntropy", [dims, dims],
        x => Probable(x[0], x[1], axis, how, full), x => Probable(x, axis, how, full)) { Low = 0.1, High = 1 };

    private static Tensor Probable(Tensor x, Tensor t, int axis, LossReduction how, bool full)
    {
        if (!full) return x.CrossEntropy(t, how, axis);
        using Tensor weights = WeightsFor(x);
        return x.CrossEntropy(t, weights, Smoothing, reduction: how, classAxis: axis);
    }

    private static NdArray Probable(NdArray[] x, int axis, LossReduction how, bool full)
    {
        int place = axis < 0 ? axis + x[0].Rank : axis;
        NdArray log = LogSoftmax(x[0], place);
        NdArray terms = NdArray.Build(x[0].Dims, i =>
        {
            double t = full ? ((1 - Smoothing) * x[1][i]) + (Smoothing / 4) : x[1][i];
            return -t * log[i] * (full ? Weights[i[place]] : 1);
        });
        NdArray each = terms.Reduce([place], false, v => v.Sum());
        return how == LossReduction.None ? each : each.Reduce([.. Enumerable.Range(0, each.Rank)], false, v => v.Sum() / (how == LossReduction.Mean ? each.Data.Length : 1));
    }

    private static OpCase Labels(int[] dims, int axis, LossReduction how, bool likelihood, bool full) => new(
        $"{(likelihood ? "likelihood" : "entropy")} {how} of {string.Join('x', dims)} in axis {axis}{(full ? " weighted" : "")}",
        likelihood ? "NllLoss" : "CrossEntropy", [dims], x => Labelled(x[0], dims, axis, how, likelihood, full), x => Labelled(x[0], axis, how, likelihood, full));

    private static Tensor Labelled(Tensor x, int[] dims, int axis, LossReduction how, bool likelihood, bool full)
    {
        long[] positions = [.. dims.Where((_, i) => i != (axis < 0 ? axis + dims.Length : axis)).Select(size => (long)size)];
        long count = positions.Aggregate(1L, (a, b) => a * b);
        using Tensor labels = Tensor.From<long>([.. Enumerable.Range(0, (int)count).Select(i => LabelOf(i))], new Shape(positions)), weights = full ? WeightsFor(x) : default;
        if (likelihood) return x.NllLoss(labels, full ? weights : null, full ? 1 : -100, how, axis);
        return full ? x.CrossEntropy(labels, weights, Smoothing, 1, how, axis) : x.CrossEntropy(labels, how, axis);
    }

    private static NdArray Labelled(NdArray x, int axis, LossReduction how, bool likelihood, bool full)
    {
        int place = axis < 0 ? axis + x.Rank : axis;
        NdArray log = likelihood ? x : LogSoftmax(x, place);
        int[] order = [.. Enumerable.Range(0, x.Rank).Where(i => i != place), place];
        NdArray rows = log.Permute(order);
        int[] positions = rows.Dims[..^1];
        int count = rows.Data.Length / 4;
        double smoothing = full && !likelihood ? Smoothing : 0, total = 0;
        var losses = new double[count];
        for (int i = 0; i < count; i++)
        {
            int label = (int)LabelOf(i);
            if (full && label == 1) continue;
            double weight = full ? Weights[label] : 1;
            total += weight;
            losses[i] = -(1 - smoothing) * weight * rows.Data[(i * 4) + label];
            for (int c = 0; c < 4; c++) losses[i] -= smoothing / 4 * (full ? Weights[c] : 1) * rows.Data[(i * 4) + c];
        }

        return how == LossReduction.None ? new NdArray(positions, losses) : new NdArray([], [losses.Sum() / (how == LossReduction.Mean ? total : 1)]);
    }

    private static long LabelOf(int position) => position * 7 % 4;

    private static NdArray LogSoftmax(NdArray x, int axis)
    {
        NdArray powers = x.Map(Math.Exp);
        return powers.Zip(powers.Reduce([axis], true, v => v.Sum()), (power, sum) => Math.Log(power / sum));
    }

    private static Tensor WeightsFor(Tensor x) =>
        x.IsAlive && x.DType == DType.F32 ? Tensor.From<float>([.. Weights.Select(weight => (float)weight)]) : Tensor.From<double>(Weights);
}
