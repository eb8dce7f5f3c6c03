using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>
/// Largest elements of windows that cover [n, channels, height, width] so that the result has a given size; see <c>AdaptiveMaxPool2d</c> of
/// <see cref="PoolingOps"/>.
/// </summary>
public sealed class AdaptiveMaxPool2d : Module
{
    /// <summary>Makes the layer.</summary>
    /// <param name="outputSize">Size of the result, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size below 1.</exception>
    public AdaptiveMaxPool2d(Size2 outputSize)
    {
        NNErrors.Positive(Math.Min(outputSize.Height, outputSize.Width), nameof(AdaptiveMaxPool2d), nameof(outputSize));
        OutputSize = outputSize;
    }

    /// <summary>Size of the result.</summary>
    public Size2 OutputSize { get; }

    /// <summary>Pools.</summary>
    /// <param name="input">[n, channels, height, width].</param>
    /// <returns>A new tensor with as many samples and channels.</returns>
    /// <exception cref="ShapeException">The input has other axes, or no elements.</exception>
    /// <exception cref="ArgumentException">Not a float type.</exception>
    public override Tensor Forward(Tensor input) => input.AdaptiveMaxPool2d(OutputSize);

    /// <inheritdoc/>
    protected internal override string Describe() => $"AdaptiveMaxPool2d({OutputSize})";
}
