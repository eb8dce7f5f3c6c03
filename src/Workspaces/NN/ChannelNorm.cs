using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN.Init;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>What layers share that normalise over a part of each sample and then scale each channel: the scale and what they refuse.</summary>
public abstract class ChannelNorm : Module
{
    private readonly long _channels;

    private protected ChannelNorm(string kind, string countName, long channels, double epsilon, bool affine, DType dtype, WorkspaceManager? manager)
    {
        _channels = NNErrors.Positive(channels, kind, countName);
        Epsilon = NNErrors.AtLeast(epsilon, 0, kind, nameof(epsilon));
        if (!affine) return;
        try
        {
            Weight = Register("weight", new Parameter(new Shape(channels), dtype, "weight", manager), new Constant(1));
            Bias = Register("bias", new Parameter(new Shape(channels), dtype, "bias", manager), new Zeros());
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Added to the variance.</summary>
    public double Epsilon { get; }

    /// <summary>A factor a channel, or null.</summary>
    public Parameter? Weight { get; }

    /// <summary>An addend a channel, or null.</summary>
    public Parameter? Bias { get; }

    /// <summary>Throws for an input [n, channels, …] of another number of channels.</summary>
    private protected void CheckChannels(Tensor input)
    {
        if (input.Rank >= 2 && input.Shape[1] != _channels)
            throw new ShapeException($"normalise {input.Shape}", Describe(), $"it has {input.Shape[1]} channels", $"give it {_channels} channels");
    }
}
