using Workspaces.Autograd;
using Workspaces.Kernels.Random;
using Workspaces.Memory;
using Workspaces.NN.Init;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>
/// Attention with several heads (Vaswani and others 2017): one projection makes queries, keys and values of all heads, <c>out_proj</c> joins the results.
/// Batches come first: [batch, position, width]. Parameters are named as in PyTorch. Attention weights are not returned.
/// </summary>
public sealed class MultiHeadAttention : Module
{
    private readonly Dropout? _dropout;
    private readonly PackableWeight _packed = new();

    /// <summary>Makes the layer. By default the projection is Xavier-uniform with bias 0, as in PyTorch.</summary>
    /// <param name="width">Width of inputs and outputs, a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">Number of heads, at least 1.</param>
    /// <param name="isCausal">True to let a position see itself and those before it only.</param>
    /// <param name="bias">Whether the projections have a bias.</param>
    /// <param name="dropout">Probability of dropping, while training, what a position takes from another one, 0 to 1.</param>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="seed">Of the draws; null for one that differs from layer to layer and run to run.</param>
    /// <param name="manager">Owner of the memory; null for the ambient pass's manager, or the process-wide one.</param>
    /// <exception cref="ArgumentException">A number out of range, or not a float type.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    public MultiHeadAttention(
        long width, int heads, bool isCausal = false, bool bias = true, double dropout = 0, DType dtype = DType.F32, ulong? seed = null,
        WorkspaceManager? manager = null)
    {
        Width = NNErrors.Positive(width, nameof(MultiHeadAttention), nameof(width));
        Heads = (int)NNErrors.Positive(heads, nameof(MultiHeadAttention), nameof(heads));
        if (width % heads != 0)
            throw new ArgumentOutOfRangeException(nameof(heads), WorkspaceException.Compose(
                $"split width {width} into {heads} heads", nameof(MultiHeadAttention), "heads are equally wide", "choose a number of heads that divides the width"));
        IsCausal = isCausal;
        Dropout = NNErrors.Probability(dropout, nameof(MultiHeadAttention), nameof(dropout));
        ulong draws = seed ?? DerivedSeed.Fresh();
        try
        {
            InProjWeight = Register("in_proj_weight", new Parameter(new Shape(3 * width, width), dtype, "in_proj_weight", manager), new XavierUniform(), draws);
            if (bias) InProjBias = Register("in_proj_bias", new Parameter(new Shape(3 * width), dtype, "in_proj_bias", manager), new Zeros());
            OutProj = Register("out_proj", new Linear(width, width, bias, dtype, null, new Zeros(), DerivedSeed.Of(draws, "out_proj"), manager));
            if (dropout > 0) _dropout = Register("dropout", new Dropout(dropout, DerivedSeed.Of(draws, "dropout")));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Width of inputs and outputs.</summary>
    public long Width { get; }

    /// <summary>Number of heads.</summary>
    public int Heads { get; }

    /// <summary>True when a position sees itself and those before it only.</summary>
    public bool IsCausal { get; }

    /// <summary>Probability of dropping, while training, what a position takes from another one.</summary>
    public double Dropout { get; }

    /// <summary>Weights of queries, keys and values, one below the other: [3 · width, width].</summary>
    public Parameter InProjWeight { get; }

    /// <summary>Their biases, [3 · width], or null.</summary>
    public Parameter? InProjBias { get; }

    /// <summary>The projection of the joined heads.</summary>
    public Linear OutProj { get; }

    /// <summary>Attention of a sequence to itself.</summary>
    /// <param name="input">[batch, position, width].</param>
    /// <returns>[batch, position, width].</returns>
    /// <exception cref="ShapeException">The input has another shape.</exception>
    public override Tensor Forward(Tensor input) => Forward(input, keyPadding: null);

    /// <summary>Attention of a sequence to itself, without some of its positions.</summary>
    /// <param name="input">[batch, position, width].</param>
    /// <param name="keyPadding">bool [batch, position], true for positions that nobody sees; or null.</param>
    /// <param name="mask">Broadcast over [batch, head, query, key]: bool, true for what is seen, or numbers to add to the scores; or null.</param>
    /// <returns>[batch, position, width].</returns>
    /// <exception cref="ShapeException">A shape does not fit.</exception>
    public Tensor Forward(Tensor input, Tensor? keyPadding, Tensor? mask = null) => Forward(input, keyPadding, mask, owned: default);

    /// <summary>As above, of an input that is handed over: it is released as soon as it has been projected.</summary>
    internal Tensor ForwardOwned(Tensor input, Tensor? keyPadding, Tensor? mask)
    {
        using Tensor owned = input;
        return Forward(input, keyPadding, mask, owned);
    }

    private Tensor Forward(Tensor input, Tensor? keyPadding, Tensor? mask, Tensor owned)
    {
        Check(input);
        DropoutDraw draw = _dropout?.Draw() ?? default;
        using var parts = new PartScope(TensorFrames.Current);
        parts.Name(this, "in_proj", nameof(Linear));
        Tensor joined;
        using (Tensor projected = _packed.Linear(input, InProjWeight, InProjBias))
        {
            owned.Dispose();
            parts.Name(this);
            joined = projected.SelfAttention(Heads, IsCausal, keyPadding, null, mask, draw.Probability, draw.Seed, draw.Stream);
        }

        parts.Name(OutProj);
        using (joined) return OutProj.Forward(joined);
    }

    /// <summary>Attention of one sequence to another.</summary>
    /// <param name="query">What attends, [batch, q, width].</param>
    /// <param name="key">What keys are made of, [batch, k, width].</param>
    /// <param name="value">What values are made of, [batch, k, width].</param>
    /// <param name="keyPadding">bool [batch, k], true for positions that nobody sees; or null.</param>
    /// <param name="mask">Broadcast over [batch, head, query, key]: bool, true for what is seen, or numbers to add to the scores; or null.</param>
    /// <returns>[batch, q, width].</returns>
    /// <exception cref="ShapeException">A shape does not fit.</exception>
    public Tensor Forward(Tensor query, Tensor key, Tensor value, Tensor? keyPadding = null, Tensor? mask = null)
    {
        Check(query);
        Check(key);
        Check(value);
        DropoutDraw draw = _dropout?.Draw() ?? default;
        using var parts = new PartScope(TensorFrames.Current);
        parts.Name(this, "in_proj", nameof(Linear));
        Tensor joined;
        using (Tensor q = Projected(query, 0), k = Projected(key, 1), v = Projected(value, 2))
        {
            parts.Name(this);
            joined = q.HeadAttention(k, v, Heads, IsCausal, keyPadding, null, mask, draw.Probability, draw.Seed, draw.Stream);
        }

        parts.Name(OutProj);
        using (joined) return OutProj.Forward(joined);
    }

    /// <inheritdoc/>
    protected internal override string Describe() => $"MultiHeadAttention({Width}, {Heads} heads{(IsCausal ? ", causal" : "")})";

    /// <inheritdoc/>
    internal override void PackOwnWeights() => _packed.Pack(InProjWeight);

    /// <inheritdoc/>
    internal override void ReleaseOwnPackedWeights() => _packed.Dispose();

    private Tensor Projected(Tensor input, int part)
    {
        using Tensor weight = InProjWeight.Value.Slice(0, part * Width, Width);
        if (InProjBias is null) return input.Linear(weight);
        using Tensor bias = InProjBias.Value.Slice(0, part * Width, Width);
        return input.Linear(weight, bias);
    }

    private void Check(Tensor input)
    {
        Shape shape = input.Checked(nameof(MultiHeadAttention)).Layout.Shape;
        if (shape.Rank != 3 || shape[-1] != Width)
            throw new ShapeException($"attend over {shape}", nameof(MultiHeadAttention), $"inputs have the shape [batch, position, {Width}]", "reshape or project the input");
    }
}
