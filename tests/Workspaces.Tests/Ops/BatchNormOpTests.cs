using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Ops;

/// <summary>Batch, group and instance norm against their definition.</summary>
public sealed class BatchNormOpTests : OpConformance<BatchNormOpTests>, IOpTable
{
    public static OpCase[] Cases =>
    [
        Batch("batch norm 2d", [3, 2, 2, 3], affine: true),
        Batch("batch norm without a scale", [2, 3, 2, 2], affine: false),
        Batch("batch norm of rows", [5, 3], affine: true),
        Batch("batch norm 1d", [2, 2, 9], affine: true),
        Batch("batch norm of one channel", [2, 1, 3, 7], affine: true),
        new("batch norm by given statistics", "BatchNormBy", [[2, 3, 4], [3], [3], [3], [3]],
            x => x[0].BatchNormBy(x[3], x[4], x[1], x[2], 0.1), Given) { Low = 0.2, DifferentiableInputs = 3 },
        Group("group norm", [2, 4, 2, 3], 2, affine: true),
        Group("group norm of all channels", [2, 3, 5], 1, affine: true),
        Group("group norm without a scale", [1, 4, 2, 2], 2, affine: false),
        new("instance norm", "InstanceNorm", [[2, 3, 2, 2], [3], [3]], x => x[0].InstanceNorm(x[1], x[2]), a => Normalize(a, sample => sample, channel => channel)) { F64Tolerance = 1e-10 },
    ];

    private static OpCase Batch(string name, int[] x, bool affine) => new(
        name, "BatchNorm", affine ? [x, [x[1]], [x[1]]] : [x], t => affine ? t[0].BatchNorm(t[1], t[2]) : t[0].BatchNorm(), a => Normalize(a, _ => 0, channel => channel))
    {
        F64Tolerance = 1e-10,
    };

    private static OpCase Group(string name, int[] x, int groups, bool affine) => new(
        name, "GroupNorm", affine ? [x, [x[1]], [x[1]]] : [x], t => affine ? t[0].GroupNorm(groups, t[1], t[2]) : t[0].GroupNorm(groups),
        a => Normalize(a, sample => sample, channel => channel / (x[1] / groups)))
    {
        F64Tolerance = 1e-10,
    };

    private static NdArray Given(NdArray[] a) => NdArray.Build(a[0].Dims, i =>
        ((a[0][i] - a[3].Data[i[1]]) / Math.Sqrt(a[4].Data[i[1]] + 0.1) * a[1].Data[i[1]]) + a[2].Data[i[1]]);

    /// <summary>Elements with equal keys of sample and channel are normalised together.</summary>
    private static NdArray Normalize(NdArray[] a, Func<int, int> sample, Func<int, int> channel)
    {
        var sets = Enumerable.Range(0, a[0].Data.Length).Select(a[0].IndexOf).GroupBy(i => (sample(i[0]), channel(i[1])));
        var result = new NdArray(a[0].Dims, new double[a[0].Data.Length]);
        foreach (IGrouping<(int, int), int[]> set in sets)
        {
            double mean = set.Average(i => a[0][i]), variance = set.Average(i => Math.Pow(a[0][i] - mean, 2));
            foreach (int[] i in set)
            {
                double normal = (a[0][i] - mean) / Math.Sqrt(variance + 1e-5);
                result[i] = a.Length == 1 ? normal : (normal * a[1].Data[i[1]]) + a[2].Data[i[1]];
            }
        }

        return result;
    }
}
