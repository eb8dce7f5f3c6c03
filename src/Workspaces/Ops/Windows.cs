using Workspaces.Kernels.Convolution;
using Workspaces.Tensors;

namespace Workspaces.Ops;

/// <summary>Makes and checks windows.</summary>
internal static class Windows
{
    /// <summary>Padding, reach and plane together stay below 2³¹ elements.</summary>
    private const int MostReach = 1 << 29;

    /// <summary>A window whose size is not known yet.</summary>
    internal static PlaneWindow Of(Size2 stride, Size2 padding, Size2 dilation) => new()
    {
        StrideY = stride.Height, StrideX = stride.Width, PaddingY = padding.Height, PaddingX = padding.Width, DilationY = dilation.Height, DilationX = dilation.Width,
    };

    /// <summary>Refuses strides and dilations below 1 and negative padding.</summary>
    internal static void Check(string name, in Shape x, in PlaneWindow window)
    {
        Require(name, x, "kernel size", Math.Min(window.Height, window.Width), 1);
        Require(name, x, "stride", Math.Min(window.StrideY, window.StrideX), 1);
        Require(name, x, "padding", Math.Min(window.PaddingY, window.PaddingX), 0);
        Require(name, x, "dilation", Math.Min(window.DilationY, window.DilationX), 1);
        RequireAtMost(name, x, "padding", Math.Max(window.PaddingY, window.PaddingX));
        RequireAtMost(name, x, "window's reach", Math.Max((window.Height - 1L) * window.DilationY, (window.Width - 1L) * window.DilationX));
    }

    private static void RequireAtMost(string name, in Shape x, string what, long value)
    {
        if (value > MostReach)
            OpThrow.SizeParameter(what, name, x, value, $"kernels count positions in 32 bits, up to {MostReach} to a side", "give a smaller number");
    }

    internal static void Require(string name, in Shape x, string what, long value, long least)
    {
        if (value < least) OpThrow.SizeParameter(what, name, x, value, $"it must be at least {least}", "give a number in range");
    }

    /// <summary>Positions of a window along both axes of a plane.</summary>
    internal static (long Height, long Width) Positions(string name, in Shape x, in PlaneWindow window, int axes, Shape? weight = null)
    {
        long height = axes == 2 ? x[2] : 1, width = x[-1];
        long rows = PlaneWindow.Positions(height, window.Height, window.StrideY, window.PaddingY, window.DilationY);
        long columns = PlaneWindow.Positions(width, window.Width, window.StrideX, window.PaddingX, window.DilationX);
        if (rows < 1 || columns < 1)
            throw new ShapeException(
                weight is { } filters ? $"convolve {x} with a weight {filters}" : $"slide a window over {x}", name,
                $"it reaches over {Reach(window, axes)} elements, and with padding there are {Padded(height, width, window, axes)}",
                "use a smaller window or dilation, or more padding");
        return (rows, columns);
    }

    /// <summary>Refuses tensors that kernels cannot address.</summary>
    internal static void CheckLength(string name, in Shape shape)
    {
        if (shape.Length <= int.MaxValue) return;
        throw new ShapeException($"run {name} on {shape}", name, $"it has {shape.Length} elements, and a kernel addresses {int.MaxValue}", "split the batch");
    }

    private static string Reach(in PlaneWindow w, int axes)
    {
        long height = ((w.Height - 1L) * w.DilationY) + 1, width = ((w.Width - 1L) * w.DilationX) + 1;
        return axes == 2 ? $"{height} x {width}" : $"{width}";
    }

    private static string Padded(long height, long width, in PlaneWindow w, int axes) =>
        axes == 2 ? $"{height + (2L * w.PaddingY)} x {width + (2L * w.PaddingX)}" : $"{width + (2L * w.PaddingX)}";
}
