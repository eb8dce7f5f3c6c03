using System.Globalization;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>Binary cross-entropy of logits with probabilities. Not a module: it takes two inputs and has no parameters.</summary>
/// <param name="positiveWeights">Weights of the positive class, 0 or more, one an index of the last axis; empty for 1.</param>
/// <param name="reduction">Mean over all elements, sum, or one loss an element.</param>
public sealed class BCEWithLogitsLoss(ReadOnlySpan<double> positiveWeights = default, LossReduction reduction = LossReduction.Mean)
{
    private readonly ClassWeights _weights = new(positiveWeights, nameof(BCEWithLogitsLoss));

    /// <summary>Mean, sum or none.</summary>
    public LossReduction Reduction { get; } = reduction;

    /// <summary>Weights of the positive class; empty for 1.</summary>
    public IReadOnlyList<double> PositiveWeights => _weights.Values;

    /// <summary>Computes the loss.</summary>
    /// <param name="input">Logits of any shape.</param>
    /// <param name="target">Probabilities of the positive class, 0 to 1, of the same shape and type.</param>
    /// <returns>A scalar, or one loss an element without reduction.</returns>
    /// <exception cref="ShapeException">The shapes differ, or another number of weights.</exception>
    /// <exception cref="ArgumentException">Wrong data types, a NaN target, or the mean of nothing.</exception>
    public Tensor Forward(Tensor input, Tensor target)
    {
        Tensor? made = _weights.Make(input.DType);
        try
        {
            return input.BinaryCrossEntropy(target, Reduction, made);
        }
        finally
        {
            made?.Dispose();
        }
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"BCEWithLogitsLoss({PositiveWeights.Count} weights, {Reduction})");
}
