using Workspaces.Autograd;
using Workspaces.Kernels.Convolution;
using Workspaces.Tensors;

namespace Workspaces.Ops;

/// <summary>Convolutions of channels-first tensors, in the sense of neural networks (correlations: the weight is not flipped).</summary>
public static class ConvolutionOps
{
    extension(Tensor x)
    {
        /// <summary>Convolution of [n, channels, length] to [n, filters, (length + 2 padding - dilation (kernel - 1) - 1) / stride + 1].</summary>
        /// <param name="weight">[filters, channels / groups, kernel].</param>
        /// <param name="bias">[filters], or null.</param>
        /// <param name="stride">Elements from one position of the window to the next, at least 1.</param>
        /// <param name="padding">Zeros added at both ends, at least 0.</param>
        /// <param name="dilation">Distance of the taps, at least 1.</param>
        /// <param name="groups">Groups of channels and filters that are convolved apart; divides both.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        /// <exception cref="ArgumentException">Not the same float type, or a number out of range.</exception>
        public Tensor Conv1d(Tensor weight, Tensor? bias = null, int stride = 1, int padding = 0, int dilation = 1, int groups = 1) =>
            Convolutions.Run("Conv1d", x, weight, bias, Windows.Of(new(1, stride), new(0, padding), new(1, dilation)), groups, axes: 1);

        /// <summary>Convolution of [n, channels, height, width] to [n, filters, …]; each axis as in <c>Conv1d</c>.</summary>
        /// <param name="weight">[filters, channels / groups, kernel height, kernel width].</param>
        /// <param name="bias">[filters], or null.</param>
        /// <param name="stride">Elements from one position of the window to the next, at least 1; 1 when not given.</param>
        /// <param name="padding">Zeros added on all sides, at least 0; 0 when not given.</param>
        /// <param name="dilation">Distance of the taps, at least 1; 1 when not given.</param>
        /// <param name="groups">Groups of channels and filters that are convolved apart; divides both.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        /// <exception cref="ArgumentException">Not the same float type, or a number out of range.</exception>
        public Tensor Conv2d(Tensor weight, Tensor? bias = null, Size2? stride = null, Size2? padding = null, Size2? dilation = null, int groups = 1) =>
            Convolutions.Run("Conv2d", x, weight, bias, Windows.Of(stride ?? 1, padding ?? 0, dilation ?? 1), groups, axes: 2);

        /// <summary>Transposed convolution of [n, channels, length] to [n, filters, (length - 1) stride - 2 padding + dilation (kernel - 1) + outputPadding + 1].</summary>
        /// <param name="weight">[channels, filters / groups, kernel].</param>
        /// <param name="bias">[filters], or null.</param>
        /// <param name="stride">Output elements between neighbouring inputs, at least 1.</param>
        /// <param name="padding">Elements cut off at both ends of the output, at least 0.</param>
        /// <param name="outputPadding">Elements added at the end of the output, below the stride or the dilation.</param>
        /// <param name="dilation">Distance of the taps, at least 1.</param>
        /// <param name="groups">Groups of channels and filters that are convolved apart; divides both.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        /// <exception cref="ArgumentException">Not the same float type, or a number out of range.</exception>
        public Tensor ConvTranspose1d(
            Tensor weight, Tensor? bias = null, int stride = 1, int padding = 0, int outputPadding = 0, int dilation = 1, int groups = 1)
        {
            PlaneWindow window = Windows.Of(new(1, stride), new(0, padding), new(1, dilation));
            return Convolutions.RunTransposed("ConvTranspose1d", x, weight, bias, window, new(0, outputPadding), groups, axes: 1);
        }

        /// <summary>
        /// Transposed convolution of [n, channels, height, width] to [n, filters, …]: the gradient of a convolution as a layer of its own; each axis as in
        /// <c>ConvTranspose1d</c>.
        /// </summary>
        /// <param name="weight">[channels, filters / groups, kernel height, kernel width].</param>
        /// <param name="bias">[filters], or null.</param>
        /// <param name="stride">Output elements between neighbouring inputs, at least 1; 1 when not given.</param>
        /// <param name="padding">Elements cut off on all sides of the output, at least 0; 0 when not given.</param>
        /// <param name="outputPadding">Rows added below and columns added right, below the stride or the dilation; 0 when not given.</param>
        /// <param name="dilation">Distance of the taps, at least 1; 1 when not given.</param>
        /// <param name="groups">Groups of channels and filters that are convolved apart; divides both.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        /// <exception cref="ArgumentException">Not the same float type, or a number out of range.</exception>
        public Tensor ConvTranspose2d(
            Tensor weight, Tensor? bias = null, Size2? stride = null, Size2? padding = null, Size2? outputPadding = null, Size2? dilation = null,
            int groups = 1)
        {
            PlaneWindow window = Windows.Of(stride ?? 1, padding ?? 0, dilation ?? 1);
            return Convolutions.RunTransposed("ConvTranspose2d", x, weight, bias, window, outputPadding ?? 0, groups, axes: 2);
        }
    }
}
