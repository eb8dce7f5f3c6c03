using System.Numerics;
using Workspaces.Autograd;
using Workspaces.Kernels.Rows;
using Workspaces.Kernels.Team;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;
using CrossEntropyKernel = Workspaces.Kernels.Rows.CrossEntropy;

namespace Workspaces.Ops;

/// <summary>Losses of classification.</summary>
public static class CrossEntropyOps
{
    extension(Tensor logits)
    {
        /// <summary>
        /// Cross-entropy of logits [n, classes] with labels [n]: the negative logarithm of the softmax at the label. Logits with more axes, e.g.
        /// [batch, position, classes] with labels [batch, position], are taken as that many samples.
        /// </summary>
        /// <param name="labels">int64 or int32, each 0 to classes - 1; or probabilities of the classes, of the shape and type of the logits.</param>
        /// <param name="reduction">Mean, sum, or one loss a sample.</param>
        /// <param name="classAxis">Where the classes are: the last axis, or 1 for logits as PyTorch has them, [n, classes, …] with labels [n, …].</param>
        /// <returns>A scalar, or the shape of the labels without reduction.</returns>
        /// <exception cref="ShapeException">The labels have neither the shape of the logits nor that without the axis of the classes.</exception>
        /// <exception cref="ArgumentException">Wrong data types, a label out of range, or the mean of nothing.</exception>
        public Tensor CrossEntropy(Tensor labels, LossReduction reduction = LossReduction.Mean, int classAxis = -1)
        {
            if (ProbabilityLoss.Takes("CrossEntropy", logits, labels)) return ProbabilityLoss.Run(logits, labels, weights: null, 0, reduction, classAxis);
            if (!PositionLoss.IsPlain("CrossEntropy", logits, classAxis))
                return PositionLoss.Run("CrossEntropy", logits, labels, classAxis, reduction, new RowEntropy(reduction));
            return OfRows(logits, labels, reduction, logits.Shape);
        }
    }

    private readonly record struct RowEntropy(LossReduction Reduction) : IRowLoss
    {
        public Tensor Of(Tensor rows, Tensor labels, in Shape given) => OfRows(rows, labels, Reduction, given);
    }

    /// <summary>The loss of [n, classes] with labels [n]; the shape that was given is for errors.</summary>
    private static Tensor OfRows(Tensor logits, Tensor labels, LossReduction reduction, in Shape given)
    {
        LabelLossCheck.Run("CrossEntropy", logits, labels, weights: null, reduction, given);
        Tensor x = logits.Contiguous(), classes = labels.Contiguous();
        using Tensor madeX = Arithmetic.Made(x, logits), madeClasses = Arithmetic.Made(classes, labels);
        Tensor loss = Forward(x, classes, reduction, given, out Tensor logProbabilities);
        if (Tape.Records(x)) Tape.Record(CrossEntropyBackward.Instance, loss, x).Save(0, logProbabilities).Save(1, classes).Number = (long)reduction;
        logProbabilities.Dispose();
        return loss;
    }

    private static Tensor Forward(Tensor x, Tensor labels, LossReduction reduction, in Shape given, out Tensor logProbabilities)
    {
        using var op = new OpScope("CrossEntropy", x, labels);
        logProbabilities = op.Allocate(x.DType, x.Shape);
        Tensor loss = op.Allocate(x.DType, reduction == LossReduction.None ? labels.Shape : new Shape());
        if (op.Computes) Compute(op, x, labels, logProbabilities, loss, reduction, given);
        op.Complete();
        return loss;
    }

    private static void Compute(in OpScope op, Tensor x, Tensor labels, Tensor logProbabilities, Tensor loss, LossReduction reduction, in Shape given)
    {
        int bad = x.DType == DType.F32
            ? Forward<float>(op, x, labels, logProbabilities, loss, reduction)
            : Forward<double>(op, x, labels, logProbabilities, loss, reduction);
        if (bad >= 0) ThrowLabel(op, given, labels, bad, x.Shape[1]);
    }

    private static int Forward<T>(in OpScope op, Tensor x, Tensor labels, Tensor logProbabilities, Tensor loss, LossReduction reduction)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int rows = (int)x.Shape[0], columns = (int)x.Shape[1];
        var how = (CrossEntropyReduction)reduction;
        KernelTeam? team = Team(op, x);
        return labels.DType == DType.I64
            ? CrossEntropyKernel.Forward(op.ReadSpan<T>(x), op.ReadSpan<long>(labels), op.WriteSpan<T>(logProbabilities), op.WriteSpan<T>(loss), rows, columns, how, team)
            : CrossEntropyKernel.Forward(op.ReadSpan<T>(x), op.ReadSpan<int>(labels), op.WriteSpan<T>(logProbabilities), op.WriteSpan<T>(loss), rows, columns, how, team);
    }

    /// <summary>An element and its exponential take as long as so many multiply-adds, at least.</summary>
    private static KernelTeam? Team(in OpScope op, Tensor x)
    {
        const int multiplyAdds = 64;
        return ComputeTeams.For(op.Frame, 2 * x.Length * x.DType.SizeInBytes, x.Length * multiplyAdds);
    }

    private static void ThrowLabel(in OpScope op, in Shape given, Tensor labels, int row, long classes)
    {
        long label = labels.DType == DType.I64 ? op.ReadSpan<long>(labels)[row] : op.ReadSpan<int>(labels)[row];
        OpThrow.Label("CrossEntropy", given, label, row, classes);
    }

    /// <summary>dLogits = (softmax - one-hot) dLoss, over n for the mean.</summary>
    private sealed class CrossEntropyBackward : Differential
    {
        internal static readonly CrossEntropyBackward Instance = new();

        internal override string Name => "CrossEntropy";

        internal override void Backward(in BackwardContext context)
        {
            Tensor dLoss = context.Gradient.Layout.IsContiguous ? context.Gradient : Arithmetic.Copy(context.Gradient, Name);
            using Tensor made = Arithmetic.Made(dLoss, context.Gradient);
            context.SendOwned(0, Run(context.Saved(0), context.Saved(1), dLoss, (CrossEntropyReduction)context.Node.Number));
        }

        private static Tensor Run(Tensor logProbabilities, Tensor labels, Tensor dLoss, CrossEntropyReduction how)
        {
            using var op = new OpScope("CrossEntropy", logProbabilities, labels, dLoss);
            Tensor dX = op.Allocate(logProbabilities.DType, logProbabilities.Shape);
            if (dX.DType == DType.F32) Run<float>(op, logProbabilities, labels, dLoss, dX, how);
            else Run<double>(op, logProbabilities, labels, dLoss, dX, how);
            op.Complete();
            return dX;
        }

        private static void Run<T>(in OpScope op, Tensor logProbabilities, Tensor labels, Tensor dLoss, Tensor dX, CrossEntropyReduction how)
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            if (!op.Computes) return;
            int rows = (int)dX.Shape[0], columns = (int)dX.Shape[1];
            KernelTeam? team = Team(op, dX);
            if (labels.DType == DType.I64)
                CrossEntropyKernel.Backward(op.ReadSpan<T>(logProbabilities), op.ReadSpan<long>(labels), op.ReadSpan<T>(dLoss), op.WriteSpan<T>(dX), rows, columns, how, team);
            else
                CrossEntropyKernel.Backward(op.ReadSpan<T>(logProbabilities), op.ReadSpan<int>(labels), op.ReadSpan<T>(dLoss), op.WriteSpan<T>(dX), rows, columns, how, team);
        }
    }
}
