using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>What embeddings of positions ask of their input.</summary>
internal static class PositionCheck
{
    /// <summary>Number of positions of the input.</summary>
    internal static long Run(string name, Tensor input, long length, long width)
    {
        Shape shape = input.Checked(name).Layout.Shape;
        if (shape.Rank >= 2 && shape[-1] == width && shape[-2] <= length) return shape[-2];
        throw new ShapeException(
            $"add positions to {shape}", name, $"the layer has vectors of width {width} for at most {length} positions", "give [batch, position, width], or make the layer longer");
    }
}
