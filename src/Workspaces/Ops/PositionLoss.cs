using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>A loss over all positions of sequences: every position is a sample.</summary>
internal static class PositionLoss
{
    internal static Tensor Run(string name, Tensor logits, Tensor labels, LossReduction reduction)
    {
        Shape x = logits.Checked(name).Layout.Shape, y = labels.Checked(name).Layout.Shape;
        var positions = new Shape(x.AsSpan()[..^1]);
        if (y != positions)
            throw new ShapeException(
                $"take the cross-entropy of {x} with labels {y}", name, $"the last axis of the logits holds {x[-1]} classes, so the labels must have the shape {positions}",
                "give one label a position; classes that lie in another axis are brought to the end with Permute");
        Tensor rows = logits.Reshape(positions.Length, x[-1]), flat = labels.Reshape(positions.Length);
        using Tensor madeRows = Arithmetic.Made(rows, logits), madeFlat = Arithmetic.Made(flat, labels);
        Tensor loss = rows.CrossEntropy(flat, reduction);
        if (reduction != LossReduction.None) return loss;
        using (loss)
        {
            using Tensor shaped = loss.Reshape(positions.AsSpan());
            return shaped.Copy(); // a view would not outlive what it is a view of
        }
    }
}
