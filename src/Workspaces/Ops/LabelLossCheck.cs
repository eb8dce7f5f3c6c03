using Workspaces.Memory;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>What losses of class labels ask of their operands.</summary>
internal static class LabelLossCheck
{
    /// <summary>Predictions are floats, labels integers.</summary>
    internal static void Types(string name, Tensor x, Tensor labels)
    {
        Dispatch.RequireFloat(x, name);
        if (labels.Checked(name).DType is not (DType.I64 or DType.I32)) OpThrow.NotIntegers(name, x, labels, "labels");
    }

    internal static void Run(string name, Tensor x, Tensor labels, Tensor? weights, LossReduction reduction, in Shape given)
    {
        Shape shape = x.Checked(name).Layout.Shape, targets = labels.Checked(name).Layout.Shape;
        if (shape.Rank != 2 || targets.Rank != 1 || shape[0] != targets[0])
            throw new ShapeException(
                $"take the {name} of {shape} with labels {labels.DType.Name}{targets}", name, "the first must be [n, classes] and labels [n]",
                "flatten other axes into the first: x.Reshape(-1, classes)");
        Types(name, x, labels);
        if (reduction == LossReduction.BatchMean)
            throw new ArgumentException(WorkspaceException.Compose(
                $"reduce the losses of {given} to {reduction}", name, "labels have one loss a sample, so the mean is over samples already", "use the reduction Mean"));
        if (reduction == LossReduction.Mean && shape[0] == 0) OpThrow.EmptyBatch(name, given, targets);
        if (weights is not { } each) return;
        if (each.Checked(name).DType != x.DType) TensorThrow.TypesDiffer(name, x, each);
        if (each.Shape != new Shape(shape[1]))
            throw new ShapeException(
                $"weigh the classes of {given} by {each.Shape}", name, $"there are {shape[1]} classes", $"give one weight a class: [{shape[1]}]");
    }
}
