using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Ops;

/// <summary>Positions, joins and moved axes.</summary>
public sealed class IndexOpTests : OpConformance<IndexOpTests>, IOpTable
{
    private static readonly long[] Few = [2, 0, 2, 1];
    private static readonly int[][] Cube = [[2, 3, 4]];

    public static OpCase[] Cases =>
    [
        new("gather", "Gather", [[3, 4]], x => Positioned([3, 4], i => x[0].Gather(0, i)), x => NdArray.Build([3, 4], i => x[0][(i[0] + i[1]) % 3, i[1]])),
        new("gather fewer", "Gather", [[3, 4]], x => Positioned([2, 4], i => x[0].Gather(0, i)), x => NdArray.Build([2, 4], i => x[0][(i[0] + i[1]) % 3, i[1]])),
        new("scatter add", "ScatterAdd", [[3, 4], [2, 4]], x => Positioned([2, 4], i => x[0].ScatterAdd(0, i, x[1])), x => Scattered(x[0], x[1])),
        .. new[] { 0, 1 }.Select(axis => new OpCase($"index select {axis}", "IndexSelect", [[3, 3]], x => Selected(x[0], axis), x =>
            NdArray.Build(axis == 0 ? [4, 3] : [3, 4], i => axis == 0 ? x[0][(int)Few[i[0]], i[1]] : x[0][i[0], (int)Few[i[1]]]))),
        new("concat", "Concat", [[2, 3], [4, 3]], x => Tensor.Concat(x), x => NdArray.Build([6, 3], i => i[0] < 2 ? x[0][i] : x[1][i[0] - 2, i[1]])),
        new("concat along 1", "Concat", [[2, 1], [2, 3]], x => Tensor.Concat(x, -1), x => NdArray.Build([2, 4], i => i[1] < 1 ? x[0][i] : x[1][i[0], i[1] - 1])),
        new("concat of six", "Concat", [[2], [2], [2], [2], [2], [2]], x => Tensor.Concat(x), x => NdArray.Build([12], i => x[i[0] / 2][i[0] % 2])),
        new("stack", "Stack", [[2, 3], [2, 3]], x => Tensor.Stack(x), x => NdArray.Build([2, 2, 3], i => x[i[0]][i[1], i[2]])),
        new("stack of five behind", "Stack", [[2], [2], [2], [2], [2]], x => Tensor.Stack(x, -1), x => NdArray.Build([2, 5], i => x[i[1]][i[0]])),
        new("chunk", "Chunk", [[5, 3]], x => x[0].Chunk(2)[1], x => NdArray.Build([2, 3], i => x[0][i[0] + 3, i[1]])),
        new("split", "Split", [[5, 3]], x => x[0].Split(2, 1)[1], x => NdArray.Build([5, 1], i => x[0][i[0], 2])),
        new("pad", "Pad", [[2, 3]], x => x[0].Pad([1, 2, 0, 1], value: 0.5), x => NdArray.Build([3, 6], i => i[0] > 1 || i[1] is < 1 or > 3 ? 0.5 : x[0][i[0], i[1] - 1])),
        new("pad by mirror", "Pad", [[2, 3]], x => x[0].Pad([2, 1], PadMode.Reflect), x => NdArray.Build([2, 6], i => x[0][i[0], new[] { 2, 1, 0, 1, 2, 1 }[i[1]]])),
        new("pad by edge", "Pad", [[2, 3]], x => x[0].Pad([2, 1], PadMode.Replicate), x => NdArray.Build([2, 6], i => x[0][i[0], new[] { 0, 0, 0, 1, 2, 2 }[i[1]]])),
        new("pad by nothing", "Pad", [[2, 3]], x => x[0].Pad([0, 0]), x => x[0]),
        new("flip", "Flip", Cube, x => x[0].Flip(0, 2), x => NdArray.Build([2, 3, 4], i => x[0][1 - i[0], i[1], 3 - i[2]])),
        new("tile", "Tile", [[2, 3]], x => x[0].Tile(2, 2), x => NdArray.Build([4, 6], i => x[0][i[0] % 2, i[1] % 3])),
        new("tile in front", "Tile", [[3]], x => x[0].Tile(2, 1), x => NdArray.Build([2, 3], i => x[0][i[1]])),
        new("tril", "Tril", Cube, x => x[0].Tril(), x => NdArray.Build([2, 3, 4], i => i[2] <= i[1] ? x[0][i] : 0)),
        new("triu", "Triu", Cube, x => x[0].Triu(-1), x => NdArray.Build([2, 3, 4], i => i[2] >= i[1] - 1 ? x[0][i] : 0)),
    ];

    private static Tensor Positioned(int[] dims, Func<Tensor, Tensor> run)
    {
        NdArray index = NdArray.Build(dims, i => (i[0] + i[1]) % 3);
        using Tensor positions = Tensor.From<long>([.. index.Data.Select(value => (long)value)], new Shape([.. dims.Select(size => (long)size)]));
        return run(positions);
    }

    private static Tensor Selected(Tensor x, int axis)
    {
        using Tensor positions = Tensor.From<long>(Few);
        return x.IndexSelect(axis, positions);
    }

    private static NdArray Scattered(NdArray x, NdArray source)
    {
        var sum = new NdArray(x.Dims, [.. x.Data]);
        for (int i = 0; i < 2; i++)
        {
            for (int j = 0; j < 4; j++) sum[(i + j) % 3, j] += source[i, j];
        }

        return sum;
    }
}
