using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Workspaces.Kernels.Elementwise;
using Workspaces.Kernels.Team;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Workspaces.Kernels.Rows;

/// <summary>Cross-entropy of logits [rows, columns] with integer labels [rows]: the negative log-probability of the label.</summary>
internal static class CrossEntropy
{
    private const int PartsPerThread = 8;

    /// <summary>Computes losses and keeps the log-probabilities for <see cref="Backward{T, TLabel}"/>.</summary>
    /// <param name="logits">[rows, columns], contiguous.</param>
    /// <param name="labels">[rows], each 0 to columns - 1.</param>
    /// <param name="logProbabilities">[rows, columns]; may be <paramref name="logits"/>.</param>
    /// <param name="loss">[rows] for no reduction, else one element. Sums are carried in f64.</param>
    /// <param name="rows">Samples.</param>
    /// <param name="columns">Classes.</param>
    /// <param name="reduction">Losses per row, their mean, or their sum.</param>
    /// <param name="team">Threads, or null; the result is the same.</param>
    /// <returns>-1, or the first row whose label is out of range; then nothing was written.</returns>
    public static int Forward<T, TLabel>(
        ReadOnlySpan<T> logits, ReadOnlySpan<TLabel> labels, Span<T> logProbabilities, Span<T> loss, int rows, int columns,
        CrossEntropyReduction reduction, KernelTeam? team = null)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TLabel : unmanaged, IBinaryInteger<TLabel>
    {
        CheckRows(rows, labels.Length, loss.Length, reduction);
        int bad = FirstBadLabel(labels, columns);
        if (bad >= 0)
            return bad;
        Softmax.Check(rows, columns, logits.Length, logProbabilities.Length, logProbabilities.Length);
        var job = new ForwardJob<T> { Logits = logits, LogProbabilities = logProbabilities, Rows = rows, Columns = columns, Parts = Parts(rows, team) };
        if (team is null || job.Parts == 1) job.Execute(0);
        else team.Run(job.Parts, ref job);
        double sum = 0;
        for (int r = 0; r < rows; r++)
        {
            T value = -logProbabilities[(r * columns) + int.CreateTruncating(labels[r])];
            sum += double.CreateTruncating(value);
            if (reduction == CrossEntropyReduction.None)
                loss[r] = value;
        }

        if (reduction != CrossEntropyReduction.None)
            loss[0] = T.CreateTruncating(reduction == CrossEntropyReduction.Mean ? sum / rows : sum);
        return -1;
    }

    /// <summary>dLogits = (softmax - one-hot(label)) dLoss, divided by rows for the mean.</summary>
    /// <param name="logProbabilities">What the forward pass kept.</param>
    /// <param name="labels">The same labels; they were checked by the forward pass.</param>
    /// <param name="dLoss">[rows] for no reduction, else one element.</param>
    /// <param name="dLogits">[rows, columns]; may be <paramref name="logProbabilities"/>.</param>
    /// <param name="rows">Samples.</param>
    /// <param name="columns">Classes.</param>
    /// <param name="reduction">That of the forward pass.</param>
    /// <param name="team">Threads, or null; the result is the same.</param>
    public static void Backward<T, TLabel>(
        ReadOnlySpan<T> logProbabilities, ReadOnlySpan<TLabel> labels, ReadOnlySpan<T> dLoss, Span<T> dLogits, int rows, int columns,
        CrossEntropyReduction reduction, KernelTeam? team = null)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TLabel : unmanaged, IBinaryInteger<TLabel>
    {
        CheckRows(rows, labels.Length, dLoss.Length, reduction);
        Softmax.Check(rows, columns, logProbabilities.Length, dLogits.Length, dLogits.Length);
        var job = new BackwardJob<T, TLabel>
        {
            LogProbabilities = logProbabilities, Labels = labels, DLoss = dLoss, DLogits = dLogits, Rows = rows, Columns = columns, Reduction = reduction,
            Parts = Parts(rows, team),
        };
        if (team is null || job.Parts == 1) job.Execute(0);
        else team.Run(job.Parts, ref job);
    }

    /// <summary>Rows are not split, so the bits are the same for every number of threads.</summary>
    private static int Parts(int rows, KernelTeam? team) => team is null ? 1 : Math.Clamp(rows, 1, team.Threads * PartsPerThread);

    private static int FirstBadLabel<TLabel>(ReadOnlySpan<TLabel> labels, int columns)
        where TLabel : unmanaged, IBinaryInteger<TLabel>
    {
        for (int r = 0; r < labels.Length; r++)
        {
            long label = long.CreateSaturating(labels[r]);
            if (label < 0 || label >= columns)
                return r;
        }

        return -1;
    }

    private static void CheckRows(int rows, int labels, int losses, CrossEntropyReduction reduction)
    {
        if (labels != rows || losses != (reduction == CrossEntropyReduction.None ? rows : 1))
            ThrowRows(rows, labels, losses, reduction);
    }

    [DoesNotReturn]
    private static void ThrowRows(int rows, int labels, int losses, CrossEntropyReduction reduction) => throw new ArgumentException(
        $"Cross-entropy of {rows} rows with reduction {reduction} got {labels} labels and {losses} losses. Pass one label per row, and " +
        "one loss per row for None, else one loss.", nameof(rows));

    private ref struct ForwardJob<T> : IKernelJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public ReadOnlySpan<T> Logits;
        public Span<T> LogProbabilities;
        public int Rows, Columns, Parts;

        public readonly void Execute(int part)
        {
            int first = (int)((long)Rows * part / Parts), rows = (int)((long)Rows * (part + 1) / Parts) - first;
            Softmax.LogForward(Logits.Slice(first * Columns, rows * Columns), LogProbabilities.Slice(first * Columns, rows * Columns), rows, Columns);
        }
    }

    private ref struct BackwardJob<T, TLabel> : IKernelJob
        where T : unmanaged, IFloatingPointIeee754<T>
        where TLabel : unmanaged, IBinaryInteger<TLabel>
    {
        public ReadOnlySpan<T> LogProbabilities, DLoss;
        public ReadOnlySpan<TLabel> Labels;
        public Span<T> DLogits;
        public int Rows, Columns, Parts;
        public CrossEntropyReduction Reduction;

        public readonly void Execute(int part)
        {
            int end = (int)((long)Rows * (part + 1) / Parts);
            for (int r = (int)((long)Rows * part / Parts); r < end; r++)
            {
                Span<T> row = DLogits.Slice(r * Columns, Columns);
                T scale = DLoss[Reduction == CrossEntropyReduction.None ? r : 0];
                if (Reduction == CrossEntropyReduction.Mean)
                    scale /= T.CreateTruncating(Rows);
                SteadyMath.Exp(LogProbabilities.Slice(r * Columns, Columns), row);
                row[int.CreateTruncating(Labels[r])] -= T.One;
                TensorPrimitives.Multiply(row, scale, row);
            }
        }
    }
}
