using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.Golden;

namespace Workspaces.Tests.Ops;

/// <summary>Reductions, order, positions and shapes.</summary>
public sealed class GoldenIndexingTests : GoldenConformance<GoldenIndexingTests>, IGoldenTable
{
    public static string[] Files => ["statistics", "indexing"];

    public static Tensor Run(GoldenCase golden, Tensor[] x) => Statistic(golden, x) ?? Indexed(golden, x) ?? throw new InvalidDataException(golden.Op);

    private static Tensor? Statistic(GoldenCase golden, Tensor[] x)
    {
        if (golden.Op == "cumsum") return x[0].CumSum(golden.Int("axis"));
        if (!golden.Attributes.ContainsKey("keepDims")) return null;
        int[] axes = golden.Ints("axes");
        bool keep = golden.Bool("keepDims");
        return golden.Op switch
        {
            "var" => x[0].Var(axes, golden.Bool("unbiased"), keep),
            "std" => x[0].Std(axes, golden.Bool("unbiased"), keep),
            "logsumexp" => x[0].LogSumExp(axes, keep),
            "norm" => x[0].Norm(golden.Double("p") == 0 ? double.PositiveInfinity : golden.Double("p"), axes, keep),
            "prod" => x[0].Prod(axes, keep),
            "any" => x[0].Any(axes, keep),
            "all" => x[0].All(axes, keep),
            _ => null,
        };
    }

    private static Tensor? Indexed(GoldenCase golden, Tensor[] x) => golden.Op switch
    {
        "sort" => x[0].Sort(golden.Int("axis"), golden.Bool("descending")).Values,
        "argsort" => x[0].ArgSort(golden.Int("axis"), golden.Bool("descending")),
        "topk" => x[0].TopK(golden.Int("k"), golden.Int("axis"), golden.Bool("largest")).Values,
        "max_with" => x[0].MaxWithIndices(golden.Int("axis")).Values,
        "min_with" => x[0].MinWithIndices(golden.Int("axis")).Values,
        "gather" => x[0].Gather(golden.Int("axis"), x[1]),
        "scatter_add" => x[0].ScatterAdd(golden.Int("axis"), x[1], x[2]),
        "index_select" => x[0].IndexSelect(golden.Int("axis"), x[1]),
        "one_hot" => x[0].OneHot(golden.Int("classes")),
        "concat" => Tensor.Concat(x, golden.Int("axis")),
        "stack" => Tensor.Stack(x, golden.Int("axis")),
        "pad" => x[0].Pad(Longs(golden, "widths"), Enum.Parse<PadMode>(golden.Text("mode"), ignoreCase: true), golden.Double("value")),
        "flip" => x[0].Flip(golden.Ints("axes")),
        "tile" => x[0].Tile(Longs(golden, "times")),
        "tril" => x[0].Tril(golden.Int("diagonal")),
        "triu" => x[0].Triu(golden.Int("diagonal")),
        _ => null,
    };

    private static long[] Longs(GoldenCase golden, string attribute) => [.. golden.Ints(attribute).Select(number => (long)number)];
}
