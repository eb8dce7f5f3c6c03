using Workspaces.Autograd;
using Workspaces.Kernels.Random;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Ops;

/// <summary>Attention with masks of all kinds and with dropout, against its definition.</summary>
public sealed class AttentionMaskTests : OpConformance<AttentionMaskTests>, IOpTable
{
    private const string Op = "ScaledDotProductAttention";
    private const double Probability = 0.3;
    private const ulong Seed = 5, Stream = 2;
    private static readonly int[][] Small = [[2, 2, 3, 4], [2, 2, 5, 4], [2, 2, 5, 3]];
    private static readonly bool[] Padding = [false, false, true, false, false, true, false, false, false, true];

    public static OpCase[] Cases =>
    [
        Added("an added mask", Small, [2, 2, 3, 5]),
        Added("an added mask of keys", Small, [5]),
        Added("an added mask of queries and keys", Small, [3, 5]),
        Added("an added mask of heads", Small, [2, 1, 1]),
        Added("an added mask of batches and queries", Small, [2, 1, 3, 1]),
        Added("an added number", Small, []),
        Added("an added mask of long sequences", [[1, 1, 130, 2], [1, 1, 6, 2], [1, 1, 6, 1]], [130, 1], causal: true),
        new("a mask added beside padding", Op, [.. Small, [3, 5]], x => Run(x, mask: x[3], padding: true), x => Attended(x, mask: x[3], padding: true)),
        Visible("a mask of what is seen", [3, 5]),
        Visible("a mask of what batches see", [2, 1, 3, 5]),
        Visible("a mask of what heads see", [1, 2, 1, 5]),
        new("a mask of what is seen beside padding", Op, Small, x => RunVisible(x, [3, 5], padding: true), x => Attended(x, visible: [3, 5], padding: true)),
        new("dropped attention", Op, Small, x => Run(x, dropout: Probability), x => Attended(x, dropout: Probability)),
        new("dropped attention with an added mask", Op, [.. Small, [2, 3, 5]], x => Run(x, mask: x[3], dropout: Probability), x => Attended(x, mask: x[3], dropout: Probability)),
        new(
            "dropped causal attention of long sequences", Op, [[1, 1, 130, 2], [1, 1, 6, 2], [1, 1, 6, 1]], x => Run(x, causal: true, dropout: Probability),
            x => Attended(x, causal: true, dropout: Probability)),
        new("attention that drops all", Op, Small, x => Run(x, dropout: 1), x => Attended(x, dropout: 1)),
        new(
            "self attention with a mask and dropout", "SelfAttention", [[2, 5, 24], [2, 5, 5]],
            x => x[0].SelfAttention(2, mask: x[1], dropout: Probability, seed: Seed, stream: Stream),
            x => Packed(Attended([Part(x[0], 0), Part(x[0], 1), Part(x[0], 2)], mask: x[1], dropout: Probability))),
        new(
            "packed attention with a mask and dropout", "HeadAttention", [[2, 3, 8], [2, 5, 8], [2, 5, 4], [3, 5]],
            x => x[0].HeadAttention(x[1], x[2], 2, mask: x[3], dropout: Probability, seed: Seed, stream: Stream),
            x => Packed(Attended([Split(x[0]), Split(x[1]), Split(x[2])], mask: x[3], dropout: Probability))),
    ];

    [Fact]
    public void Half_of_the_probabilities_are_dropped_and_the_mean_stays()
    {
        using var workspace = WorkspaceManager.Create(new());
        Tensor q = Tensor.Zeros([4, 8, 64, 2]), ones = Tensor.Ones([4, 8, 64, 1]);
        float mean = q.ScaledDotProductAttention(q, ones, dropout: 0.5, seed: 1).Mean().Item();
        Assert.InRange(mean, 0.97, 1.03);
        Assert.Equal(1f, q.ScaledDotProductAttention(q, ones).Mean().Item(), 1e-5f);
    }

    [Fact]
    public void The_mask_of_a_seed_and_stream_is_always_the_same()
    {
        using var workspace = WorkspaceManager.Create(new());
        Tensor q = Tensor.Ones([1, 2, 9, 3]), v = Tensor.Arange(0, 54).Reshape(1, 2, 9, 3);
        float[] Run(ulong seed, ulong stream) => q.ScaledDotProductAttention(q, v, dropout: 0.4, seed: seed, stream: stream).ToArray<float>();
        Assert.Equal(Run(1, 0), Run(1, 0));
        Assert.NotEqual(Run(1, 0), Run(1, 1));
        Assert.NotEqual(Run(1, 0), Run(2, 0));
    }

    [Fact]
    public void A_query_that_sees_no_key_gives_0_and_no_gradient()
    {
        using var workspace = WorkspaceManager.Create(new());
        Tensor q = Tensor.Ones([1, 1, 2, 3]).RequireGrad(), k = Tensor.Ones([1, 1, 4, 3]);
        Tensor added = Tensor.Full([2, 1], double.NegativeInfinity).RequireGrad();
        Tensor y = q.ScaledDotProductAttention(k, k, mask: added);
        Assert.All(y.ToArray<float>(), static value => Assert.Equal(0, value));
        y.Sum().Backward();
        Assert.All(Assert.NotNull(q.Grad).ToArray<float>(), static value => Assert.Equal(0, value));
        Assert.All(Assert.NotNull(added.Grad).ToArray<float>(), static value => Assert.Equal(0, value));
    }

    [Fact]
    public void Wrong_masks_and_probabilities_are_refused()
    {
        using var workspace = WorkspaceManager.Create(new());
        Tensor q = Tensor.Ones([2, 2, 3, 4]);
        Refused<ShapeException>(() => q.ScaledDotProductAttention(q, q, mask: Tensor.Ones([2, 3])), "[2, 2, 3, 3]", "[2, 3]");
        Refused<ShapeException>(() => q.ScaledDotProductAttention(q, q, mask: Tensor.Ones([1, 2, 2, 3, 3])), "[1, 2, 2, 3, 3]", "does not broadcast");
        Refused<ArgumentException>(() => q.ScaledDotProductAttention(q, q, mask: Tensor.Ones([3, 3], DType.F64)), "float64", "float32");
        Refused<ArgumentException>(() => q.ScaledDotProductAttention(q, q, mask: Tensor.Ones([3, 3], DType.I64)), "int64", "bool");
        Refused<ArgumentOutOfRangeException>(() => q.ScaledDotProductAttention(q, q, dropout: 1.5), "1.5", "0 to 1");
        Refused<ArgumentOutOfRangeException>(() => q.ScaledDotProductAttention(q, q, dropout: double.NaN), "NaN", "0 to 1");
    }

    private static void Refused<T>(Func<object> action, params string[] parts)
        where T : Exception
    {
        T error = Assert.Throws<T>(() => action());
        Assert.Matches("Cannot .*asked by ScaledDotProductAttention: .*Remedy: ", error.Message);
        foreach (string part in parts) Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    private static OpCase Added(string name, int[][] inputs, int[] mask, bool causal = false) =>
        new(name, Op, [.. inputs, mask], x => Run(x, mask: x[3], causal: causal), x => Attended(x, mask: x[3], causal: causal));

    private static OpCase Visible(string name, int[] dims) => new(name, Op, Small, x => RunVisible(x, dims, padding: false), x => Attended(x, visible: dims));

    private static Tensor Run(Tensor[] x, Tensor? mask = null, bool causal = false, bool padding = false, double dropout = 0)
    {
        using Tensor left = padding ? Tensor.From<bool>(Padding, [2, 5]) : default;
        return x[0].ScaledDotProductAttention(x[1], x[2], causal, padding ? left : null, null, mask, dropout, Seed, Stream);
    }

    private static Tensor RunVisible(Tensor[] x, int[] dims, bool padding)
    {
        using Tensor mask = Tensor.From<bool>([.. Enumerable.Range(0, dims.Aggregate(1, (a, b) => a * b)).Select(Seen)], new Shape([.. dims.Select(size => (long)size)]));
        return Run(x, mask, padding: padding);
    }

    private static bool Seen(int flat) => flat % 3 != 1;

    private static NdArray Attended(NdArray[] x, NdArray? mask = null, int[]? visible = null, bool causal = false, bool padding = false, double dropout = 0)
    {
        double factor = 1 / Math.Sqrt(x[0].Dims[3]);
        NdArray scores = x[0].MatMul(x[1].Permute(0, 1, 3, 2));
        NdArray flags = visible is null
            ? new NdArray([], [1])
            : new NdArray(visible, [.. Enumerable.Range(0, visible.Aggregate(1, (a, b) => a * b)).Select(i => Seen(i) ? 1.0 : 0.0)]);
        NdArray powers = NdArray.Build(scores.Dims, i =>
            (causal && i[3] > i[2]) || (padding && Padding[(i[0] * 5) + i[3]]) ? 0 : flags.Stretched(i) * Math.Exp((factor * scores[i]) + (mask?.Stretched(i) ?? 0)));
        NdArray shares = powers.Zip(powers.Reduce([3], true, v => v.Sum()), (a, b) => a / b);
        var numbers = new uint[shares.Data.Length];
        Philox.Fill(Seed, Stream, 0, numbers);
        int place = 0;
        if (dropout > 0) shares = shares.Map(share => numbers[place++] >= (ulong)(dropout * (1UL << 32)) ? share / (1 - dropout) : 0);
        return shares.MatMul(x[2]);
    }

    private static NdArray Split(NdArray x) => x.Reshape(x.Dims[0], x.Dims[1], 2, x.Dims[2] / 2).Permute(0, 2, 1, 3);

    private static NdArray Part(NdArray x, int part) => Split(NdArray.Build([x.Dims[0], x.Dims[1], 8], i => x[i[0], i[1], (part * 8) + i[2]]));

    private static NdArray Packed(NdArray x) => x.Permute(0, 2, 1, 3).Reshape(x.Dims[0], x.Dims[2], x.Dims[1] * x.Dims[3]);
}
