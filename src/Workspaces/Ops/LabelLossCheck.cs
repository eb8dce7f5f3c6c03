using Workspaces.Memory;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>What losses of class labels ask of their operands.</summary>
internal static class LabelLossCheck
{
    internal static void Run(string name, Tensor x, Tensor labels, Tensor? weights, LossReduction reduction)
    {
        Shape shape = x.Checked(name).Layout.Shape, targets = labels.Checked(name).Layout.Shape;
        if (shape.Rank != 2 || targets.Rank != 1 || shape[0] != targets[0])
            throw new ShapeException(
                $"take the {name} of {shape} with labels {targets}", name, "the first must be [n, classes] and labels [n]",
                "flatten other axes into the first: x.Reshape(-1, classes)");
        Dispatch.RequireFloat(x, name);
        if (labels.DType is not (DType.I64 or DType.I32))
            throw new ArgumentException(WorkspaceException.Compose(
                $"use labels of {labels.DType.Name}", name, "labels are class numbers, int64 or int32", "convert them with To(DType.I64)"));
        if (reduction == LossReduction.BatchMean)
            throw new ArgumentException(WorkspaceException.Compose(
                $"reduce the losses of {shape} to {reduction}", name, "labels have one loss a sample, so the mean is over samples already", "use the reduction Mean"));
        if (reduction == LossReduction.Mean && shape[0] == 0) OpThrow.EmptyBatch(name, shape, targets);
        if (weights is not { } given) return;
        if (given.Checked(name).DType != x.DType) TensorThrow.WrongType(given, x.DType, name);
        if (given.Shape != new Shape(shape[1]))
            throw new ShapeException(
                $"weigh the classes of {shape} by {given.Shape}", name, $"there are {shape[1]} classes", $"give one weight a class: [{shape[1]}]");
    }
}
