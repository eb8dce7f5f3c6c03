using Workspaces.Memory;
using Workspaces.NN.Init;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>A convolution layer, from [n, inChannels, height, width] to [n, outChannels, height', width']; see <c>Conv2d</c> of <see cref="ConvolutionOps"/>.</summary>
public sealed class Conv2d : Convolution
{
    /// <summary>Makes the layer. By default weight and bias are uniform in ±1/√(fan-in), as in PyTorch.</summary>
    /// <param name="inChannels">Channels of the input, at least 1.</param>
    /// <param name="outChannels">Channels of the output, at least 1.</param>
    /// <param name="kernelSize">Size of the window, at least 1.</param>
    /// <param name="stride">Step of the window, at least 1; 1 when not given.</param>
    /// <param name="padding">Zeros added on all sides, at least 0; 0 when not given.</param>
    /// <param name="dilation">Distance of the taps, at least 1; 1 when not given.</param>
    /// <param name="groups">Groups of channels that are convolved apart; divides both numbers of channels.</param>
    /// <param name="bias">Whether a bias is added.</param>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="weightInitializer">Draws the weight; null for the default.</param>
    /// <param name="biasInitializer">Draws the bias; null for the default.</param>
    /// <param name="seed">Of the draws; null for one that differs from layer to layer and run to run. See also <see cref="Module.Initialize"/>.</param>
    /// <param name="manager">Owner of the memory; null for the ambient pass's manager, or the process-wide one.</param>
    /// <exception cref="ArgumentException">A number out of range, groups that do not divide the channels, or not a float type.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    public Conv2d(
        long inChannels, long outChannels, Size2 kernelSize, Size2? stride = null, Size2? padding = null, Size2? dilation = null, int groups = 1,
        bool bias = true, DType dtype = DType.F32, Initializer? weightInitializer = null, Initializer? biasInitializer = null, ulong? seed = null,
        WorkspaceManager? manager = null)
        : base(
            new ConvolutionSettings
            {
                InChannels = inChannels, OutChannels = outChannels, KernelSize = kernelSize, Stride = stride ?? 1, Padding = padding ?? 0,
                Dilation = dilation ?? 1, Groups = groups, HasBias = bias, DType = dtype, Seed = seed, Manager = manager,
            }.Checked(nameof(Conv2d)),
            new Shape(outChannels, inChannels / groups, kernelSize.Height, kernelSize.Width), weightInitializer, biasInitializer)
    {
    }

    /// <summary>Convolves.</summary>
    /// <param name="input">[n, inChannels, height, width].</param>
    /// <returns>[n, outChannels, height', width'].</returns>
    /// <exception cref="ShapeException">The input has another shape.</exception>
    /// <exception cref="ArgumentException">The input has another data type.</exception>
    public override Tensor Forward(Tensor input) => input.Conv2d(Weight.Value, Bias?.Value, Stride, Padding, Dilation, Groups);

    /// <inheritdoc/>
    internal override bool TryForwardWith(Module next, Tensor input, out Tensor output)
    {
        bool rectified = next is ReLU;
        output = rectified
            ? Convolutions.Run(nameof(Conv2d), input, Weight.Value, Bias?.Value, Windows.Of(Stride, Padding, Dilation), Groups, axes: 2, rectified)
            : default;
        return rectified;
    }
}
