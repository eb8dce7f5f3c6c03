using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>e^x over its sum along one axis.</summary>
/// <param name="axis">The axis; negative counts from the end.</param>
public sealed class Softmax(int axis = -1) : Module
{
    /// <summary>The axis.</summary>
    public int Axis { get; } = axis;

    /// <summary>Computes it.</summary>
    /// <param name="input">Any shape of a float type.</param>
    /// <returns>A new tensor of the same shape.</returns>
    public override Tensor Forward(Tensor input) => input.Softmax(Axis);

    /// <inheritdoc/>
    protected internal override string Describe() => $"Softmax(axis {Axis})";
}
