using Workspaces.Kernels.Convolution;
using Workspaces.Kernels.Pooling;
using Workspaces.Memory;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Checks the operands of pooling and works out the shape of the result.</summary>
internal static class PoolingChecks
{
    /// <summary>The result of sliding a window.</summary>
    internal static Shape Window(string name, Tensor x, in PlaneWindow window, int axes)
    {
        Shape given = Planes(name, x, axes);
        Windows.Check(name, given, window);
        if (2 * window.PaddingY > window.Height || 2 * window.PaddingX > window.Width)
            throw new ArgumentOutOfRangeException(nameof(window), WorkspaceException.Compose(
                $"pad {given} by {new Size2(window.PaddingY, window.PaddingX)}", name, $"padding is at most half of the window {new Size2(window.Height, window.Width)}",
                "use less padding, or a larger window"));
        (long rows, long columns) = Windows.Positions(name, given, window, axes);
        return Result(name, given, rows, columns, axes);
    }

    /// <summary>The result of a given size.</summary>
    internal static Shape Sized(string name, Tensor x, Size2 size, int axes)
    {
        Shape given = Planes(name, x, axes);
        Windows.Require(name, given, "size", Math.Min(size.Height, size.Width), 1);
        if (given[-1] == 0 || given[axes] == 0)
            throw new ShapeException($"bring {given} to {size}", name, "its planes have no elements", "check for empty tensors first");
        return Result(name, given, size.Height, size.Width, axes);
    }

    /// <summary>The sizes for kernels.</summary>
    internal static PoolingShape ShapeOf(in Shape input, in Shape output, in PlaneWindow window) => new()
    {
        Planes = checked((int)(input[0] * input[1])), Height = input.Rank == 4 ? (int)input[2] : 1, Width = (int)input[-1],
        OutHeight = output.Rank == 4 ? (int)output[2] : 1, OutWidth = (int)output[-1], Window = window,
    };

    private static Shape Planes(string name, Tensor x, int axes)
    {
        Shape given = x.Checked(name).Layout.Shape;
        if (given.Rank != axes + 2)
            throw new ShapeException(
                $"run {name} on {given}", name, $"the input has {axes + 2} axes: [n, channels, {(axes == 2 ? "height, width" : "length")}]",
                "add a missing batch axis with Unsqueeze(0)");
        Dispatch.RequireFloat(x, name);
        Windows.CheckLength(name, given);
        return given;
    }

    private static Shape Result(string name, in Shape given, long rows, long columns, int axes)
    {
        Shape result = axes == 2 ? new Shape(given[0], given[1], rows, columns) : new Shape(given[0], given[1], columns);
        Windows.CheckLength(name, result);
        return result;
    }
}
