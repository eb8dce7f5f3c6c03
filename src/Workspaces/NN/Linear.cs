using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN.Init;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>A fully connected layer, y = x · Wᵀ + b, from [n, inFeatures] to [n, outFeatures].</summary>
public sealed class Linear : Module
{
    private readonly PackableWeight _packed = new();

    /// <summary>Makes the layer. By default weight and bias are uniform in ±1/√inFeatures, as in PyTorch.</summary>
    /// <param name="inFeatures">Features of a sample, at least 1.</param>
    /// <param name="outFeatures">Features of an output, at least 1.</param>
    /// <param name="bias">Whether a bias is added.</param>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="weightInitializer">Draws the weight; null for the default.</param>
    /// <param name="biasInitializer">Draws the bias; null for the default.</param>
    /// <param name="seed">Of the draws; null for one that differs from layer to layer and run to run. See also <see cref="Module.Initialize"/>.</param>
    /// <param name="manager">Owner of the memory; null for the ambient pass's manager, or the process-wide one.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number of features below 1.</exception>
    /// <exception cref="ArgumentException">Not a float type.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    public Linear(
        long inFeatures, long outFeatures, bool bias = true, DType dtype = DType.F32,
        Initializer? weightInitializer = null, Initializer? biasInitializer = null, ulong? seed = null, WorkspaceManager? manager = null)
    {
        InFeatures = NNErrors.Positive(inFeatures, nameof(Linear), nameof(inFeatures));
        OutFeatures = NNErrors.Positive(outFeatures, nameof(Linear), nameof(outFeatures));
        Seed = seed ?? DerivedSeed.Fresh();
        double bound = 1 / Math.Sqrt(inFeatures);
        try
        {
            Weight = Register(
                "weight", new Parameter(new Shape(outFeatures, inFeatures), dtype, "weight", manager), weightInitializer ?? new Uniform(-bound, bound), Seed);
            if (bias) Bias = Register("bias", new Parameter(new Shape(outFeatures), dtype, "bias", manager), biasInitializer ?? new Uniform(-bound, bound), Seed);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Features of a sample.</summary>
    public long InFeatures { get; }

    /// <summary>Features of an output.</summary>
    public long OutFeatures { get; }

    /// <summary>The seed that the first values were drawn with.</summary>
    public ulong Seed { get; private set; }

    /// <summary>The weight, [outFeatures, inFeatures].</summary>
    public Parameter Weight { get; }

    /// <summary>The bias, [outFeatures], or null.</summary>
    public Parameter? Bias { get; }

    /// <summary>Computes x · Wᵀ + b.</summary>
    /// <param name="input">[n, inFeatures].</param>
    /// <returns>[n, outFeatures].</returns>
    /// <exception cref="ShapeException">The input has another shape.</exception>
    /// <exception cref="ArgumentException">The input has another data type.</exception>
    public override Tensor Forward(Tensor input) => _packed.Linear(input, Weight, Bias);

    /// <inheritdoc/>
    internal override bool TryForwardWith(Module next, Tensor input, out Tensor output)
    {
        bool rectified = next is ReLU;
        output = rectified ? _packed.Linear(input, Weight, Bias, rectified) : default;
        return rectified;
    }

    /// <inheritdoc/>
    protected internal override string Describe() => $"Linear({InFeatures} → {OutFeatures}{(Bias is null ? ", no bias" : "")})";

    /// <inheritdoc/>
    internal override void PackOwnWeights() => _packed.Pack(Weight);

    /// <inheritdoc/>
    internal override void ReleaseOwnPackedWeights() => _packed.Dispose();

    /// <inheritdoc/>
    protected override void Reseed(ulong seed) => Seed = seed;
}
