using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>max(x, 0), elementwise.</summary>
public sealed class ReLU : Module
{
    /// <summary>Computes max(x, 0).</summary>
    /// <param name="input">Any shape.</param>
    /// <returns>A new tensor of the same shape.</returns>
    public override Tensor Forward(Tensor input) => input.Relu();
}
