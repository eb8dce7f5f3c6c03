using System.Globalization;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>Kullback-Leibler divergence of log-probabilities from a target distribution. Not a module: it takes two inputs and has no parameters.</summary>
/// <param name="logTarget">Whether targets are logarithms.</param>
/// <param name="reduction">Mean, sum, or no reduction.</param>
public sealed class KLDivLoss(bool logTarget = false, LossReduction reduction = LossReduction.BatchMean)
{
    /// <summary>Whether targets are logarithms.</summary>
    public bool LogTarget { get; } = logTarget;

    /// <summary>Mean, sum or none.</summary>
    public LossReduction Reduction { get; } = reduction;

    /// <summary>Computes the loss.</summary>
    /// <param name="input">What the model said.</param>
    /// <param name="target">What was right, of the same shape and type.</param>
    /// <returns>A scalar, or one loss an element without reduction.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentException">Wrong data types, a target that is NaN or out of range, or the mean of nothing.</exception>
    public Tensor Forward(Tensor input, Tensor target) => input.KlDivergence(target, Reduction, LogTarget);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"KLDivLoss({Reduction})");
}
