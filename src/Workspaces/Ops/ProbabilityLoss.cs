using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>
/// Cross-entropy with probabilities of the classes as targets: -Σ w[c] t[c] log softmax(x)[c], with t smoothed to (1 - ε) t + ε / C. Made of other ops, so that
/// gradients flow to logits and targets. The mean is over samples, whatever the weights, as in PyTorch.
/// </summary>
internal static class ProbabilityLoss
{
    private const string Name = "CrossEntropy";

    /// <summary>True for targets that are probabilities rather than labels.</summary>
    internal static bool Takes(string name, Tensor x, Tensor targets)
    {
        x.Checked(name);
        return targets.Checked(name).DType.IsFloatingPoint;
    }

    internal static Tensor Run(Tensor x, Tensor targets, Tensor? weights, double smoothing, LossReduction reduction, int classAxis)
    {
        int axis = Check(x, targets, weights, reduction, classAxis);
        long classes = x.Shape[axis];
        using Tensor share = Weighted(targets, weights, smoothing, axis, classes);
        Tensor product;
        using (Tensor log = x.LogSoftmax(axis)) product = log.Multiply(share.HeaderOrNull is null ? targets : share);
        using (product)
        {
            if (reduction == LossReduction.None)
            {
                using Tensor each = product.Sum([axis]);
                return NaNTargets.Refuse(Name, each.Negate(), x.Shape, targets);
            }

            using Tensor sum = product.Sum();
            return NaNTargets.Refuse(Name, sum.Multiply(reduction == LossReduction.Mean ? -1.0 / (x.Length / classes) : -1.0), x.Shape, targets);
        }
    }

    private static int Check(Tensor x, Tensor targets, Tensor? weights, LossReduction reduction, int classAxis)
    {
        Shape shape = x.Shape;
        Dispatch.RequireFloat(x, Name);
        if (targets.DType != x.DType) TensorThrow.TypesDiffer(Name, x, targets);
        if (shape.Rank == 0)
            throw new ShapeException($"take the {Name} of {shape}", Name, "there is no axis of classes", "give logits [n, classes]");
        if (targets.Shape != shape)
            throw new ShapeException(
                $"take the {Name} of {shape} with labels {targets.DType.Name}{targets.Shape}", Name,
                "floats are probabilities of the classes, which have the shape of the logits; labels are int64 or int32",
                "give one probability a class, or convert labels with To(DType.I64)");
        int axis = Axes.Normalize(classAxis, shape, Name);
        if (reduction == LossReduction.BatchMean)
            throw new ArgumentException(WorkspaceException.Compose(
                $"reduce the losses of {shape} to {reduction}", Name, "there is one loss a sample, so the mean is over samples already", "use the reduction Mean"));
        if (reduction == LossReduction.Mean && shape.Length == 0) OpThrow.EmptyBatch(Name, shape, targets.Shape);
        if (weights is not { } given) return axis;
        if (given.Checked(Name).DType != x.DType) TensorThrow.TypesDiffer(Name, x, given);
        if (given.Shape != new Shape(shape[axis]))
            throw new ShapeException(
                $"weigh the classes of {shape} by {given.Shape}", Name, $"there are {shape[axis]} classes", $"give one weight a class: [{shape[axis]}]");
        return axis;
    }

    /// <summary>The targets smoothed and weighted; a default tensor where they stay as they are.</summary>
    private static Tensor Weighted(Tensor targets, Tensor? weights, double smoothing, int axis, long classes)
    {
        Tensor smoothed = smoothing > 0 ? Smoothed(targets, smoothing, classes) : default;
        if (weights is not { } given) return smoothed;
        using Tensor made = smoothed;
        Span<long> along = stackalloc long[Shape.MaxRank];
        int rank = targets.Rank - axis;
        along[..rank].Fill(1);
        along[0] = classes;
        using Tensor column = given.Reshape(along[..rank]), fixedWeights = column.Detach();
        return (made.HeaderOrNull is null ? targets : made).Multiply(fixedWeights);
    }

    private static Tensor Smoothed(Tensor targets, double smoothing, long classes)
    {
        using Tensor scaled = targets.Multiply(1 - smoothing);
        return scaled.Add(smoothing / classes);
    }
}
