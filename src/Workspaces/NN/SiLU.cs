using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>x / (1 + e⁻ˣ), elementwise, also called swish.</summary>
public sealed class SiLU : Module
{
    /// <summary>Computes it.</summary>
    /// <param name="input">Any shape of a float type.</param>
    /// <returns>A new tensor of the same shape.</returns>
    public override Tensor Forward(Tensor input) => input.Silu();
}
