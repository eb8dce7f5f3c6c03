using System.Globalization;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>log(1 + e^(beta x)) / beta, elementwise; x itself where beta x is above a threshold.</summary>
/// <param name="beta">Above 0.</param>
/// <param name="threshold">From where on the function is taken as x.</param>
public sealed class Softplus(double beta = 1, double threshold = 20) : Module
{
    /// <summary>How sharp the bend is.</summary>
    public double Beta { get; } = NumberChecks.Above(beta, 0, nameof(Softplus), nameof(beta));

    /// <summary>From where on the function is taken as x.</summary>
    public double Threshold { get; } = threshold;

    /// <summary>Computes it.</summary>
    /// <param name="input">Any shape of a float type.</param>
    /// <returns>A new tensor of the same shape.</returns>
    public override Tensor Forward(Tensor input) => input.Softplus(Beta, Threshold);

    /// <inheritdoc/>
    protected internal override string Describe() => string.Create(CultureInfo.InvariantCulture, $"Softplus(beta {Beta}, threshold {Threshold})");
}
