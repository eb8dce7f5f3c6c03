using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>Cross-entropy of logits with class labels. Not a module: it takes two inputs and has no parameters.</summary>
/// <param name="reduction">Mean over the samples, sum, or one loss a sample.</param>
public sealed class CrossEntropyLoss(LossReduction reduction = LossReduction.Mean)
{
    /// <summary>Mean, sum or none.</summary>
    public LossReduction Reduction { get; } = reduction;

    /// <summary>Computes the loss.</summary>
    /// <param name="logits">[n, classes].</param>
    /// <param name="labels">[n], int64 or int32, each 0 to classes - 1.</param>
    /// <returns>A scalar, or [n] without reduction.</returns>
    /// <exception cref="ShapeException">Not [n, classes] and [n].</exception>
    /// <exception cref="ArgumentException">Wrong data types, or a label out of range.</exception>
    public Tensor Forward(Tensor logits, Tensor labels) => logits.CrossEntropy(labels, Reduction);

    /// <inheritdoc/>
    public override string ToString() => $"CrossEntropyLoss({Reduction})";
}
