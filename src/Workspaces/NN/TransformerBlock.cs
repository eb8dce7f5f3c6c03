using Workspaces.Autograd;
using Workspaces.Kernels.Elementwise;
using Workspaces.Memory;
using Workspaces.NN.Init;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>
/// A pre-norm transformer block: x + attention(norm(x)), then x + MLP(norm(x)) with exact GELU between two linear layers. Parameters are named as in
/// PyTorch's TransformerEncoderLayer, of which this is the form with <c>norm_first</c>.
/// <code>
///   x ─┬─ norm1 ─ self_attn ─ dropout1 ─ + ─┬─ norm2 ─ linear1 ─ GELU ─ dropout ─ linear2 ─ dropout2 ─ + ─ y
///      └────────────────────────────────────┘└────────────────────────────────────────────────────────────┘
/// </code>
/// </summary>
public sealed class TransformerBlock : Module
{
    /// <summary>Makes the block.</summary>
    /// <param name="width">Width of inputs and outputs, a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">Number of heads, at least 1.</param>
    /// <param name="hidden">Width inside the MLP; null for 4 · width.</param>
    /// <param name="isCausal">True to let a position see itself and those before it only.</param>
    /// <param name="dropout">Probability of dropping, while training, elements of what is added to x, of what is inside the MLP, and in the attention, 0 to 1.</param>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="seed">Of the draws; null for one that differs from layer to layer and run to run.</param>
    /// <param name="manager">Owner of the memory; null for the ambient pass's manager, or the process-wide one.</param>
    /// <exception cref="ArgumentException">A number out of range, or not a float type.</exception>
    /// <exception cref="OutOfWorkspaceException">Memory is refused.</exception>
    public TransformerBlock(
        long width, int heads, long? hidden = null, bool isCausal = true, double dropout = 0, DType dtype = DType.F32, ulong? seed = null,
        WorkspaceManager? manager = null)
    {
        ulong draws = seed ?? DerivedSeed.Fresh();
        long inner = hidden ?? (4 * width);
        try
        {
            Attention = Register("self_attn", new MultiHeadAttention(width, heads, isCausal, true, dropout, dtype, DerivedSeed.Of(draws, "self_attn"), manager));
            Linear1 = Register("linear1", new Linear(width, inner, true, dtype, seed: DerivedSeed.Of(draws, "linear1"), manager: manager));
            Linear2 = Register("linear2", new Linear(inner, width, true, dtype, seed: DerivedSeed.Of(draws, "linear2"), manager: manager));
            Norm1 = Register("norm1", new LayerNorm(width, dtype: dtype, manager: manager));
            Norm2 = Register("norm2", new LayerNorm(width, dtype: dtype, manager: manager));
            Dropout = Register("dropout", new Dropout(dropout, DerivedSeed.Of(draws, "dropout")));
            Dropout1 = Register("dropout1", new Dropout(dropout, DerivedSeed.Of(draws, "dropout1")));
            Dropout2 = Register("dropout2", new Dropout(dropout, DerivedSeed.Of(draws, "dropout2")));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The attention.</summary>
    public MultiHeadAttention Attention { get; }

    /// <summary>The first layer of the MLP.</summary>
    public Linear Linear1 { get; }

    /// <summary>The second layer of the MLP.</summary>
    public Linear Linear2 { get; }

    /// <summary>The norm before the attention.</summary>
    public LayerNorm Norm1 { get; }

    /// <summary>The norm before the MLP.</summary>
    public LayerNorm Norm2 { get; }

    /// <summary>Drops elements inside the MLP.</summary>
    public Dropout Dropout { get; }

    /// <summary>Drops elements of what the attention adds.</summary>
    public Dropout Dropout1 { get; }

    /// <summary>Drops elements of what the MLP adds.</summary>
    public Dropout Dropout2 { get; }

    /// <summary>Runs the block.</summary>
    /// <param name="input">[batch, position, width].</param>
    /// <returns>[batch, position, width].</returns>
    /// <exception cref="ShapeException">The input has another shape.</exception>
    public override Tensor Forward(Tensor input) => Forward(input, keyPadding: null);

    /// <summary>Runs the block without some positions.</summary>
    /// <param name="input">[batch, position, width].</param>
    /// <param name="keyPadding">bool [batch, position], true for positions that nobody sees; or null.</param>
    /// <param name="mask">Broadcast over [batch, head, query, key]: bool, true for what is seen, or numbers to add to the scores; or null.</param>
    /// <returns>[batch, position, width].</returns>
    /// <exception cref="ShapeException">A shape does not fit.</exception>
    public Tensor Forward(Tensor input, Tensor? keyPadding, Tensor? mask = null)
    {
        var chain = new Intermediates(TensorFrames.Current);
        return Forward(input, keyPadding, mask, ref chain);
    }

    /// <inheritdoc/>
    internal override Tensor ForwardInChain(Tensor input, ref Intermediates chain) => Forward(input, null, null, ref chain);

    private Tensor Forward(Tensor input, Tensor? keyPadding, Tensor? mask, ref Intermediates chain)
    {
        using PartScope parts = chain.Parts;
        parts.Name(Norm1);
        Tensor normed = Norm1.Forward(input);
        parts.Name(Attention);
        Tensor attended = Attention.ForwardOwned(normed, keyPadding, mask);

        parts.Name(this);
        using Tensor between = Added(input, attended, Dropout1);
        chain.Release(); // the input has been read for the last time
        parts.Name(Norm2);
        Tensor inner;
        using (Tensor normal = Norm2.Forward(between))
        {
            parts.Name(Linear1);
            inner = Linear1.Forward(normal);
        }

        parts.Name(this);
        Tensor active = Activated(inner);
        Tensor kept = active;
        if (Dropout.IsTraining && Dropout.Probability > 0)
        {
            parts.Name(Dropout);
            using (active) kept = Dropout.Forward(active);
        }

        parts.Name(Linear2);
        Tensor made;
        using (kept) made = Linear2.Forward(kept);
        parts.Name(this);
        return Added(between, made, Dropout2);
    }

    /// <inheritdoc/>
    protected internal override string Describe() =>
        $"TransformerBlock({Attention.Width}, {Attention.Heads} heads, {Linear1.OutFeatures} inside{(Attention.IsCausal ? ", causal" : "")})";

    /// <summary>GELU of what the first linear layer has just made, in its place where no gradient will ask for it; it is released otherwise.</summary>
    internal static Tensor Activated(Tensor inner)
    {
        if (!Tape.Records(inner)) return Maps.Over<Gelu>(nameof(Gelu), inner);
        using (inner) return inner.Gelu();
    }

    /// <summary>x + dropout(f) in the place of f, which a linear layer has just made.</summary>
    private static Tensor Added(Tensor x, Tensor f, Dropout dropout)
    {
        using Tensor dropped = dropout.IsTraining && dropout.Probability > 0 ? f : default;
        return dropout.Forward(f).AddInPlace(x);
    }
}
