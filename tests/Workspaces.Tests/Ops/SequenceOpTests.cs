using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Ops;

/// <summary>Embedding, norms, attention, einsum and losses over positions.</summary>
public sealed class SequenceOpTests : OpConformance<SequenceOpTests>, IOpTable
{
    private static readonly long[] Rows = [2, 0, 2, 4, 1, 2];

    public static OpCase[] Cases =>
    [
        new("embedding", "Embedding", [[5, 4]], x => Embedded(x[0], Tensor.From<long>(Rows, [2, 3])), x => Gathered(x[0], [2, 3])),
        new("embedding of a vector by int32", "Embedding", [[5, 3]], x => Embedded(x[0], Tensor.From<int>([.. Rows.Select(row => (int)row)])), x => Gathered(x[0], [6])),
        new("layer norm", "LayerNorm", [[4, 9], [9], [9]], x => x[0].LayerNorm(x[1], x[2]), x => Normed(x[0], x[1], x[2], 1, true, 1e-5)),
        new("layer norm over two axes", "LayerNorm", [[2, 3, 4], [3, 4], [3, 4]], x => x[0].LayerNorm(x[1], x[2], 1e-3, 2), x => Normed(x[0], x[1], x[2], 2, true, 1e-3)),
        new("layer norm without bias", "LayerNorm", [[37, 5], [5]], x => x[0].LayerNorm(x[1]), x => Normed(x[0], x[1], null, 1, true, 1e-5)),
        new("layer norm with bias alone", "LayerNorm", [[3, 5], [5]], x => x[0].LayerNorm(null, x[1]), x => Normed(x[0], null, x[1], 1, true, 1e-5)),
        new("layer norm alone", "LayerNorm", [[3, 5]], x => x[0].LayerNorm(), x => Normed(x[0], null, null, 1, true, 1e-5)),
        new("layer norm of one", "LayerNorm", [[3, 1], [1], [1]], x => x[0].LayerNorm(x[1], x[2]), x => Normed(x[0], x[1], x[2], 1, true, 1e-5)),
        new("RMS norm", "RmsNorm", [[4, 9], [9]], x => x[0].RmsNorm(x[1]), x => Normed(x[0], x[1], null, 1, false, 1e-6)),
        new("RMS norm alone", "RmsNorm", [[2, 3, 5]], x => x[0].RmsNorm(epsilon: 0.1), x => Normed(x[0], null, null, 1, false, 0.1)),
        new("attention", "ScaledDotProductAttention", [[2, 2, 3, 4], [2, 2, 5, 4], [2, 2, 5, 3]], x => x[0].ScaledDotProductAttention(x[1], x[2]), x => Attended(x, false)),
        new(
            "causal attention", "ScaledDotProductAttention", [[1, 2, 5, 4], [1, 2, 5, 4], [1, 2, 5, 4]],
            x => x[0].ScaledDotProductAttention(x[1], x[2], isCausal: true), x => Attended(x, true)),
        new(
            "attention with padding", "ScaledDotProductAttention", [[2, 1, 3, 4], [2, 1, 4, 4], [2, 1, 4, 2]],
            x => Padded(x), x => Attended(x, false, padded: true)),
        new(
            "attention with a scale", "ScaledDotProductAttention", [[1, 1, 2, 3], [1, 1, 2, 3], [1, 1, 2, 3]],
            x => x[0].ScaledDotProductAttention(x[1], x[2], scale: 0.7), x => Attended(x, false, scale: 0.7)),
        new(
            "attention of long sequences", "ScaledDotProductAttention", [[1, 1, 131, 2], [1, 1, 131, 2], [1, 1, 131, 1]],
            x => x[0].ScaledDotProductAttention(x[1], x[2], isCausal: true), x => Attended(x, true)),
        new(
            "attention of packed heads", "HeadAttention", [[2, 3, 8], [2, 5, 8], [2, 5, 4]], x => x[0].HeadAttention(x[1], x[2], 2),
            x => Packed(Attended([Split(x[0], 2), Split(x[1], 2), Split(x[2], 2)], false))),
        new(
            "self attention", "SelfAttention", [[2, 5, 24]], x => x[0].SelfAttention(2, isCausal: true),
            x => Packed(Attended([Split(Third(x[0], 0), 2), Split(Third(x[0], 1), 2), Split(Third(x[0], 2), 2)], true))),
        new("einsum product", "Einsum", [[2, 3], [3, 4]], x => x[0].Einsum("ij,jk->ik", x[1]), x => x[0].MatMul(x[1])),
        new("einsum batched to another order", "Einsum", [[2, 3, 2, 4], [2, 5, 2, 4]], x => x[0].Einsum("bqhd,bkhd->bhqk", x[1]), x => Scores(x[0], x[1])),
        new("einsum outer", "Einsum", [[3], [4]], x => x[0].Einsum("i,j->ij", x[1]), x => NdArray.Build([3, 4], at => x[0][at[0]] * x[1][at[1]])),
        new("einsum sum", "Einsum", [[2, 3, 4]], x => x[0].Einsum("ijk->ki"), x => x[0].Reduce([1], false, v => v.Sum()).Permute(1, 0)),
        new("cross-entropy over positions", "CrossEntropy", [[2, 3, 5]], x => Loss(x[0], LossReduction.Mean), x => PositionLoss(x[0]).Reduce([], false, v => v.Average())),
        new("cross-entropy of each position", "CrossEntropy", [[2, 3, 5]], x => Loss(x[0], LossReduction.None), x => PositionLoss(x[0])),
    ];

    private static Tensor Loss(Tensor logits, LossReduction reduction)
    {
        using Tensor labels = Tensor.From<long>([.. Rows.Select(row => row % 5)], [2, 3]);
        return logits.CrossEntropy(labels, reduction);
    }

    private static Tensor Padded(Tensor[] x)
    {
        using Tensor padding = Tensor.From<bool>([false, false, true, false, true, false, false, true], [2, 4]);
        return x[0].ScaledDotProductAttention(x[1], x[2], keyPadding: padding);
    }

    private static Tensor Embedded(Tensor table, Tensor indices)
    {
        using (indices) return table.Embedding(indices);
    }

    private static NdArray Gathered(NdArray table, int[] dims) => NdArray.Build([.. dims, table.Dims[1]], index =>
        table[(int)Rows[dims.Length == 1 ? index[0] : (index[0] * dims[1]) + index[1]], index[^1]]);

    private static NdArray Normed(NdArray x, NdArray? weight, NdArray? bias, int axes, bool centered, double epsilon)
    {
        int[] over = [.. Enumerable.Range(x.Rank - axes, axes)];
        NdArray centred = centered ? x.Zip(x.Reduce(over, true, v => v.Average()), (a, b) => a - b) : x;
        NdArray result = centred.Zip(centred.Reduce(over, true, v => v.Average(value => value * value)), (a, b) => a / Math.Sqrt(b + epsilon));
        if (weight is not null) result = result.Zip(weight, (a, b) => a * b);
        return bias is null ? result : result.Zip(bias, (a, b) => a + b);
    }

    private static NdArray Attended(NdArray[] x, bool causal, bool padded = false, double? scale = null)
    {
        double factor = scale ?? 1 / Math.Sqrt(x[0].Dims[3]);
        bool[] padding = [false, false, true, false, true, false, false, true];
        NdArray scores = x[0].MatMul(x[1].Permute(0, 1, 3, 2));
        NdArray powers = NdArray.Build(scores.Dims, index =>
            (causal && index[3] > index[2]) || (padded && padding[(index[0] * 4) + index[3]]) ? 0 : Math.Exp(factor * scores[index]));
        return powers.Zip(powers.Reduce([3], true, v => v.Sum()), (a, b) => a / b).MatMul(x[2]);
    }

    private static NdArray Split(NdArray x, int heads) => x.Reshape(x.Dims[0], x.Dims[1], heads, x.Dims[2] / heads).Permute(0, 2, 1, 3);

    private static NdArray Packed(NdArray x) => x.Permute(0, 2, 1, 3).Reshape(x.Dims[0], x.Dims[2], x.Dims[1] * x.Dims[3]);

    private static NdArray Third(NdArray x, int part)
    {
        int width = x.Dims[2] / 3;
        return NdArray.Build([x.Dims[0], x.Dims[1], width], index => x[index[0], index[1], (part * width) + index[2]]);
    }

    private static NdArray Scores(NdArray q, NdArray k) => q.Permute(0, 2, 1, 3).MatMul(k.Permute(0, 2, 3, 1));

    private static NdArray PositionLoss(NdArray x)
    {
        NdArray sums = x.Map(Math.Exp).Reduce([2], false, v => v.Sum());
        return NdArray.Build([2, 3], index => Math.Log(sums[index]) - x[index[0], index[1], (int)Rows[(index[0] * 3) + index[1]] % 5]);
    }
}
