using Workspaces.Kernels.Convolution;
using Workspaces.Tensors;

namespace Workspaces.Ops;

/// <summary>Pooling and resampling of channels-first tensors [n, channels, length] and [n, channels, height, width].</summary>
public static class PoolingOps
{
    extension(Tensor x)
    {
        /// <summary>The largest element of each window of [n, channels, length]; NaN wins, padding never does, the first of equals gets the gradient.</summary>
        /// <param name="kernel">Elements of the window.</param>
        /// <param name="stride">Step of the window; its size when not given.</param>
        /// <param name="padding">Elements added at both ends, at most half the window.</param>
        /// <param name="dilation">Distance of the window's elements.</param>
        /// <returns>A new tensor [n, channels, (length + 2 padding - dilation (kernel - 1) - 1) / stride + 1].</returns>
        /// <exception cref="ShapeException">Not three axes, or no window fits.</exception>
        /// <exception cref="ArgumentException">Not a float type, or a number out of range.</exception>
        public Tensor MaxPool1d(int kernel, int? stride = null, int padding = 0, int dilation = 1) =>
            MaxPools.Run("MaxPool1d", x, Window(new(1, kernel), new(1, stride ?? kernel), new(0, padding), new(1, dilation)), axes: 1);

        /// <summary>The largest element of each window of [n, channels, height, width]; each axis as in <c>MaxPool1d</c>.</summary>
        /// <param name="kernel">Size of the window.</param>
        /// <param name="stride">Step of the window; its size when not given.</param>
        /// <param name="padding">Elements added on all sides, at most half the window; 0 when not given.</param>
        /// <param name="dilation">Distance of the window's elements; 1 when not given.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ShapeException">Not four axes, or no window fits.</exception>
        /// <exception cref="ArgumentException">Not a float type, or a number out of range.</exception>
        public Tensor MaxPool2d(Size2 kernel, Size2? stride = null, Size2? padding = null, Size2? dilation = null) =>
            MaxPools.Run("MaxPool2d", x, Window(kernel, stride ?? kernel, padding ?? 0, dilation ?? 1), axes: 2);

        /// <summary>The mean of each window of [n, channels, length].</summary>
        /// <param name="kernel">Elements of the window.</param>
        /// <param name="stride">Step of the window; its size when not given.</param>
        /// <param name="padding">Elements added at both ends, at most half the window.</param>
        /// <param name="countIncludePad">Whether padding counts as zeros, rather than not at all.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ShapeException">Not three axes, or no window fits.</exception>
        /// <exception cref="ArgumentException">Not a float type, or a number out of range.</exception>
        public Tensor AvgPool1d(int kernel, int? stride = null, int padding = 0, bool countIncludePad = true) =>
            AveragePools.Run("AvgPool1d", x, Window(new(1, kernel), new(1, stride ?? kernel), new(0, padding), 1), countIncludePad, axes: 1);

        /// <summary>The mean of each window of [n, channels, height, width]; each axis as in <c>AvgPool1d</c>.</summary>
        /// <param name="kernel">Size of the window.</param>
        /// <param name="stride">Step of the window; its size when not given.</param>
        /// <param name="padding">Elements added on all sides, at most half the window; 0 when not given.</param>
        /// <param name="countIncludePad">Whether padding counts as zeros, rather than not at all.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ShapeException">Not four axes, or no window fits.</exception>
        /// <exception cref="ArgumentException">Not a float type, or a number out of range.</exception>
        public Tensor AvgPool2d(Size2 kernel, Size2? stride = null, Size2? padding = null, bool countIncludePad = true) =>
            AveragePools.Run("AvgPool2d", x, Window(kernel, stride ?? kernel, padding ?? 0, 1), countIncludePad, axes: 2);

        /// <summary>
        /// Means of windows that cover [n, channels, length] so that there are <paramref name="size"/>: window o runs from ⌊o · length / size⌋ to
        /// ⌈(o + 1) · length / size⌉.
        /// </summary>
        /// <param name="size">Length of the result.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ShapeException">Not three axes, or no elements.</exception>
        /// <exception cref="ArgumentException">Not a float type, or a size below 1.</exception>
        public Tensor AdaptiveAvgPool1d(int size) => AveragePools.Adaptive("AdaptiveAvgPool1d", x, new(1, size), axes: 1);

        /// <summary>Means of windows that cover [n, channels, height, width]; each axis as in <c>AdaptiveAvgPool1d</c>.</summary>
        /// <param name="size">Height and width of the result.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ShapeException">Not four axes, or no elements.</exception>
        /// <exception cref="ArgumentException">Not a float type, or a size below 1.</exception>
        public Tensor AdaptiveAvgPool2d(Size2 size) => AveragePools.Adaptive("AdaptiveAvgPool2d", x, size, axes: 2);

        /// <summary>Largest elements of windows as those of <c>AdaptiveAvgPool1d</c>.</summary>
        /// <param name="size">Length of the result.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ShapeException">Not three axes, or no elements.</exception>
        /// <exception cref="ArgumentException">Not a float type, or a size below 1.</exception>
        public Tensor AdaptiveMaxPool1d(int size) => MaxPools.Adaptive("AdaptiveMaxPool1d", x, new(1, size), axes: 1);

        /// <summary>Largest elements of windows as those of <c>AdaptiveAvgPool2d</c>.</summary>
        /// <param name="size">Height and width of the result.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ShapeException">Not four axes, or no elements.</exception>
        /// <exception cref="ArgumentException">Not a float type, or a size below 1.</exception>
        public Tensor AdaptiveMaxPool2d(Size2 size) => MaxPools.Adaptive("AdaptiveMaxPool2d", x, size, axes: 2);

        /// <summary>[n, channels, height, width] in another size of the planes.</summary>
        /// <param name="size">Height and width of the result.</param>
        /// <param name="mode">Nearest or linear.</param>
        /// <param name="alignCorners">Linear only: corner elements keep their values, because their centres fall on each other.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ShapeException">Not four axes, or no elements.</exception>
        /// <exception cref="ArgumentException">Not a float type, a size below 1, or corners aligned with the nearest element.</exception>
        public Tensor Upsample(Size2 size, UpsampleMode mode = UpsampleMode.Nearest, bool alignCorners = false) => Resamples.Run(x, size, mode, alignCorners);
    }

    private static PlaneWindow Window(Size2 kernel, Size2 stride, Size2 padding, Size2 dilation) =>
        Windows.Of(stride, padding, dilation) with { Height = kernel.Height, Width = kernel.Width };
}
