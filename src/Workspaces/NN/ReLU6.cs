using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>x brought between 0 and 6, elementwise.</summary>
public sealed class ReLU6 : Module
{
    /// <summary>Computes it.</summary>
    /// <param name="input">Any shape of a float type.</param>
    /// <returns>A new tensor of the same shape.</returns>
    public override Tensor Forward(Tensor input) => input.Relu6();
}
