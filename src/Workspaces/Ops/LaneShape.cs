using Workspaces.Tensors;

namespace Workspaces.Ops;

/// <summary>A shape seen along one axis as [outer, n, inner]; kernels count its elements in 32 bits.</summary>
internal readonly record struct LaneShape(int Axis, int Size, int Inner)
{
    internal static LaneShape Of(in Shape shape, int axis, string by)
    {
        int normal = Axes.Normalize(axis, shape, by);
        Windows.CheckLength(by, shape);
        long inner = 1;
        foreach (long size in shape.AsSpan()[(normal + 1)..]) inner *= size;
        return new LaneShape(normal, (int)shape[normal], (int)inner);
    }
}
