using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>What norms ask of their input, also where they have no parameters that would tell.</summary>
internal static class NormCheck
{
    internal static void Run(string name, Tensor input, in Shape normalized)
    {
        Shape shape = input.Checked(name).Layout.Shape;
        if (shape.Rank >= normalized.Rank && shape.AsSpan()[^normalized.Rank..].SequenceEqual(normalized.AsSpan())) return;
        throw new ShapeException(
            $"normalise {shape}", name, $"the layer normalises last axes of the shape {normalized}", "make the layer with the sizes of the input's last axes");
    }
}
