using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN.Init;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>What convolution layers share: a weight and a bias, by default uniform in ±1/√(fan-in) as in PyTorch, and how the window walks.</summary>
public abstract class Convolution : Module
{
    private protected Convolution(in ConvolutionSettings settings, Shape weight, Initializer? weightInitializer, Initializer? biasInitializer)
    {
        InChannels = settings.InChannels;
        OutChannels = settings.OutChannels;
        KernelSize = settings.KernelSize;
        Stride = settings.Stride;
        Padding = settings.Padding;
        Dilation = settings.Dilation;
        Groups = settings.Groups;
        Seed = settings.Seed ?? DerivedSeed.Fresh();
        double bound = 1 / Math.Sqrt(weight.Length / weight[0]); // of [out, in, kernel…], whatever the axes mean: PyTorch counts transposed weights in the same way
        try
        {
            Weight = Register("weight", new Parameter(weight, settings.DType, "weight", settings.Manager), weightInitializer ?? new Uniform(-bound, bound), Seed);
            if (!settings.HasBias) return;
            var bias = new Parameter(new Shape(OutChannels), settings.DType, "bias", settings.Manager);
            Bias = Register("bias", bias, biasInitializer ?? new Uniform(-bound, bound), Seed);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Channels of the input.</summary>
    public long InChannels { get; }

    /// <summary>Channels of the output.</summary>
    public long OutChannels { get; }

    /// <summary>Size of the window; a height of 1 for layers over one axis.</summary>
    public Size2 KernelSize { get; }

    /// <summary>Step of the window.</summary>
    public Size2 Stride { get; }

    /// <summary>Zeros added on all sides; cut off the output of a transposed layer.</summary>
    public Size2 Padding { get; }

    /// <summary>Distance of the taps.</summary>
    public Size2 Dilation { get; }

    /// <summary>Groups of channels that are convolved apart.</summary>
    public int Groups { get; }

    /// <summary>The seed that the first values were drawn with.</summary>
    public ulong Seed { get; private set; }

    /// <summary>The weight, [out, in / groups, kernel…]; [in, out / groups, kernel…] of a transposed layer.</summary>
    public Parameter Weight { get; }

    /// <summary>The bias, [out], or null.</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    protected internal override string Describe()
    {
        bool line = GetType().Name.EndsWith("1d", StringComparison.Ordinal);
        string text = $"{GetType().Name}({InChannels} → {OutChannels}, kernel {Of(KernelSize)}";
        if (Stride != 1 && Of(Stride) != "1") text += $", stride {Of(Stride)}";
        if (Of(Padding) != "0") text += $", padding {Of(Padding)}";
        if (Of(Dilation) != "1") text += $", dilation {Of(Dilation)}";
        if (Groups != 1) text += $", groups {Groups}";
        return text + (Bias is null ? ", no bias)" : ")");

        string Of(Size2 size) => line ? new Size2(size.Width, size.Width).ToString() : size.ToString();
    }

    /// <inheritdoc/>
    protected override void Reseed(ulong seed) => Seed = seed;
}
