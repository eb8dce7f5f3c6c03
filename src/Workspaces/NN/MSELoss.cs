using System.Globalization;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>The squared difference. Not a module: it takes two inputs and has no parameters.</summary>
/// <param name="reduction">Mean, sum, or no reduction.</param>
public sealed class MSELoss(LossReduction reduction = LossReduction.Mean)
{
    /// <summary>Mean, sum or none.</summary>
    public LossReduction Reduction { get; } = reduction;

    /// <summary>Computes the loss.</summary>
    /// <param name="input">What the model said.</param>
    /// <param name="target">What was right, of the same shape and type.</param>
    /// <returns>A scalar, or one loss an element without reduction.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentException">Wrong data types, a target that is NaN or out of range, or the mean of nothing.</exception>
    public Tensor Forward(Tensor input, Tensor target) => input.MeanSquaredError(target, Reduction);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"MSELoss({Reduction})");
}
