using System.Globalization;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>The absolute difference, rounded off below beta. Not a module: it takes two inputs and has no parameters.</summary>
/// <param name="beta">0 or more.</param>
/// <param name="reduction">Mean, sum, or no reduction.</param>
public sealed class SmoothL1Loss(double beta = 1, LossReduction reduction = LossReduction.Mean)
{
    /// <summary>Where the rounding ends.</summary>
    public double Beta { get; } = NNErrors.AtLeast(beta, 0, nameof(SmoothL1Loss), nameof(beta));

    /// <summary>Mean, sum or none.</summary>
    public LossReduction Reduction { get; } = reduction;

    /// <summary>Computes the loss.</summary>
    /// <param name="input">What the model said.</param>
    /// <param name="target">What was right, of the same shape and type.</param>
    /// <returns>A scalar, or one loss an element without reduction.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentException">Wrong data types, a target that is NaN or out of range, or the mean of nothing.</exception>
    public Tensor Forward(Tensor input, Tensor target) => input.SmoothL1(target, Beta, Reduction);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"SmoothL1Loss(beta {Beta}, {Reduction})");
}
