using System.Globalization;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>Negative log-likelihood of class labels. Not a module: it takes two inputs and has no parameters.</summary>
/// <param name="weights">One a class, 0 or more; empty for 1.</param>
/// <param name="ignoreIndex">The label of samples that do not count.</param>
/// <param name="reduction">Mean over the weights of the samples that count, sum, or one loss a sample.</param>
public sealed class NLLLoss(ReadOnlySpan<double> weights = default, long ignoreIndex = -100, LossReduction reduction = LossReduction.Mean)
{
    private readonly ClassWeights _weights = new(weights, nameof(NLLLoss));

    /// <summary>Mean, sum or none.</summary>
    public LossReduction Reduction { get; } = reduction;

    /// <summary>Weights of the classes; empty for 1.</summary>
    public IReadOnlyList<double> Weights => _weights.Values;

    /// <summary>The label of samples that do not count.</summary>
    public long IgnoreIndex { get; } = ignoreIndex;

    /// <summary>Computes the loss.</summary>
    /// <param name="input">Log-probabilities [n, classes], as after <see cref="LogSoftmax"/>.</param>
    /// <param name="labels">[n], int64 or int32, each 0 to classes - 1 or the ignored one.</param>
    /// <returns>A scalar, or [n] without reduction.</returns>
    /// <exception cref="ShapeException">Not [n, classes] and [n], or another number of weights.</exception>
    /// <exception cref="ArgumentException">Wrong data types, a label out of range, or the mean of nothing.</exception>
    public Tensor Forward(Tensor input, Tensor labels)
    {
        Tensor? made = _weights.Make(input.DType);
        try
        {
            return input.NllLoss(labels, made, IgnoreIndex, Reduction);
        }
        finally
        {
            made?.Dispose();
        }
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"NLLLoss({Weights.Count} weights, ignores {IgnoreIndex}, {Reduction})");
}
