using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Ops;

/// <summary>More reductions, running sums and order.</summary>
public sealed class StatisticsOpTests : OpConformance<StatisticsOpTests>, IOpTable
{
    private static readonly int[][] Axes = [[], [1], [-1], [0, 2], [0, 1, 2]];

    public static OpCase[] Cases =>
    [
        .. All("var", "Var", (x, axes, keep) => x.Var(axes, true, keep), v => Squares(v) / (v.Count - 1)),
        .. All("var of all", "Var", (x, axes, keep) => x.Var(axes, false, keep), v => Squares(v) / v.Count),
        .. All("std", "Std", (x, axes, keep) => x.Std(axes, true, keep), v => Math.Sqrt(Squares(v) / (v.Count - 1))),
        .. All("std of all", "Std", (x, axes, keep) => x.Std(axes, false, keep), v => Math.Sqrt(Squares(v) / v.Count)),
        .. All("logsumexp", "LogSumExp", (x, axes, keep) => x.LogSumExp(axes, keep), v => Math.Log(v.Sum(Math.Exp))),
        .. All("norm", "Norm", (x, axes, keep) => x.Norm(2, axes, keep), v => Math.Sqrt(v.Sum(e => e * e))),
        .. All("norm 1", "Norm", (x, axes, keep) => x.Norm(1, axes, keep), v => v.Sum(Math.Abs)),
        .. All("norm 3", "Norm", (x, axes, keep) => x.Norm(3, axes, keep), v => Math.Cbrt(v.Sum(e => Math.Abs(e * e * e)))),
        .. All("norm inf", "Norm", (x, axes, keep) => x.Norm(double.PositiveInfinity, axes, keep), v => v.Max(Math.Abs)),
        .. All("prod", "Prod", (x, axes, keep) => x.Prod(axes, keep), v => v.Aggregate(1.0, (product, e) => product * e)).Select(op => op with { Low = 0.4, High = 1.6 }),
        .. All("any", "Any", (x, axes, keep) => x.Any(axes, keep), _ => 1).Select(op => op with { Differentiable = false }),
        .. All("all", "All", (x, axes, keep) => x.All(axes, keep), _ => 1).Select(op => op with { Differentiable = false }),
        new("var of 1000", "Var", [[1000]], x => x[0].Var(), x => x[0].Reduce([], false, v => Squares(v) / (v.Count - 1))),
        .. new[] { 0, 1, 2 }.Select(axis => new OpCase($"cumsum along {axis}", "CumSum", [[2, 3, 4]], x => x[0].CumSum(axis), x => CumSum(x[0], axis))),
        new("cumsum of 300", "CumSum", [[300]], x => x[0].CumSum(), x => CumSum(x[0], 0)),
        .. new[] { 0, 1, 2 }.SelectMany(axis => new[] { false, true }.Select(down => new OpCase(
            $"sort along {axis} {(down ? "down" : "up")}", "Sort", [[2, 3, 4]], x => First(x[0].Sort(axis, down)), x => Sorted(x[0], axis, down, 99)))),
        new("sort of 100", "Sort", [[100]], x => First(x[0].Sort()), x => Sorted(x[0], 0, false, 100)),
        new("argsort", "ArgSort", [[5, 7]], x => x[0].ArgSort(), x => ArgSorted(x[0])) { Differentiable = false },
        new("top 2", "TopK", [[3, 5]], x => First(x[0].TopK(2)), x => Sorted(x[0], 1, true, 2)),
        new("bottom 2 along 0", "TopK", [[5, 3]], x => First(x[0].TopK(2, 0, largest: false)), x => Sorted(x[0], 0, false, 2)),
        new("top 0", "TopK", [[3, 5]], x => First(x[0].TopK(0)), x => Sorted(x[0], 1, true, 0)),
        new("max with indices", "MaxWithIndices", [[3, 5]], x => First(x[0].MaxWithIndices(1, true)), x => x[0].Reduce([1], true, v => v.Max())),
        new("min with indices", "MinWithIndices", [[3, 5]], x => First(x[0].MinWithIndices(0, true)), x => x[0].Reduce([0], true, v => v.Min())),
    ];

    private delegate Tensor Reduction(Tensor x, int[] axes, bool keepDims);

    private static IEnumerable<OpCase> All(string name, string op, Reduction run, Func<List<double>, double> fold) =>
        Axes.Select((axes, i) => new OpCase(
            $"{name} over {string.Join(',', axes)}{(i % 2 == 0 ? " kept" : "")}", op, [[2, 3, 4]],
            x => run(x[0], axes, i % 2 == 0), x => x[0].Reduce(axes, i % 2 == 0, fold)));

    private static double Squares(List<double> values) => values.Sum(value => (value - values.Average()) * (value - values.Average()));

    private static Tensor First((Tensor Values, Tensor Indices) result)
    {
        result.Indices.Dispose();
        return result.Values;
    }

    private static NdArray CumSum(NdArray x, int axis) => NdArray.Build(x.Dims, index =>
    {
        double sum = 0;
        int[] at = [.. index];
        for (at[axis] = 0; at[axis] <= index[axis]; at[axis]++) sum += x[at];
        return sum;
    });

    private static double[] Lane(NdArray x, int[] index, int axis) => [.. Enumerable.Range(0, x.Dims[axis]).Select(i =>
    {
        int[] at = [.. index];
        at[axis] = i;
        return x[at];
    })];

    private static NdArray Sorted(NdArray x, int axis, bool down, int kept)
    {
        int[] dims = [.. x.Dims];
        dims[axis] = Math.Min(dims[axis], kept);
        return NdArray.Build(dims, index => (down ? Lane(x, index, axis).OrderDescending() : Lane(x, index, axis).Order()).ElementAt(index[axis]));
    }

    private static NdArray ArgSorted(NdArray x) => NdArray.Build(x.Dims, index =>
    {
        double[] lane = Lane(x, index, 1);
        return Enumerable.Range(0, lane.Length).OrderBy(i => lane[i]).ElementAt(index[1]);
    });
}
