using System.Numerics;
using Workspaces.Kernels.Elementwise;

namespace Workspaces.Kernels.Rows;

/// <summary>
/// Losses of log-probabilities [rows, columns] with integer labels [rows], weights of the classes, smoothing (Szegedy and others 2016) and a label that does
/// not count:
/// <code>
///   loss = -(1 - ε) w[label] lp[label] - ε/C Σ w[c] lp[c]         mean: Σ loss / Σ w[label]
/// </code>
/// All operands are contiguous; sums are carried in f64.
/// </summary>
internal static class LabelLoss
{
    /// <summary>Computes the losses.</summary>
    /// <param name="logProbabilities">[rows, columns].</param>
    /// <param name="labels">[rows], each 0 to columns - 1 or the ignored one.</param>
    /// <param name="weights">[columns], or empty for 1.</param>
    /// <param name="loss">[rows] for no reduction (0 for ignored rows), else one element: NaN for the mean when no row counts.</param>
    /// <param name="columns">Classes.</param>
    /// <param name="reduction">Losses per row, their weighted mean, or their sum.</param>
    /// <param name="settings">Smoothing and the ignored label.</param>
    /// <returns>-1, or the first row whose label is out of range; then the losses are undefined.</returns>
    public static int Forward<T, TLabel>(
        ReadOnlySpan<T> logProbabilities, ReadOnlySpan<TLabel> labels, ReadOnlySpan<T> weights, Span<T> loss, int columns,
        CrossEntropyReduction reduction, LabelLossSettings settings)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TLabel : unmanaged, IBinaryInteger<TLabel>
    {
        double sum = 0, total = 0;
        for (int r = 0; r < labels.Length; r++)
        {
            long label = long.CreateSaturating(labels[r]);
            double value = 0;
            if (label != settings.Ignored)
            {
                if (label < 0 || label >= columns) return r;
                ReadOnlySpan<T> row = logProbabilities.Slice(r * columns, columns);
                double weight = WeightOf(weights, (int)label);
                value = -(1 - settings.Smoothing) * weight * double.CreateTruncating(row[(int)label]);
                if (settings.Smoothing > 0) value -= settings.Smoothing / columns * WeightedSum(row, weights);
                sum += value;
                total += weight;
            }

            if (reduction == CrossEntropyReduction.None) loss[r] = T.CreateTruncating(value);
        }

        if (reduction != CrossEntropyReduction.None) loss[0] = T.CreateTruncating(reduction == CrossEntropyReduction.Mean ? sum / total : sum);
        return -1;
    }

    /// <summary>The gradient of the log-probabilities, or with <paramref name="softmax"/> that of the logits behind them.</summary>
    /// <param name="logProbabilities">Those of the forward pass.</param>
    /// <param name="labels">Those of the forward pass, which has checked them.</param>
    /// <param name="weights">[columns], or empty for 1.</param>
    /// <param name="dLoss">[rows] for no reduction, else one element.</param>
    /// <param name="dX">[rows, columns].</param>
    /// <param name="columns">Classes.</param>
    /// <param name="reduction">That of the forward pass.</param>
    /// <param name="settings">Those of the forward pass.</param>
    /// <param name="softmax">Whether to go on through the log-softmax.</param>
    public static void Backward<T, TLabel>(
        ReadOnlySpan<T> logProbabilities, ReadOnlySpan<TLabel> labels, ReadOnlySpan<T> weights, ReadOnlySpan<T> dLoss, Span<T> dX, int columns,
        CrossEntropyReduction reduction, LabelLossSettings settings, bool softmax)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TLabel : unmanaged, IBinaryInteger<TLabel>
    {
        double total = reduction == CrossEntropyReduction.Mean ? TotalWeight(labels, weights, settings.Ignored) : 1;
        double even = settings.Smoothing / columns, all = columns;
        if (!weights.IsEmpty) all = WeightSum(weights);
        for (int r = 0; r < labels.Length; r++)
        {
            Span<T> row = dX.Slice(r * columns, columns);
            long label = long.CreateSaturating(labels[r]);
            if (label == settings.Ignored)
            {
                row.Clear();
                continue;
            }

            double scale = double.CreateTruncating(dLoss[reduction == CrossEntropyReduction.None ? r : 0]) / total;
            double hit = (1 - settings.Smoothing) * WeightOf(weights, (int)label), mass = softmax ? hit + (even * all) : 0;
            ReadOnlySpan<T> source = logProbabilities.Slice(r * columns, columns);
            if (softmax) SteadyMath.Exp(source, row);
            for (int c = 0; c < columns; c++)
            {
                double share = softmax ? mass * double.CreateTruncating(row[c]) : 0;
                row[c] = T.CreateTruncating(scale * (share - (even * WeightOf(weights, c)) - (c == label ? hit : 0)));
            }
        }
    }

    private static double WeightOf<T>(ReadOnlySpan<T> weights, int label)
        where T : unmanaged, IFloatingPointIeee754<T> => weights.IsEmpty ? 1 : double.CreateTruncating(weights[label]);

    private static double TotalWeight<T, TLabel>(ReadOnlySpan<TLabel> labels, ReadOnlySpan<T> weights, long ignored)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TLabel : unmanaged, IBinaryInteger<TLabel>
    {
        double total = 0;
        foreach (TLabel each in labels)
        {
            long label = long.CreateSaturating(each);
            if (label != ignored) total += WeightOf(weights, (int)label);
        }

        return total;
    }

    private static double WeightSum<T>(ReadOnlySpan<T> weights)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        double sum = 0;
        foreach (T weight in weights) sum += double.CreateTruncating(weight);
        return sum;
    }

    private static double WeightedSum<T>(ReadOnlySpan<T> row, ReadOnlySpan<T> weights)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        double sum = 0;
        for (int c = 0; c < row.Length; c++) sum += WeightOf(weights, c) * double.CreateTruncating(row[c]);
        return sum;
    }
}
