using System.Globalization;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>x above 0, alpha (eˣ - 1) below, elementwise.</summary>
/// <param name="alpha">0 or more.</param>
public sealed class ELU(double alpha = 1) : Module
{
    /// <summary>Its negative is the limit at -∞.</summary>
    public double Alpha { get; } = NNErrors.AtLeast(alpha, 0, nameof(ELU), nameof(alpha));

    /// <summary>Computes it.</summary>
    /// <param name="input">Any shape of a float type.</param>
    /// <returns>A new tensor of the same shape.</returns>
    public override Tensor Forward(Tensor input) => input.Elu(Alpha);

    /// <inheritdoc/>
    protected internal override string Describe() => string.Create(CultureInfo.InvariantCulture, $"ELU(alpha {Alpha})");
}
