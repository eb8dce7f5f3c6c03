using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Ops;

/// <summary>Losses, with every reduction.</summary>
public sealed class LossOpTests : OpConformance<LossOpTests>, IOpTable
{
    private static readonly int[][] Pair = [[4, 5], [4, 5]];
    private static readonly LossReduction[] Reductions = [LossReduction.Mean, LossReduction.Sum, LossReduction.None, LossReduction.BatchMean];
    private static readonly int[] Labels = [2, 0, 1, 4];
    private static readonly double[] ClassWeights = [0.5, 1.5, 2, 0.25, 1];
    private static readonly double[] OtherWeights = [1, 1, 1, 1, 1];

    public static OpCase[] Cases =>
    [
        .. Points("squared error", "MeanSquaredError", (x, t, how) => x.MeanSquaredError(t, how), (x, t) => (x - t) * (x - t)),
        .. Points("absolute error", "AbsoluteError", (x, t, how) => x.AbsoluteError(t, how), (x, t) => Math.Abs(x - t)),
        .. Points("huber", "Huber", (x, t, how) => x.Huber(t, 0.7505, how), (x, t) => Huber(x - t, 0.7505)),
        .. Points("smooth", "SmoothL1", (x, t, how) => x.SmoothL1(t, 0.7505, how), (x, t) => Huber(x - t, 0.7505) / 0.7505),
        .. Points("binary", "BinaryCrossEntropy", (x, t, how) => x.BinaryCrossEntropy(t, how), (x, t) => Binary(x, t, 1)),
        .. Points("divergence", "KlDivergence", (x, t, how) => x.KlDivergence(t, how), (x, t) => t * (Math.Log(t) - x), low: 0.1, high: 1),
        .. Points("log divergence", "KlDivergence", (x, t, how) => x.KlDivergence(t, how, logTarget: true), (x, t) => Math.Exp(t) * (t - x)),
        new("squared error of a vector", "MeanSquaredError", [[300], [300]], x => x[0].MeanSquaredError(x[1]), x => Reduced(x, (a, t) => (a - t) * (a - t), LossReduction.Mean)),
        new("squared error of scalars", "MeanSquaredError", [[], []], x => x[0].MeanSquaredError(x[1]), x => x[0].Zip(x[1], (a, t) => (a - t) * (a - t))),
        new("binary weighted", "BinaryCrossEntropy", Pair, x => WeightedBinary(x[0], x[1]), x => WeightedBinary(x)) { Low = 0.1, High = 0.9 },
        .. Reductions[..3].SelectMany(how => new[] { false, true }.SelectMany(weighted => new[] { 0, 0.1 }.SelectMany(smoothing => new[] { -100L, 1 }.Select(ignored =>
            Entropy(how, weighted, smoothing, ignored))))),
        .. Reductions[..3].SelectMany(how => new[] { false, true }.Select(weighted => new OpCase(
            $"nll {how}{(weighted ? " weighted" : "")}", "NllLoss", [[4, 5]], x => Nll(x[0], weighted, how), x => LabelReduced(x[0], weighted, 0, 1, how)))),
    ];

    private static IEnumerable<OpCase> Points(
        string name, string op, Func<Tensor, Tensor, LossReduction, Tensor> run, Func<double, double, double> reference, double low = -2, double high = 2) =>
        Reductions.Select(how => new OpCase($"{name} {how}", op, Pair, x => run(x[0], x[1], how), x => Reduced(x, reference, how)) { Low = low, High = high });

    private static NdArray Reduced(NdArray[] x, Func<double, double, double> loss, LossReduction how)
    {
        NdArray each = x[0].Zip(x[1], loss);
        return how switch
        {
            LossReduction.None => each,
            LossReduction.Sum => each.Reduce([], false, v => v.Sum()),
            LossReduction.Mean => each.Reduce([], false, v => v.Average()),
            _ => each.Reduce([], false, v => v.Sum() / x[0].Dims[0]),
        };
    }

    private static double Huber(double e, double delta) => Math.Abs(e) <= delta ? e * e / 2 : delta * (Math.Abs(e) - (delta / 2));

    private static double Binary(double x, double t, double weight) =>
        -((weight * t * Math.Log(1 / (1 + Math.Exp(-x)))) + ((1 - t) * Math.Log(1 / (1 + Math.Exp(x)))));

    private static Tensor WeightedBinary(Tensor x, Tensor t)
    {
        using Tensor weights = Tensor.From<double>(ClassWeights), typed = x.IsAlive && x.DType == DType.F32 ? weights.To(DType.F32) : default;
        return x.BinaryCrossEntropy(t, positiveWeight: typed.IsAlive ? typed : weights);
    }

    private static NdArray WeightedBinary(NdArray[] x) =>
        NdArray.Build([4, 5], i => Binary(x[0][i], x[1][i], ClassWeights[i[1]])).Reduce([], false, v => v.Average());

    private static OpCase Entropy(LossReduction how, bool weighted, double smoothing, long ignored) => new(
        $"cross-entropy {how}{(weighted ? " weighted" : "")} smoothed {smoothing} ignoring {ignored}", "CrossEntropy", [[4, 5]],
        x => Entropy(x[0], how, weighted, smoothing, ignored), x => LabelReduced(LogSoftmax(x[0]), weighted, smoothing, ignored, how));

    private static Tensor Entropy(Tensor x, LossReduction how, bool weighted, double smoothing, long ignored)
    {
        using Tensor labels = Tensor.From<int>(Labels), weights = MakeWeights(x, weighted);
        return x.CrossEntropy(labels, weighted ? weights : null, smoothing, ignored, how);
    }

    private static Tensor Nll(Tensor x, bool weighted, LossReduction how)
    {
        using Tensor labels = Tensor.From<long>([.. Labels.Select(label => (long)label)]), weights = MakeWeights(x, weighted);
        return x.NllLoss(labels, weighted ? weights : null, 1, how);
    }

    private static Tensor MakeWeights(Tensor x, bool weighted)
    {
        double[] numbers = weighted ? ClassWeights : OtherWeights;
        return x.IsAlive && x.DType == DType.F32 ? Tensor.From<float>([.. numbers.Select(number => (float)number)]) : Tensor.From<double>(numbers);
    }

    private static NdArray LogSoftmax(NdArray x)
    {
        NdArray powers = x.Map(Math.Exp);
        return powers.Zip(powers.Reduce([1], true, v => v.Sum()), (power, sum) => Math.Log(power / sum));
    }

    private static NdArray LabelReduced(NdArray log, bool weighted, double smoothing, long ignored, LossReduction how)
    {
        double[] w = weighted ? ClassWeights : OtherWeights;
        NdArray each = NdArray.Build([4], i => Labels[i[0]] == ignored
            ? 0
            : (-(1 - smoothing) * w[Labels[i[0]]] * log[i[0], Labels[i[0]]]) - (smoothing / 5 * Enumerable.Range(0, 5).Sum(c => w[c] * log[i[0], c])));
        double total = Labels.Where(label => label != ignored).Sum(label => w[label]);
        return how == LossReduction.None ? each : each.Reduce([], false, v => v.Sum() / (how == LossReduction.Mean ? total : 1));
    }
}
