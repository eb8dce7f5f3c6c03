using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>x Φ(x), elementwise, Φ being the distribution function of the normal distribution.</summary>
/// <param name="approximation">Exact, or by a hyperbolic tangent.</param>
public sealed class GELU(GeluApproximation approximation = GeluApproximation.None) : Module
{
    /// <summary>How it is computed.</summary>
    public GeluApproximation Approximation { get; } = approximation;

    /// <summary>Computes it.</summary>
    /// <param name="input">Any shape of a float type.</param>
    /// <returns>A new tensor of the same shape.</returns>
    public override Tensor Forward(Tensor input) => input.Gelu(Approximation);

    /// <inheritdoc/>
    protected internal override string Describe() => Approximation == GeluApproximation.None ? nameof(GELU) : $"GELU({Approximation})";
}
