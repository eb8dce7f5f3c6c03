using Workspaces.Autograd;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Results of reductions and their gradients, seen with the reduced axes as size 1 so that they broadcast to the input.</summary>
internal static class KeptAxes
{
    /// <summary>The tensor, or a contiguous copy of it.</summary>
    internal static Tensor Dense(Tensor x, string name) => x.Layout.IsContiguous ? x : Arithmetic.Copy(x, name);

    /// <summary>A contiguous result in the shape that the node remembers.</summary>
    internal static Tensor View(Tensor dense, Node node, string name)
    {
        Shape kept = node.InputShape;
        dense.Layout.TryReshape(kept.AsSpan(), out Layout layout);
        return TensorFrames.View(dense, layout, name);
    }

    /// <summary>The axes in which two shapes of one rank differ: the reduced ones, apart from those that have size 1 anyway.</summary>
    internal static Axes Of(in Shape from, in Shape kept)
    {
        Span<int> axes = stackalloc int[Shape.MaxRank];
        int count = 0;
        for (int axis = 0; axis < from.Rank; axis++)
        {
            if (from[axis] != kept[axis]) axes[count++] = axis;
        }

        return Axes.Of(axes[..count], from);
    }
}
