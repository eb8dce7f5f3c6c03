using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>The largest element of each window of [n, channels, height, width]; see <c>MaxPool2d</c> of <see cref="PoolingOps"/>.</summary>
public sealed class MaxPool2d : Module
{
    /// <summary>Makes the layer.</summary>
    /// <param name="kernelSize">Size of the window, at least 1.</param>
    /// <param name="stride">Step of the window, at least 1; the window's size when not given.</param>
    /// <param name="padding">Elements added on all sides, at most half the window; 0 when not given.</param>
    /// <param name="dilation">Distance of the window's elements, at least 1; 1 when not given.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number out of range.</exception>
    public MaxPool2d(Size2 kernelSize, Size2? stride = null, Size2? padding = null, Size2? dilation = null)
    {
        KernelSize = kernelSize;
        Stride = stride ?? kernelSize;
        Padding = padding ?? 0;
        NNErrors.Positive(Math.Min(KernelSize.Height, KernelSize.Width), nameof(MaxPool2d), nameof(kernelSize));
        NNErrors.Positive(Math.Min(Stride.Height, Stride.Width), nameof(MaxPool2d), nameof(stride));
        NNErrors.AtLeast(Math.Min(Padding.Height, Padding.Width), 0, nameof(MaxPool2d), nameof(padding));
        Dilation = dilation ?? 1;
        NNErrors.Positive(Math.Min(Dilation.Height, Dilation.Width), nameof(MaxPool2d), nameof(dilation));
    }

    /// <summary>Size of the window.</summary>
    public Size2 KernelSize { get; }

    /// <summary>Step of the window.</summary>
    public Size2 Stride { get; }

    /// <summary>Elements added on all sides.</summary>
    public Size2 Padding { get; }

    /// <summary>Distance of the window's elements.</summary>
    public Size2 Dilation { get; }

    /// <summary>Pools.</summary>
    /// <param name="input">[n, channels, height, width].</param>
    /// <returns>A new tensor with as many samples and channels.</returns>
    /// <exception cref="ShapeException">The input has other axes, or no window fits.</exception>
    /// <exception cref="ArgumentException">Not a float type, or padding above half the window.</exception>
    public override Tensor Forward(Tensor input) => input.MaxPool2d(KernelSize, Stride, Padding, Dilation);

    /// <inheritdoc/>
    protected internal override string Describe() =>
        $"MaxPool2d(kernel {KernelSize}{(Stride == KernelSize ? "" : $", stride {Stride}")}{(Padding == 0 ? "" : $", padding {Padding}")})";
}
