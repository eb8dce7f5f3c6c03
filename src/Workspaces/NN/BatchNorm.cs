using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN.Init;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>
/// What batch norm layers share. While training, the statistics of the batch are used and the running ones take a step towards them; in evaluation the
/// running ones are used, where they are kept.
/// </summary>
public abstract class BatchNorm : Module
{
    private protected BatchNorm(
        string layer, long numFeatures, double epsilon, double momentum, bool affine, bool trackRunningStats, DType dtype, WorkspaceManager? manager)
    {
        NumFeatures = NNErrors.Positive(numFeatures, layer, nameof(numFeatures));
        Epsilon = NNErrors.AtLeast(epsilon, 0, layer, nameof(epsilon));
        Momentum = NNErrors.Probability(momentum, layer, nameof(momentum));
        if (!dtype.IsFloatingPoint) NNErrors.ThrowNotFloat($"make {layer}", dtype);
        try
        {
            var shape = new Shape(numFeatures);
            if (affine)
            {
                Weight = Register("weight", new Parameter(shape, dtype, "weight", manager), new Constant(1));
                Bias = Register("bias", new Parameter(shape, dtype, "bias", manager), new Zeros());
            }

            if (!trackRunningStats) return;
            RunningMean = RegisterBuffer("running_mean", new ModuleBuffer(shape, dtype, 0, "running_mean", manager));
            RunningVariance = RegisterBuffer("running_var", new ModuleBuffer(shape, dtype, 1, "running_var", manager));
            BatchesTracked = RegisterBuffer("num_batches_tracked", new ModuleBuffer(new Shape(), DType.I64, 0, "num_batches_tracked", manager));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Channels.</summary>
    public long NumFeatures { get; }

    /// <summary>Added to the variance.</summary>
    public double Epsilon { get; }

    /// <summary>Share of a batch in the running statistics.</summary>
    public double Momentum { get; }

    /// <summary>A factor a channel, or null.</summary>
    public Parameter? Weight { get; }

    /// <summary>An addend a channel, or null.</summary>
    public Parameter? Bias { get; }

    /// <summary>Running mean of each channel, or null.</summary>
    public ModuleBuffer? RunningMean { get; }

    /// <summary>Running unbiased variance of each channel, or null.</summary>
    public ModuleBuffer? RunningVariance { get; }

    /// <summary>Number of batches seen while training, an int64 scalar; or null.</summary>
    public ModuleBuffer? BatchesTracked { get; }

    /// <summary>Normalises; while training it also moves the running statistics.</summary>
    /// <param name="input">The axes that the layer documents.</param>
    /// <returns>A new tensor of the same shape.</returns>
    /// <exception cref="ShapeException">The input has other axes or another number of channels, or while training a single element a channel.</exception>
    /// <exception cref="ArgumentException">The input has another data type.</exception>
    public override Tensor Forward(Tensor input) => Normalize(input, rectified: false);

    /// <inheritdoc/>
    internal override bool TryForwardWith(Module next, Tensor input, out Tensor output)
    {
        bool rectified = next is ReLU;
        output = rectified ? Normalize(input, rectified) : default;
        return rectified;
    }

    /// <inheritdoc/>
    protected internal override string Describe() =>
        $"{GetType().Name}({NumFeatures}{(Weight is null ? ", no scale" : "")}{(RunningMean is null ? ", no running statistics" : "")})";

    private Tensor Normalize(Tensor input, bool rectified)
    {
        if (!Accepts(input.Rank))
            throw new ShapeException($"normalise {input.Shape}", Describe(), $"the input has the axes {Axes}", "use the layer for as many axes, or Reshape");
        if (!IsTraining && RunningMean is not null && RunningVariance is not null)
            return Normalizations.By(input, RunningMean.Value, RunningVariance.Value, Weight?.Value, Bias?.Value, Epsilon, rectified);
        bool counts = IsTraining && !Recompute.IsRunningAgain; // a batch that runs twice is one batch
        Tensor y = Normalizations.OfBatch(
            input, Weight?.Value, Bias?.Value, counts ? RunningMean?.Value : null, counts ? RunningVariance?.Value : null, Momentum, Epsilon, rectified);
        if (counts) BatchesTracked?.Value.AddInPlace(1);
        return y;
    }

    private protected abstract string Axes { get; }

    private protected abstract bool Accepts(int rank);
}
