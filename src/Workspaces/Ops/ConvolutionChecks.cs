using Workspaces.Kernels.Convolution;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Checks the operands of convolutions and works out the shape of the result.</summary>
internal static class ConvolutionChecks
{
    /// <summary>The result of a convolution; completes the window.</summary>
    internal static Shape Forward(string name, Tensor x, Tensor weight, Tensor? bias, ref PlaneWindow window, int groups, int axes)
    {
        Shape given = x.Checked(name).Layout.Shape, filters = weight.Checked(name).Layout.Shape;
        CheckOperands(name, x, weight, bias, ref window, groups, axes);
        if (filters[0] % groups != 0 || filters[1] * groups != given[1])
            throw new ShapeException(
                $"convolve {given} with a weight {filters} in {groups} groups", name,
                $"the input has {given[1]} channels, the weight takes {filters[1]} in each group, and its {filters[0]} filters fall into {groups} groups",
                "make the weight [filters, channels / groups, kernel…] with groups that divide both");
        CheckBias(name, given, filters, bias, filters[0]);
        (long rows, long columns) = Windows.Positions(name, given, window, axes, filters);
        return Result(name, given, given[0], filters[0], rows, columns, axes);
    }

    /// <summary>The result of a transposed convolution; completes the window.</summary>
    internal static Shape Transposed(
        string name, Tensor x, Tensor weight, Tensor? bias, ref PlaneWindow window, Size2 outputPadding, int groups, int axes)
    {
        Shape given = x.Checked(name).Layout.Shape, filters = weight.Checked(name).Layout.Shape;
        CheckOperands(name, x, weight, bias, ref window, groups, axes);
        Windows.Require(name, given, "output padding", Math.Min(outputPadding.Height, outputPadding.Width), 0);
        if (given[1] % groups != 0 || filters[0] != given[1])
            throw new ShapeException(
                $"convolve {given} with a transposed weight {filters} in {groups} groups", name,
                $"the input has {given[1]} channels, the weight takes {filters[0]}, and they fall into {groups} groups",
                "make the weight [channels, filters / groups, kernel…] with groups that divide both");
        CheckBias(name, given, filters, bias, filters[1] * groups);
        bool fits = outputPadding.Width < Math.Max(window.StrideX, window.DilationX)
            && (axes == 1 || outputPadding.Height < Math.Max(window.StrideY, window.DilationY));
        if (!fits)
            throw new ArgumentOutOfRangeException(nameof(outputPadding), Memory.WorkspaceException.Compose(
                $"run {name} on {given} with output padding {outputPadding}", name, "it must be smaller than the stride or the dilation", "give a smaller one"));
        long height = axes == 2 ? given[2] : 1;
        long rows = Stretched(height, window.Height, window.StrideY, window.PaddingY, window.DilationY, outputPadding.Height);
        long columns = Stretched(given[-1], window.Width, window.StrideX, window.PaddingX, window.DilationX, outputPadding.Width);
        if (rows < 1 || columns < 1 || height < 1 || given[-1] < 1)
            throw new ShapeException(
                $"convolve {given} with a transposed weight {filters}", name, $"the result would be {rows} x {columns} elements", "use less padding, or a larger input");
        return Result(name, given, given[0], filters[1] * groups, rows, columns, axes);
    }

    private static long Stretched(long size, int window, int stride, int padding, int dilation, int more) =>
        ((size - 1) * stride) - (2L * padding) + ((long)dilation * (window - 1)) + more + 1;

    private static Shape Result(string name, in Shape given, long batch, long channels, long rows, long columns, int axes)
    {
        Windows.CheckLength(name, given);
        Shape result = axes == 2 ? new Shape(batch, channels, rows, columns) : new Shape(batch, channels, columns);
        Windows.CheckLength(name, result);
        return result;
    }

    private static void CheckOperands(string name, Tensor x, Tensor weight, Tensor? bias, ref PlaneWindow window, int groups, int axes)
    {
        Shape given = x.Shape, filters = weight.Shape;
        bias?.Checked(name);
        if (given.Rank != axes + 2 || filters.Rank != axes + 2)
            throw new ShapeException(
                $"convolve {given} with a weight {filters}", name, $"both have {axes + 2} axes: [n, channels, {(axes == 2 ? "height, width" : "length")}] and a window of {axes}",
                "add a missing batch axis with Unsqueeze(0)");
        Dispatch.RequireFloat(x, name);
        if (weight.DType != x.DType) TensorThrow.TypesDiffer(name, x, weight);
        if (bias is { } b && b.DType != x.DType) TensorThrow.TypesDiffer(name, x, b);
        Windows.Require(name, given, "number of groups", groups, 1);
        if (given[1] == 0 || filters[0] == 0 || filters[1] == 0)
            throw new ShapeException($"convolve {given} with a weight {filters}", name, "a number of channels is 0", "check for empty tensors first");
        window = window with { Height = axes == 2 ? checked((int)filters[2]) : 1, Width = checked((int)filters[-1]) };
        Windows.Check(name, given, window);
    }

    private static void CheckBias(string name, in Shape x, in Shape weight, Tensor? bias, long filters)
    {
        if (bias is not { } b || (b.Rank == 1 && b.Shape[0] == filters)) return;
        throw new ShapeException($"convolve {x} with a weight {weight} and a bias {b.Shape}", name, $"there are {filters} filters", "give the bias one element a filter");
    }
}
