using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>A loss over all positions of sequences or pictures: every position is a sample.</summary>
internal static class PositionLoss
{
    /// <summary>True where there is nothing to rearrange, or nothing that could be: two axes at most, classes in the last one.</summary>
    internal static bool IsPlain(string name, Tensor x, int classAxis) =>
        x.Checked(name).Layout.Rank < 2 || (x.Rank == 2 && Axes.Normalize(classAxis, x.Shape, name) == 1);

    /// <summary>Brings the classes to the last axis, makes all others one, and takes the loss of that.</summary>
    internal static Tensor Run<TLoss>(string name, Tensor x, Tensor labels, int classAxis, LossReduction reduction, TLoss loss)
        where TLoss : struct, IRowLoss
    {
        Shape given = x.Checked(name).Layout.Shape, flags = labels.Checked(name).Layout.Shape;
        int axis = Axes.Normalize(classAxis, given, name);
        Span<int> order = stackalloc int[Shape.MaxRank];
        Span<long> places = stackalloc long[Shape.MaxRank];
        int last = given.Rank - 1;
        for (int i = 0, next = 0; i <= last; i++)
        {
            if (i == axis) continue;
            order[next] = i;
            places[next++] = given[i];
        }

        order[last] = axis;
        var positions = new Shape(places[..last]);
        if (flags != positions)
            throw new ShapeException(
                $"take the {name} of {given} with labels {labels.DType.Name}{flags}", name,
                $"axis {axis} of the first holds {given[axis]} classes, so the labels must have the shape {positions}, or be probabilities of the shape {given}",
                "give one label a position, or name the axis of the classes with classAxis: 1 as in PyTorch, -1 for the last");
        LabelLossCheck.Types(name, x, labels);
        Tensor moved = axis == last ? x : x.Permute(order[..given.Rank]);
        using Tensor madeMoved = Arithmetic.Made(moved, x);
        Tensor rows = moved.Reshape(positions.Length, given[axis]);
        using Tensor madeRows = Arithmetic.Made(rows, moved);
        Tensor flat = labels.Reshape(positions.Length);
        using Tensor madeFlat = Arithmetic.Made(flat, labels);
        Tensor result = loss.Of(rows, flat, given);
        if (reduction != LossReduction.None) return result;
        using (result)
        {
            using Tensor shaped = result.Reshape(positions.AsSpan());
            return shaped.Copy(); // a view would not outlive what it is a view of
        }
    }
}
