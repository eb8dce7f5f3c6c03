using System.Globalization;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>Negative log-likelihood of class labels. Not a module: it takes two inputs and has no parameters.</summary>
/// <param name="weights">One a class, 0 or more; empty for 1.</param>
/// <param name="ignoreIndex">The label of samples that do not count.</param>
/// <param name="reduction">Mean over the weights of the samples that count, sum, or one loss a sample.</param>
/// <param name="classAxis">Where the classes are: the last axis, or 1 for inputs as PyTorch has them, [n, classes, …].</param>
public sealed class NLLLoss(
    ReadOnlySpan<double> weights = default, long ignoreIndex = -100, LossReduction reduction = LossReduction.Mean, int classAxis = -1)
{
    private readonly ClassWeights _weights = new(weights, nameof(NLLLoss));

    /// <summary>Mean, sum or none.</summary>
    public LossReduction Reduction { get; } = reduction;

    /// <summary>Where the classes are; negative counts from the end.</summary>
    public int ClassAxis { get; } = classAxis;

    /// <summary>Weights of the classes; empty for 1.</summary>
    public IReadOnlyList<double> Weights => _weights.Values;

    /// <summary>The label of samples that do not count.</summary>
    public long IgnoreIndex { get; } = ignoreIndex;

    /// <summary>Computes the loss.</summary>
    /// <param name="input">Log-probabilities [n, classes], or with more axes, as after <see cref="LogSoftmax"/>.</param>
    /// <param name="labels">The shape without the classes, int64 or int32, each 0 to classes - 1 or the ignored one.</param>
    /// <returns>A scalar, or the shape without the classes without reduction.</returns>
    /// <exception cref="ShapeException">The labels do not fit, or another number of weights.</exception>
    /// <exception cref="ArgumentException">Wrong data types, a label out of range, or the mean of nothing.</exception>
    public Tensor Forward(Tensor input, Tensor labels)
    {
        Tensor? made = _weights.Make(input.DType);
        try
        {
            return input.NllLoss(labels, made, IgnoreIndex, Reduction, ClassAxis);
        }
        finally
        {
            made?.Dispose();
        }
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"NLLLoss({Weights.Count} weights, ignores {IgnoreIndex}, {Reduction})");
}
