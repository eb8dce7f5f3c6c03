using Workspaces.Memory;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>Batch norm of [n, channels, height, width]: each channel brought to mean 0 and variance 1, then scaled and shifted (Ioffe and Szegedy 2015).</summary>
public sealed class BatchNorm2d : BatchNorm
{
    /// <summary>Makes the layer: weight 1, bias 0, running mean 0, running variance 1.</summary>
    /// <param name="numFeatures">Channels, at least 1.</param>
    /// <param name="epsilon">Added to the variance, at least 0.</param>
    /// <param name="momentum">Share of a batch in the running statistics, 0 to 1.</param>
    /// <param name="affine">Whether there are a weight and a bias.</param>
    /// <param name="trackRunningStats">Whether running statistics are kept, which evaluation then uses.</param>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="manager">Owner of the memory; null for the ambient pass's manager, or the process-wide one.</param>
    /// <exception cref="ArgumentException">A number out of range, or not a float type.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    public BatchNorm2d(
        long numFeatures, double epsilon = 1e-5, double momentum = 0.1, bool affine = true, bool trackRunningStats = true, DType dtype = DType.F32,
        WorkspaceManager? manager = null)
        : base(nameof(BatchNorm2d), numFeatures, epsilon, momentum, affine, trackRunningStats, dtype, manager)
    {
    }

    private protected override string Axes => "[n, channels, height, width]";

    private protected override bool Accepts(int rank) => rank == 4;
}
