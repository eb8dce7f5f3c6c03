using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>1 / (1 + exp(-x)), elementwise.</summary>
public sealed class Sigmoid : Module
{
    /// <summary>Computes 1 / (1 + exp(-x)).</summary>
    /// <param name="input">Any shape.</param>
    /// <returns>A new tensor of the same shape.</returns>
    public override Tensor Forward(Tensor input) => input.Sigmoid();
}
