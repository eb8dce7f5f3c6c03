using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>
/// Group norm of [n, channels, …]: the channels of a sample fall into groups, each brought to mean 0 and variance 1, then scaled and shifted by channel
/// (Wu and He 2018). The same while training and in evaluation.
/// </summary>
public sealed class GroupNorm : ChannelNorm
{
    /// <summary>Makes the layer: weight 1, bias 0.</summary>
    /// <param name="numGroups">Groups, at least 1; divides the channels.</param>
    /// <param name="numChannels">Channels, at least 1.</param>
    /// <param name="epsilon">Added to the variance, at least 0.</param>
    /// <param name="affine">Whether there are a weight and a bias.</param>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="manager">Owner of the memory; null for the ambient pass's manager, or the process-wide one.</param>
    /// <exception cref="ArgumentException">A number out of range, groups that do not divide the channels, or not a float type.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    public GroupNorm(int numGroups, long numChannels, double epsilon = 1e-5, bool affine = true, DType dtype = DType.F32, WorkspaceManager? manager = null)
        : base(nameof(GroupNorm), nameof(numChannels), Divided(numGroups, numChannels), epsilon, affine, dtype, manager)
    {
        NumGroups = numGroups;
        NumChannels = numChannels;
    }

    /// <summary>Groups.</summary>
    public int NumGroups { get; }

    /// <summary>Channels.</summary>
    public long NumChannels { get; }

    /// <summary>Normalises.</summary>
    /// <param name="input">[n, channels, …].</param>
    /// <returns>A new tensor of the same shape.</returns>
    /// <exception cref="ShapeException">Below two axes, or another number of channels.</exception>
    /// <exception cref="ArgumentException">The input has another data type.</exception>
    public override Tensor Forward(Tensor input)
    {
        CheckChannels(input);
        return input.GroupNorm(NumGroups, Weight?.Value, Bias?.Value, Epsilon);
    }

    /// <inheritdoc/>
    protected internal override string Describe() => $"GroupNorm({NumChannels} in {NumGroups}{(Weight is null ? ", no scale" : "")})";

    /// <summary>The channels, before memory is taken for them.</summary>
    private static long Divided(int numGroups, long numChannels)
    {
        NNErrors.Positive(numGroups, nameof(GroupNorm), nameof(numGroups));
        if (numChannels % numGroups == 0) return numChannels;
        throw new ArgumentException(WorkspaceException.Compose(
            $"make {numGroups} groups", nameof(GroupNorm), $"they do not divide {numChannels} channels", "use a number of groups that divides the channels"));
    }
}
