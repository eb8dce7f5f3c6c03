using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN.Init;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>
/// Group norm of [n, channels, …]: the channels of a sample fall into groups, each brought to mean 0 and variance 1, then scaled and shifted by channel
/// (Wu and He 2018). The same while training and in evaluation.
/// </summary>
public sealed class GroupNorm : Module
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
    public GroupNorm(int numGroups, int numChannels, double epsilon = 1e-5, bool affine = true, DType dtype = DType.F32, WorkspaceManager? manager = null)
    {
        NumGroups = (int)NNErrors.Positive(numGroups, nameof(GroupNorm), nameof(numGroups));
        NumChannels = (int)NNErrors.Positive(numChannels, nameof(GroupNorm), nameof(numChannels));
        Epsilon = NNErrors.AtLeast(epsilon, 0, nameof(GroupNorm), nameof(epsilon));
        if (numChannels % numGroups != 0)
            throw new ArgumentException(WorkspaceException.Compose(
                $"make {numGroups} groups", nameof(GroupNorm), $"they do not divide {numChannels} channels", "use a number of groups that divides the channels"));
        if (!affine) return;
        try
        {
            Weight = Register("weight", new Parameter(new Shape(numChannels), dtype, "weight", manager), new Constant(1));
            Bias = Register("bias", new Parameter(new Shape(numChannels), dtype, "bias", manager), new Zeros());
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Groups.</summary>
    public int NumGroups { get; }

    /// <summary>Channels.</summary>
    public int NumChannels { get; }

    /// <summary>Added to the variance.</summary>
    public double Epsilon { get; }

    /// <summary>A factor a channel, or null.</summary>
    public Parameter? Weight { get; }

    /// <summary>An addend a channel, or null.</summary>
    public Parameter? Bias { get; }

    /// <summary>Normalises.</summary>
    /// <param name="input">[n, channels, …].</param>
    /// <returns>A new tensor of the same shape.</returns>
    /// <exception cref="ShapeException">Below two axes, or another number of channels.</exception>
    /// <exception cref="ArgumentException">The input has another data type.</exception>
    public override Tensor Forward(Tensor input)
    {
        if (input.Rank >= 2 && input.Shape[1] != NumChannels)
            throw new ShapeException($"normalise {input.Shape}", Describe(), $"it has {input.Shape[1]} channels", $"give it {NumChannels} channels");
        return input.GroupNorm(NumGroups, Weight?.Value, Bias?.Value, Epsilon);
    }

    /// <inheritdoc/>
    protected internal override string Describe() => $"GroupNorm({NumChannels} in {NumGroups}{(Weight is null ? ", no scale" : "")})";
}
