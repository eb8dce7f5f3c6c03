using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>Joins the axes from one on into one: [n, c, h, w] becomes [n, c·h·w].</summary>
/// <param name="startAxis">The first axis to join.</param>
public sealed class Flatten(int startAxis = 1) : Module
{
    /// <summary>The first axis to join.</summary>
    public int StartAxis { get; } = startAxis;

    /// <summary>Joins the axes.</summary>
    /// <param name="input">Any shape that has the axis.</param>
    /// <returns>A view where the strides allow it, else a copy.</returns>
    /// <exception cref="ShapeException">There is no such axis.</exception>
    public override Tensor Forward(Tensor input) => input.Flatten(StartAxis);

    /// <inheritdoc/>
    protected internal override string Describe() => StartAxis == 1 ? nameof(Flatten) : $"Flatten(from axis {StartAxis})";
}
