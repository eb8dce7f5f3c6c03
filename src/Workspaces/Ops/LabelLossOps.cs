using System.Numerics;
using Workspaces.Autograd;
using Workspaces.Kernels.Rows;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Losses of class labels with weights, smoothing and labels that do not count. The plain cross-entropy has a shorter way of its own.</summary>
public static class LabelLossOps
{
    private const string EntropyName = "CrossEntropy";

    extension(Tensor x)
    {
        /// <summary>
        /// Cross-entropy of logits [n, classes] with labels [n], or with more axes, where every position is a sample. The mean is over the weights of the samples
        /// that count; it is NaN when none does. With probabilities in place of labels it is over all samples, as in PyTorch, and no label is ignored.
        /// </summary>
        /// <param name="labels">int64 or int32, each 0 to classes - 1 or the ignored one; or probabilities of the classes, of the shape and type of the logits.</param>
        /// <param name="weights">[classes], of the logits' type, or null for 1. They get no gradient.</param>
        /// <param name="labelSmoothing">Share of the loss that goes to all classes evenly, 0 to 1.</param>
        /// <param name="ignoreIndex">The label of samples that do not count.</param>
        /// <param name="reduction">Mean, sum, or one loss a sample.</param>
        /// <param name="classAxis">Where the classes are: the last axis, or 1 for inputs as PyTorch has them, [n, classes, …] with labels [n, …].</param>
        /// <returns>A scalar, or the shape of the labels without reduction.</returns>
        /// <exception cref="ShapeException">The labels have not the shape without the classes, or the weights not [classes].</exception>
        /// <exception cref="ArgumentException">Wrong data types, a label or the smoothing out of range, or the mean of nothing.</exception>
        public Tensor CrossEntropy(
            Tensor labels, Tensor? weights, double labelSmoothing = 0, long ignoreIndex = -100, LossReduction reduction = LossReduction.Mean,
            int classAxis = -1)
        {
            if (!(labelSmoothing is >= 0 and <= 1))
                OpThrow.Parameter(nameof(labelSmoothing), EntropyName, x, labelSmoothing, "a share lies from 0 to 1", "give one in range");
            if (ProbabilityLoss.Takes(EntropyName, x, labels)) return ProbabilityLoss.Run(x, labels, weights, labelSmoothing, reduction, classAxis);
            if (!PositionLoss.IsPlain(EntropyName, x, classAxis))
                return PositionLoss.Run(EntropyName, x, labels, classAxis, reduction, new RowEntropy(weights, labelSmoothing, ignoreIndex, reduction));
            return Entropy(x, labels, weights, new LabelLossSettings(labelSmoothing, ignoreIndex), reduction, x.Shape);
        }

        /// <summary>Negative log-likelihood: minus the log-probability [n, classes] at the label, as after LogSoftmax.</summary>
        /// <param name="labels">int64 or int32, each 0 to classes - 1 or the ignored one.</param>
        /// <param name="weights">[classes], of the same type, or null for 1. They get no gradient.</param>
        /// <param name="ignoreIndex">The label of samples that do not count.</param>
        /// <param name="reduction">Mean over the weights of the samples that count, sum, or one loss a sample.</param>
        /// <param name="classAxis">Where the classes are: the last axis, or 1 for inputs as PyTorch has them, [n, classes, …] with labels [n, …].</param>
        /// <returns>A scalar, or the shape of the labels without reduction.</returns>
        /// <exception cref="ShapeException">The labels have not the shape without the classes, or the weights not [classes].</exception>
        /// <exception cref="ArgumentException">Wrong data types, a label out of range, or the mean of nothing.</exception>
        public Tensor NllLoss(Tensor labels, Tensor? weights = null, long ignoreIndex = -100, LossReduction reduction = LossReduction.Mean,
            int classAxis = -1)
        {
            if (!PositionLoss.IsPlain(nameof(NllLoss), x, classAxis))
                return PositionLoss.Run(nameof(NllLoss), x, labels, classAxis, reduction, new RowLikelihood(weights, ignoreIndex, reduction));
            return Likelihood(x, labels, weights, ignoreIndex, reduction, x.Shape);
        }
    }

    private readonly record struct RowEntropy(Tensor? Weights, double Smoothing, long Ignored, LossReduction Reduction) : IRowLoss
    {
        public Tensor Of(Tensor rows, Tensor labels, in Shape given) =>
            Entropy(rows, labels, Weights, new LabelLossSettings(Smoothing, Ignored), Reduction, given);
    }

    private readonly record struct RowLikelihood(Tensor? Weights, long Ignored, LossReduction Reduction) : IRowLoss
    {
        public Tensor Of(Tensor rows, Tensor labels, in Shape given) => Likelihood(rows, labels, Weights, Ignored, Reduction, given);
    }

    /// <summary>The cross-entropy of [n, classes] with labels [n]; the shape that was given is for errors.</summary>
    private static Tensor Entropy(Tensor x, Tensor labels, Tensor? weights, LabelLossSettings settings, LossReduction reduction, in Shape given)
    {
        LabelLossCheck.Run(EntropyName, x, labels, weights, reduction, given);
        using Tensor log = LogProbabilities(x);
        return Recorded(EntropyName, x, log, labels, weights, settings, reduction, given);
    }

    /// <summary>The likelihood of [n, classes] with labels [n].</summary>
    private static Tensor Likelihood(Tensor x, Tensor labels, Tensor? weights, long ignored, LossReduction reduction, in Shape given)
    {
        LabelLossCheck.Run(nameof(NllLoss), x, labels, weights, reduction, given);
        Tensor log = x.Contiguous();
        using Tensor made = Arithmetic.Made(log, x);
        return Recorded(nameof(NllLoss), log, log, labels, weights, new LabelLossSettings(0, ignored), reduction, given);
    }

    private static Tensor LogProbabilities(Tensor x)
    {
        Tensor dense = x.Layout.IsContiguous ? x : Arithmetic.Copy(x, EntropyName);
        using Tensor made = Arithmetic.Made(dense, x);
        using var op = new OpScope(EntropyName, dense);
        Tensor log = op.Allocate(x.DType, x.Shape);
        int rows = (int)x.Shape[0], columns = (int)x.Shape[1];
        if (op.Computes && x.DType == DType.F32) Softmax.LogForward(op.ReadSpan<float>(dense), op.WriteSpan<float>(log), rows, columns);
        else if (op.Computes) Softmax.LogForward(op.ReadSpan<double>(dense), op.WriteSpan<double>(log), rows, columns);
        op.Complete();
        return log;
    }

    /// <summary>Input 0 is what gets the gradient; what is read are the log-probabilities.</summary>
    private static Tensor Recorded(
        string name, Tensor input, Tensor log, Tensor labels, Tensor? weights, LabelLossSettings settings, LossReduction reduction, in Shape shape)
    {
        Tensor classes = labels.Contiguous(), given = weights ?? default, dense = weights is { } w ? w.Contiguous() : default;
        using Tensor madeClasses = Arithmetic.Made(classes, labels), madeWeights = Arithmetic.Made(dense, given);
        Tensor loss;
        using (OpScope op = weights is null ? new OpScope(name, log, classes) : new OpScope(name, log, classes, dense))
        {
            loss = op.Allocate(log.DType, reduction == LossReduction.None ? classes.Shape : new Shape());
            if (op.Computes) Compute(op, name, shape, log, classes, dense, loss, settings, (CrossEntropyReduction)reduction);
            op.Complete();
        }

        if (!Tape.Records(input)) return loss;
        Node node = Tape.Record(name == EntropyName ? LabelLossBackward.Entropy : LabelLossBackward.Likelihood, loss, input).Save(0, log).Save(1, classes);
        if (weights is not null) node.Save(2, dense);
        node.Factor = settings.Smoothing;
        node.Number = settings.Ignored;
        node.InputShape = new Shape((long)reduction);
        return loss;
    }

    private static void Compute(
        in OpScope op, string name, in Shape shape, Tensor log, Tensor labels, Tensor weights, Tensor loss, LabelLossSettings settings, CrossEntropyReduction how)
    {
        int bad = log.DType == DType.F32
            ? Compute<float>(op, log, labels, weights, loss, settings, how)
            : Compute<double>(op, log, labels, weights, loss, settings, how);
        if (bad < 0) return;
        long label = labels.DType == DType.I64 ? op.ReadSpan<long>(labels)[bad] : op.ReadSpan<int>(labels)[bad];
        OpThrow.Label(name, shape, label, bad, log.Shape[1]);
    }

    private static int Compute<T>(
        in OpScope op, Tensor log, Tensor labels, Tensor weights, Tensor loss, LabelLossSettings settings, CrossEntropyReduction how)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ReadOnlySpan<T> w = weights.HeaderOrNull is null ? default : op.ReadSpan<T>(weights);
        int columns = (int)log.Shape[1];
        return labels.DType == DType.I64
            ? LabelLoss.Forward(op.ReadSpan<T>(log), op.ReadSpan<long>(labels), w, op.WriteSpan<T>(loss), columns, how, settings)
            : LabelLoss.Forward(op.ReadSpan<T>(log), op.ReadSpan<int>(labels), w, op.WriteSpan<T>(loss), columns, how, settings);
    }

    /// <summary>The gradient of log-probabilities, or of the logits behind them.</summary>
    private sealed class LabelLossBackward(string name, bool softmax) : Differential
    {
        internal static readonly LabelLossBackward Entropy = new(EntropyName, softmax: true);

        internal static readonly LabelLossBackward Likelihood = new(nameof(NllLoss), softmax: false);

        internal override string Name => name;

        internal override void Backward(in BackwardContext context)
        {
            Tensor dLoss = context.Gradient.Layout.IsContiguous ? context.Gradient : Arithmetic.Copy(context.Gradient, Name);
            using Tensor made = Arithmetic.Made(dLoss, context.Gradient);
            context.SendOwned(0, Run(context.Node, context.Saved(0), context.Saved(1), context.HasSaved(2) ? context.Saved(2) : default, dLoss));
        }

        private Tensor Run(Node node, Tensor log, Tensor labels, Tensor weights, Tensor dLoss)
        {
            using OpScope op = weights.HeaderOrNull is null ? new OpScope(name, log, labels, dLoss) : new OpScope(name, log, labels, dLoss, weights);
            Tensor dX = op.Allocate(log.DType, log.Shape);
            if (op.Computes && log.DType == DType.F32) Run<float>(op, node, log, labels, weights, dLoss, dX);
            else if (op.Computes) Run<double>(op, node, log, labels, weights, dLoss, dX);
            op.Complete();
            return dX;
        }

        private void Run<T>(in OpScope op, Node node, Tensor log, Tensor labels, Tensor weights, Tensor dLoss, Tensor dX)
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            var settings = new LabelLossSettings(node.Factor, node.Number);
            var how = (CrossEntropyReduction)node.InputShape[0];
            ReadOnlySpan<T> w = weights.HeaderOrNull is null ? default : op.ReadSpan<T>(weights);
            int columns = (int)log.Shape[1];
            if (labels.DType == DType.I64)
                LabelLoss.Backward(op.ReadSpan<T>(log), op.ReadSpan<long>(labels), w, op.ReadSpan<T>(dLoss), op.WriteSpan<T>(dX), columns, how, settings, softmax);
            else
                LabelLoss.Backward(op.ReadSpan<T>(log), op.ReadSpan<int>(labels), w, op.ReadSpan<T>(dLoss), op.WriteSpan<T>(dX), columns, how, settings, softmax);
        }
    }
}
