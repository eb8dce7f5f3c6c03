using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Ops;

/// <summary>Sums, means, extremes and their positions over every set of axes.</summary>
public sealed class ReductionOpTests : OpConformance<ReductionOpTests>, IOpTable
{
    private static readonly int[][] Axes = [[], [0], [1], [-1], [0, 1], [0, 2], [2, 1], [0, 1, 2]];

    public static OpCase[] Cases =>
    [
        .. All("sum", "Sum", (x, axes, keep) => x.Sum(axes, keep), values => values.Sum()),
        .. All("mean", "Mean", (x, axes, keep) => x.Mean(axes, keep), values => values.Average()),
        .. All("max", "Max", (x, axes, keep) => x.Max(axes, keep), values => values.Max()),
        .. All("min", "Min", (x, axes, keep) => x.Min(axes, keep), values => values.Min()),
        .. Positions("argmax", "ArgMax", (x, axis, keep) => x.ArgMax(axis, keep), values => values.IndexOf(values.Max())),
        .. Positions("argmin", "ArgMin", (x, axis, keep) => x.ArgMin(axis, keep), values => values.IndexOf(values.Min())),
        new("sum of all", "Sum", [[3, 4]], x => x[0].Sum(), x => x[0].Reduce([], false, v => v.Sum())),
        new("mean of all", "Mean", [[3, 4]], x => x[0].Mean(), x => x[0].Reduce([], false, v => v.Average())),
        new("sum of a scalar", "Sum", [[]], x => x[0].Sum(), x => x[0]),
        new("mean of 1000", "Mean", [[1000]], x => x[0].Mean(), x => x[0].Reduce([], false, v => v.Average())),
    ];

    private delegate Tensor Reduction(Tensor x, int[] axes, bool keepDims);

    private static IEnumerable<OpCase> All(string name, string op, Reduction run, Func<List<double>, double> fold) =>
        Axes.Select((axes, i) => new OpCase(
            $"{name} over {string.Join(',', axes)}{(i % 2 == 0 ? " kept" : "")}", op, [[2, 3, 4]],
            x => run(x[0], axes, i % 2 == 0), x => x[0].Reduce(axes, i % 2 == 0, fold)));

    private static IEnumerable<OpCase> Positions(string name, string op, Func<Tensor, int, bool, Tensor> run, Func<List<double>, double> fold) =>
        Enumerable.Range(-1, 4).Select(axis => new OpCase(
            $"{name} along {axis}", op, [[2, 3, 4]], x => run(x[0], axis, axis == 1), x => x[0].Reduce([axis], axis == 1, fold)) { Differentiable = false });
}
