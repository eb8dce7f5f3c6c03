using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>Largest elements of windows that cover [n, channels, length] so that the result has a given size; see <c>AdaptiveMaxPool1d</c> of <see cref="PoolingOps"/>.</summary>
public sealed class AdaptiveMaxPool1d : Module
{
    /// <summary>Makes the layer.</summary>
    /// <param name="outputSize">Size of the result, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size below 1.</exception>
    public AdaptiveMaxPool1d(int outputSize)
    {
        NNErrors.Positive(outputSize, nameof(AdaptiveMaxPool1d), nameof(outputSize));
        OutputSize = outputSize;
    }

    /// <summary>Size of the result.</summary>
    public int OutputSize { get; }

    /// <summary>Pools.</summary>
    /// <param name="input">[n, channels, length].</param>
    /// <returns>A new tensor with as many samples and channels.</returns>
    /// <exception cref="ShapeException">The input has other axes, or no elements.</exception>
    /// <exception cref="ArgumentException">Not a float type.</exception>
    public override Tensor Forward(Tensor input) => input.AdaptiveMaxPool1d(OutputSize);

    /// <inheritdoc/>
    protected internal override string Describe() => $"AdaptiveMaxPool1d({OutputSize})";
}
