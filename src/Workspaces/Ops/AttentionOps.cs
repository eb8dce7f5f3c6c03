using System.Numerics;
using Workspaces.Autograd;
using Workspaces.Kernels.Attention;
using Workspaces.Kernels.Random;
using Workspaces.Kernels.Team;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>
/// Scaled dot-product attention, softmax(Q Kᵀ scale) V, without a matrix of all queries by all keys on the tape: the probabilities are computed again on
/// the way back, and so is what dropout drops. A query that may see no key gives 0, and no gradient.
/// </summary>
public static class AttentionOps
{
    extension(Tensor query)
    {
        /// <summary>Attention of queries [batch, head, q, d] to keys [batch, head, k, d] with values [batch, head, k, v].</summary>
        /// <param name="key">The keys.</param>
        /// <param name="value">The values.</param>
        /// <param name="isCausal">True to let query i see keys 0 to i only.</param>
        /// <param name="keyPadding">bool [batch, k], true for keys to leave out; null for none.</param>
        /// <param name="scale">What scores are multiplied by; null for 1/√d.</param>
        /// <param name="mask">
        /// Broadcast over [batch, head, query, key]: bool, true for what is seen, or of the type of the queries, to be added to the scaled scores; those get a
        /// gradient. Null for none.
        /// </param>
        /// <param name="dropout">Probability of dropping what a query takes from a key; the rest is scaled up so that the mean stays. 0 to 1.</param>
        /// <param name="seed">Seed of what is dropped.</param>
        /// <param name="stream">Another number for every mask of a seed.</param>
        /// <returns>[batch, head, q, v].</returns>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        /// <exception cref="ArgumentException">Not the same float type.</exception>
        public Tensor ScaledDotProductAttention(
            Tensor key, Tensor value, bool isCausal = false, Tensor? keyPadding = null, double? scale = null, Tensor? mask = null, double dropout = 0, ulong seed = 0,
            ulong stream = 0) =>
            Run(nameof(ScaledDotProductAttention), AttentionForm.Heads, 1, query, key, value, new(isCausal, keyPadding, scale, mask, new(dropout, seed, stream)));

        /// <summary>Attention with heads side by side in the last axis: queries [batch, q, heads · d], keys [batch, k, heads · d], values [batch, k, heads · v].</summary>
        /// <param name="key">The keys.</param>
        /// <param name="value">The values.</param>
        /// <param name="heads">Number of heads.</param>
        /// <param name="isCausal">True to let query i see keys 0 to i only.</param>
        /// <param name="keyPadding">bool [batch, k], true for keys to leave out; null for none.</param>
        /// <param name="scale">What scores are multiplied by; null for 1/√d.</param>
        /// <param name="mask">
        /// Broadcast over [batch, head, query, key]: bool, true for what is seen, or of the type of the queries, to be added to the scaled scores; those get a
        /// gradient. Null for none.
        /// </param>
        /// <param name="dropout">Probability of dropping what a query takes from a key; the rest is scaled up so that the mean stays. 0 to 1.</param>
        /// <param name="seed">Seed of what is dropped.</param>
        /// <param name="stream">Another number for every mask of a seed.</param>
        /// <returns>[batch, q, heads · v].</returns>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        /// <exception cref="ArgumentException">Not the same float type.</exception>
        public Tensor HeadAttention(
            Tensor key, Tensor value, int heads, bool isCausal = false, Tensor? keyPadding = null, double? scale = null, Tensor? mask = null, double dropout = 0,
            ulong seed = 0, ulong stream = 0) =>
            Run(nameof(HeadAttention), AttentionForm.Packed, heads, query, key, value, new(isCausal, keyPadding, scale, mask, new(dropout, seed, stream)));

        /// <summary>
        /// Attention of a sequence to itself: the tensor holds queries, keys and values side by side, [batch, position, 3 · heads · d], as one
        /// projection makes them.
        /// </summary>
        /// <param name="heads">Number of heads.</param>
        /// <param name="isCausal">True to let position i see positions 0 to i only.</param>
        /// <param name="keyPadding">bool [batch, position], true for positions to leave out; null for none.</param>
        /// <param name="scale">What scores are multiplied by; null for 1/√d.</param>
        /// <param name="mask">
        /// Broadcast over [batch, head, query, key]: bool, true for what is seen, or of the type of the queries, to be added to the scaled scores; those get a
        /// gradient. Null for none.
        /// </param>
        /// <param name="dropout">Probability of dropping what a query takes from a key; the rest is scaled up so that the mean stays. 0 to 1.</param>
        /// <param name="seed">Seed of what is dropped.</param>
        /// <param name="stream">Another number for every mask of a seed.</param>
        /// <returns>[batch, position, heads · d].</returns>
        /// <exception cref="ShapeException">The shape does not fit.</exception>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor SelfAttention(
            int heads, bool isCausal = false, Tensor? keyPadding = null, double? scale = null, Tensor? mask = null, double dropout = 0, ulong seed = 0,
            ulong stream = 0) =>
            Run(nameof(SelfAttention), AttentionForm.Fused, heads, query, query, query, new(isCausal, keyPadding, scale, mask, new(dropout, seed, stream)));
    }

    private static Tensor Run(string name, AttentionForm form, int heads, Tensor query, Tensor key, Tensor value, in AttentionCall call)
    {
        Shape shape = AttentionShapes.Check(name, form, heads, query, key, value, call);
        if (call is { Mask: { } given, KeyPadding: { } padding })
        {
            using Tensor merged = AttentionMasks.Merged(given, padding);
            return Run(name, form, heads, query, key, value, shape, call with { Mask = merged, KeyPadding = null });
        }

        return Run(name, form, heads, query, key, value, shape, call);
    }

    private static Tensor Run(string name, AttentionForm form, int heads, Tensor query, Tensor key, Tensor value, in Shape shape, in AttentionCall call)
    {
        long parts = form switch { AttentionForm.Heads => 1, AttentionForm.Packed => heads, _ => 3L * heads };
        double factor = call.Scale ?? 1 / Math.Sqrt(query.Shape[-1] / parts);
        Tensor q = AttentionShapes.Usable(query, name);
        using Tensor madeQ = Arithmetic.Made(q, query);
        bool fused = form == AttentionForm.Fused;
        Tensor k = fused ? q : AttentionShapes.Usable(key, name);
        using Tensor madeK = fused ? default : Arithmetic.Made(k, key);
        Tensor v = fused ? q : AttentionShapes.Usable(value, name);
        using Tensor madeV = fused ? default : Arithmetic.Made(v, value);
        Tensor given = call.Mask ?? call.KeyPadding ?? default, mask = given.HeaderOrNull is null || given.Layout.IsContiguous ? given : Arithmetic.Copy(given, name);
        using Tensor madeMask = Arithmetic.Made(mask, given);
        AttentionSettings settings = AttentionShapes.Settings(form, heads, q, k, v, shape, call.IsCausal, factor);
        AttentionMaskKind kind = AttentionMasks.KindOf(call);
        Tensor y = Forward(name, q, k, v, kind == AttentionMaskKind.None ? q : mask, kind, shape, settings, call.Dropout);
        bool learns = kind == AttentionMaskKind.Added && Tape.Records(given);
        if (!learns && !Tape.Records(query, key, value)) return y;
        Node node = fused
            ? learns ? Tape.Record(AttentionBackward.Instance, y, query, given) : Tape.Record(AttentionBackward.Instance, y, query)
            : learns ? Tape.Record(AttentionBackward.Instance, y, query, key, value, given) : Tape.Record(AttentionBackward.Instance, y, query, key, value);
        node.Save(0, q);
        if (!fused) node.Save(1, k).Save(2, v);
        if (kind != AttentionMaskKind.None) node.Save(3, mask);
        node.Factor = factor;
        node.Dropout = call.Dropout;
        node.Number = AttentionBackward.Packed(form, heads, call.IsCausal, kind, learns);
        return y;
    }

    private static Tensor Forward(
        string name, Tensor q, Tensor k, Tensor v, Tensor mask, AttentionMaskKind kind, in Shape shape, in AttentionSettings settings, in DropoutDraw dropout)
    {
        using var op = new OpScope(name, q, k, v, mask);
        Tensor y = op.Allocate(q.DType, shape);
        if (q.DType == DType.F32) Forward<float>(op, q, k, v, mask, kind, y, settings, dropout);
        else Forward<double>(op, q, k, v, mask, kind, y, settings, dropout);
        op.Complete();
        return y;
    }

    private static void Forward<T>(
        in OpScope op, Tensor q, Tensor k, Tensor v, Tensor mask, AttentionMaskKind kind, Tensor y, in AttentionSettings settings, in DropoutDraw dropout)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (y.Length == 0) return;
        KernelTeam? team = AttentionBackward.Team(op, settings);
        using OpScratch<T> scratch = op.Scratch<T>(Attention.ScratchLength<T>(settings, backward: false, team?.Threads ?? 1));
        op.CountWork(settings.VisiblePairs * (settings.KeyWidth + settings.ValueWidth));
        if (!op.Computes) return;
        Span<T> result = op.WriteSpan<T>(y);
        if (settings.Keys == 0)
        {
            result.Clear();
            return;
        }

        AttentionFilter<T> filter = AttentionMasks.Filter<T>(op, kind, mask, default, dropout);
        Attention.Forward(op.ReadSpan<T>(q), op.ReadSpan<T>(k), op.ReadSpan<T>(v), filter, result, settings, scratch.Span, team);
    }
}
