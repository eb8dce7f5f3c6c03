using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>tanh(x), elementwise.</summary>
public sealed class Tanh : Module
{
    /// <summary>Computes tanh(x).</summary>
    /// <param name="input">Any shape.</param>
    /// <returns>A new tensor of the same shape.</returns>
    public override Tensor Forward(Tensor input) => input.Tanh();
}
