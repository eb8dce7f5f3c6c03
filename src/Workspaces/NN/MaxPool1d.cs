using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>The largest element of each window of [n, channels, length]; see <c>MaxPool1d</c> of <see cref="PoolingOps"/>.</summary>
public sealed class MaxPool1d : Module
{
    /// <summary>Makes the layer.</summary>
    /// <param name="kernelSize">Size of the window, at least 1.</param>
    /// <param name="stride">Step of the window, at least 1; the window's size when not given.</param>
    /// <param name="padding">Elements added on all sides, at most half the window; 0 when not given.</param>
    /// <param name="dilation">Distance of the window's elements, at least 1; 1 when not given.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number out of range.</exception>
    public MaxPool1d(int kernelSize, int? stride = null, int padding = 0, int dilation = 1)
    {
        KernelSize = kernelSize;
        Stride = stride ?? kernelSize;
        Padding = padding;
        NNErrors.Positive(KernelSize, nameof(MaxPool1d), nameof(kernelSize));
        NNErrors.Positive(Stride, nameof(MaxPool1d), nameof(stride));
        NNErrors.AtLeast(Padding, 0, nameof(MaxPool1d), nameof(padding));
        Dilation = dilation;
        NNErrors.Positive(Dilation, nameof(MaxPool1d), nameof(dilation));
    }

    /// <summary>Size of the window.</summary>
    public int KernelSize { get; }

    /// <summary>Step of the window.</summary>
    public int Stride { get; }

    /// <summary>Elements added on all sides.</summary>
    public int Padding { get; }

    /// <summary>Distance of the window's elements.</summary>
    public int Dilation { get; }

    /// <summary>Pools.</summary>
    /// <param name="input">[n, channels, length].</param>
    /// <returns>A new tensor with as many samples and channels.</returns>
    /// <exception cref="ShapeException">The input has other axes, or no window fits.</exception>
    /// <exception cref="ArgumentException">Not a float type, or padding above half the window.</exception>
    public override Tensor Forward(Tensor input) => input.MaxPool1d(KernelSize, Stride, Padding, Dilation);

    /// <inheritdoc/>
    protected internal override string Describe() =>
        $"MaxPool1d(kernel {KernelSize}{(Stride == KernelSize ? "" : $", stride {Stride}")}{(Padding == 0 ? "" : $", padding {Padding}")})";
}
