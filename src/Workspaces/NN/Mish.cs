using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>x tanh(softplus(x)), elementwise.</summary>
public sealed class Mish : Module
{
    /// <summary>Computes it.</summary>
    /// <param name="input">Any shape of a float type.</param>
    /// <returns>A new tensor of the same shape.</returns>
    public override Tensor Forward(Tensor input) => input.Mish();
}
