using System.Globalization;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>Cross-entropy of logits with class labels or class probabilities. Not a module: it takes two inputs and has no parameters.</summary>
public sealed class CrossEntropyLoss
{
    private readonly ClassWeights _weights;
    private readonly bool _plain;

    /// <summary>Makes the loss with weights of 1, where every label counts.</summary>
    /// <param name="reduction">Mean over the samples, sum, or one loss a sample.</param>
    /// <param name="classAxis">Where the classes are: the last axis, or 1 for logits as PyTorch has them, [n, classes, …].</param>
    public CrossEntropyLoss(LossReduction reduction = LossReduction.Mean, int classAxis = -1)
        : this([], reduction: reduction, classAxis: classAxis) => _plain = true;

    /// <summary>Makes the loss.</summary>
    /// <param name="weights">One a class, 0 or more; empty for 1.</param>
    /// <param name="labelSmoothing">Share of the loss that goes to all classes evenly, 0 to 1.</param>
    /// <param name="ignoreIndex">The label of samples that do not count.</param>
    /// <param name="reduction">Mean over the weights of the samples that count, sum, or one loss a sample.</param>
    /// <param name="classAxis">Where the classes are: the last axis, or 1 for logits as PyTorch has them, [n, classes, …].</param>
    /// <exception cref="ArgumentOutOfRangeException">A weight is negative, or the smoothing is out of range.</exception>
    public CrossEntropyLoss(
        ReadOnlySpan<double> weights, double labelSmoothing = 0, long ignoreIndex = -100, LossReduction reduction = LossReduction.Mean, int classAxis = -1)
    {
        _weights = new ClassWeights(weights, nameof(CrossEntropyLoss));
        LabelSmoothing = NNErrors.Probability(labelSmoothing, nameof(CrossEntropyLoss), nameof(labelSmoothing));
        IgnoreIndex = ignoreIndex;
        Reduction = reduction;
        ClassAxis = classAxis;
    }

    /// <summary>Mean, sum or none.</summary>
    public LossReduction Reduction { get; }

    /// <summary>Where the classes are; negative counts from the end.</summary>
    public int ClassAxis { get; }

    /// <summary>Weights of the classes; empty for 1.</summary>
    public IReadOnlyList<double> Weights => _weights.Values;

    /// <summary>Share of the loss that goes to all classes evenly.</summary>
    public double LabelSmoothing { get; }

    /// <summary>The label of samples that do not count.</summary>
    public long IgnoreIndex { get; }

    /// <summary>Computes the loss.</summary>
    /// <param name="logits">[n, classes], or with more axes, where every position is a sample.</param>
    /// <param name="labels">The shape without the classes, int64 or int32, each 0 to classes - 1 or the ignored one; or probabilities of the shape and type of the logits.</param>
    /// <returns>A scalar, or the shape without the classes without reduction.</returns>
    /// <exception cref="ShapeException">The labels do not fit, or another number of weights.</exception>
    /// <exception cref="ArgumentException">Wrong data types, a label out of range, or the mean of nothing.</exception>
    public Tensor Forward(Tensor logits, Tensor labels)
    {
        if (_plain) return logits.CrossEntropy(labels, Reduction, ClassAxis);
        Tensor? weights = _weights.Make(logits.DType);
        try
        {
            return logits.CrossEntropy(labels, weights, LabelSmoothing, IgnoreIndex, Reduction, ClassAxis);
        }
        finally
        {
            weights?.Dispose();
        }
    }

    /// <inheritdoc/>
    public override string ToString() => _plain
        ? $"CrossEntropyLoss({Reduction})"
        : string.Create(CultureInfo.InvariantCulture, $"CrossEntropyLoss({Weights.Count} weights, smoothing {LabelSmoothing}, ignores {IgnoreIndex}, {Reduction})");
}
