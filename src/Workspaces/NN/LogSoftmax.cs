using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>Logarithm of the softmax along one axis. <see cref="CrossEntropyLoss"/> has it built in: give that one the logits.</summary>
/// <param name="axis">The axis; negative counts from the end.</param>
public sealed class LogSoftmax(int axis = -1) : Module
{
    /// <summary>The axis.</summary>
    public int Axis { get; } = axis;

    /// <summary>Computes the logarithms of probabilities.</summary>
    /// <param name="input">Any shape that has the axis.</param>
    /// <returns>A new tensor of the same shape.</returns>
    /// <exception cref="ShapeException">There is no such axis.</exception>
    public override Tensor Forward(Tensor input) => input.LogSoftmax(Axis);

    /// <inheritdoc/>
    protected internal override string Describe() => $"LogSoftmax(axis {Axis})";
}
