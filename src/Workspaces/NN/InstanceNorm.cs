using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>
/// Instance norm of [n, channels, …]: each channel of each sample brought to mean 0 and variance 1 (Ulyanov, Vedaldi and Lempitsky 2016). Without running
/// statistics, so the same while training and in evaluation.
/// </summary>
public sealed class InstanceNorm : ChannelNorm
{
    /// <summary>Makes the layer.</summary>
    /// <param name="numFeatures">Channels, at least 1.</param>
    /// <param name="epsilon">Added to the variance, at least 0.</param>
    /// <param name="affine">Whether there are a weight of 1 and a bias of 0; as in PyTorch not by default.</param>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="manager">Owner of the memory; null for the ambient pass's manager, or the process-wide one.</param>
    /// <exception cref="ArgumentException">A number out of range, or not a float type.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    public InstanceNorm(long numFeatures, double epsilon = 1e-5, bool affine = false, DType dtype = DType.F32, WorkspaceManager? manager = null)
        : base(nameof(InstanceNorm), nameof(numFeatures), numFeatures, epsilon, affine, dtype, manager)
    {
        NumFeatures = numFeatures;
    }

    /// <summary>Channels.</summary>
    public long NumFeatures { get; }

    /// <summary>Normalises.</summary>
    /// <param name="input">[n, channels, …].</param>
    /// <returns>A new tensor of the same shape.</returns>
    /// <exception cref="ShapeException">Below two axes, or another number of channels.</exception>
    /// <exception cref="ArgumentException">The input has another data type.</exception>
    public override Tensor Forward(Tensor input)
    {
        CheckChannels(input);
        return input.InstanceNorm(Weight?.Value, Bias?.Value, Epsilon);
    }

    /// <inheritdoc/>
    protected internal override string Describe() => $"InstanceNorm({NumFeatures}{(Weight is null ? "" : ", scaled")})";
}
