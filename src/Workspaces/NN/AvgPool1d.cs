using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>The mean of each window of [n, channels, length]; see <c>AvgPool1d</c> of <see cref="PoolingOps"/>.</summary>
public sealed class AvgPool1d : Module
{
    /// <summary>Makes the layer.</summary>
    /// <param name="kernelSize">Size of the window, at least 1.</param>
    /// <param name="stride">Step of the window, at least 1; the window's size when not given.</param>
    /// <param name="padding">Elements added on all sides, at most half the window; 0 when not given.</param>
    /// <param name="countIncludePad">Whether padding counts as zeros, rather than not at all.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number out of range.</exception>
    public AvgPool1d(int kernelSize, int? stride = null, int padding = 0, bool countIncludePad = true)
    {
        KernelSize = kernelSize;
        Stride = stride ?? kernelSize;
        Padding = padding;
        NNErrors.Positive(KernelSize, nameof(AvgPool1d), nameof(kernelSize));
        NNErrors.Positive(Stride, nameof(AvgPool1d), nameof(stride));
        NNErrors.AtLeast(Padding, 0, nameof(AvgPool1d), nameof(padding));
        CountIncludePad = countIncludePad;
    }

    /// <summary>Size of the window.</summary>
    public int KernelSize { get; }

    /// <summary>Step of the window.</summary>
    public int Stride { get; }

    /// <summary>Elements added on all sides.</summary>
    public int Padding { get; }

    /// <summary>Whether padding counts as zeros, rather than not at all.</summary>
    public bool CountIncludePad { get; }

    /// <summary>Pools.</summary>
    /// <param name="input">[n, channels, length].</param>
    /// <returns>A new tensor with as many samples and channels.</returns>
    /// <exception cref="ShapeException">The input has other axes, or no window fits.</exception>
    /// <exception cref="ArgumentException">Not a float type, or padding above half the window.</exception>
    public override Tensor Forward(Tensor input) => input.AvgPool1d(KernelSize, Stride, Padding, CountIncludePad);

    /// <inheritdoc/>
    protected internal override string Describe() =>
        $"AvgPool1d(kernel {KernelSize}{(Stride == KernelSize ? "" : $", stride {Stride}")}{(Padding == 0 ? "" : $", padding {Padding}")})";
}
