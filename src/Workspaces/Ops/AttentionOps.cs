using System.Numerics;
using Workspaces.Autograd;
using Workspaces.Kernels.Attention;
using Workspaces.Kernels.Team;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>
/// Scaled dot-product attention, softmax(Q Kᵀ scale) V, without a matrix of all queries by all keys on the tape: the probabilities are computed again on
/// the way back. A query that may see no key gives 0, and no gradient.
/// </summary>
public static class AttentionOps
{
    private const int Causal = 1, FormShift = 1, HeadShift = 3;

    extension(Tensor query)
    {
        /// <summary>Attention of queries [batch, head, q, d] to keys [batch, head, k, d] with values [batch, head, k, v].</summary>
        /// <param name="key">The keys.</param>
        /// <param name="value">The values.</param>
        /// <param name="isCausal">True to let query i see keys 0 to i only.</param>
        /// <param name="keyPadding">bool [batch, k], true for keys to leave out; null for none.</param>
        /// <param name="scale">What scores are multiplied by; null for 1/√d.</param>
        /// <returns>[batch, head, q, v].</returns>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        /// <exception cref="ArgumentException">Not the same float type.</exception>
        public Tensor ScaledDotProductAttention(Tensor key, Tensor value, bool isCausal = false, Tensor? keyPadding = null, double? scale = null) =>
            Run(nameof(ScaledDotProductAttention), AttentionForm.Heads, 1, query, key, value, isCausal, keyPadding, scale);

        /// <summary>Attention with heads side by side in the last axis: queries [batch, q, heads · d], keys [batch, k, heads · d], values [batch, k, heads · v].</summary>
        /// <param name="key">The keys.</param>
        /// <param name="value">The values.</param>
        /// <param name="heads">Number of heads.</param>
        /// <param name="isCausal">True to let query i see keys 0 to i only.</param>
        /// <param name="keyPadding">bool [batch, k], true for keys to leave out; null for none.</param>
        /// <param name="scale">What scores are multiplied by; null for 1/√d.</param>
        /// <returns>[batch, q, heads · v].</returns>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        /// <exception cref="ArgumentException">Not the same float type.</exception>
        public Tensor HeadAttention(Tensor key, Tensor value, int heads, bool isCausal = false, Tensor? keyPadding = null, double? scale = null) =>
            Run(nameof(HeadAttention), AttentionForm.Packed, heads, query, key, value, isCausal, keyPadding, scale);

        /// <summary>
        /// Attention of a sequence to itself: the tensor holds queries, keys and values side by side, [batch, position, 3 · heads · d], as one
        /// projection makes them.
        /// </summary>
        /// <param name="heads">Number of heads.</param>
        /// <param name="isCausal">True to let position i see positions 0 to i only.</param>
        /// <param name="keyPadding">bool [batch, position], true for positions to leave out; null for none.</param>
        /// <param name="scale">What scores are multiplied by; null for 1/√d.</param>
        /// <returns>[batch, position, heads · d].</returns>
        /// <exception cref="ShapeException">The shape does not fit.</exception>
        /// <exception cref="ArgumentException">Not a float type.</exception>
        public Tensor SelfAttention(int heads, bool isCausal = false, Tensor? keyPadding = null, double? scale = null) =>
            Run(nameof(SelfAttention), AttentionForm.Fused, heads, query, query, query, isCausal, keyPadding, scale);
    }

    private static Tensor Run(
        string name, AttentionForm form, int heads, Tensor query, Tensor key, Tensor value, bool isCausal, Tensor? keyPadding, double? scale)
    {
        Shape shape = AttentionShapes.Check(name, form, heads, query, key, value, keyPadding);
        long parts = form switch { AttentionForm.Heads => 1, AttentionForm.Packed => heads, _ => 3L * heads };
        double factor = scale ?? 1 / Math.Sqrt(Math.Max(1, query.Shape[-1] / parts));
        Tensor q = AttentionShapes.Usable(query, name);
        using Tensor madeQ = Arithmetic.Made(q, query);
        bool fused = form == AttentionForm.Fused;
        Tensor k = fused ? q : AttentionShapes.Usable(key, name);
        using Tensor madeK = fused ? default : Arithmetic.Made(k, key);
        Tensor v = fused ? q : AttentionShapes.Usable(value, name);
        using Tensor madeV = fused ? default : Arithmetic.Made(v, value);
        Tensor padding = keyPadding?.Contiguous() ?? default;
        using Tensor madePadding = Arithmetic.Made(padding, keyPadding ?? default);
        AttentionSettings settings = AttentionShapes.Settings(form, heads, q, k, v, shape, isCausal, factor);
        Tensor y = Forward(name, q, k, v, keyPadding is null ? q : padding, shape, settings, keyPadding is not null);
        if (!Tape.Records(query, key, value)) return y;
        Node node = fused
            ? Tape.Record(AttentionBackward.Instance, y, query).Save(0, q)
            : Tape.Record(AttentionBackward.Instance, y, query, key, value).Save(0, q).Save(1, k).Save(2, v);
        if (keyPadding is not null) node.Save(3, padding);
        node.Factor = factor;
        node.Number = ((long)heads << HeadShift) | ((long)form << FormShift) | (isCausal ? Causal : 0L);
        return y;
    }

    private static Tensor Forward(
        string name, Tensor q, Tensor k, Tensor v, Tensor padding, in Shape shape, in AttentionSettings settings, bool hasPadding)
    {
        using var op = new OpScope(name, q, k, v, padding);
        Tensor y = op.Allocate(q.DType, shape);
        if (q.DType == DType.F32) Forward<float>(op, q, k, v, padding, y, settings, hasPadding);
        else Forward<double>(op, q, k, v, padding, y, settings, hasPadding);
        op.Complete();
        return y;
    }

    private static void Forward<T>(in OpScope op, Tensor q, Tensor k, Tensor v, Tensor padding, Tensor y, in AttentionSettings settings, bool hasPadding)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (y.Length == 0) return;
        KernelTeam? team = Team(op, settings);
        using OpScratch<T> scratch = op.Scratch<T>(Attention.ScratchLength<T>(settings, backward: false, team?.Threads ?? 1));
        if (!op.Computes) return;
        Span<T> result = op.WriteSpan<T>(y);
        if (settings.Keys == 0) result.Clear();
        else
            Attention.Forward(
                op.ReadSpan<T>(q), op.ReadSpan<T>(k), op.ReadSpan<T>(v), hasPadding ? op.ReadSpan<bool>(padding) : default, result, settings, scratch.Span, team);
    }

    private static KernelTeam? Team(in OpScope op, in AttentionSettings settings) =>
        ComputeTeams.For(op.Frame, 4L * settings.Matrices * settings.Queries * settings.Keys);

    /// <summary>See <see cref="Attention.Backward{T}"/>.</summary>
    private sealed class AttentionBackward : Differential
    {
        internal static readonly AttentionBackward Instance = new();

        internal override string Name => "Attention";

        internal override void Backward(in BackwardContext context)
        {
            Node node = context.Node;
            string name = node.OpName;
            var form = (AttentionForm)((node.Number >> FormShift) & 3);
            bool fused = form == AttentionForm.Fused;
            int heads = (int)(node.Number >> HeadShift);
            Tensor q = context.Saved(0), k = fused ? q : context.Saved(1), v = fused ? q : context.Saved(2);
            Tensor given = context.Gradient, dY = given.Layout.IsContiguous ? given : Arithmetic.Copy(given, name);
            using Tensor made = Arithmetic.Made(dY, given);
            AttentionSettings settings = AttentionShapes.Settings(form, heads, q, k, v, dY.Shape, (node.Number & Causal) != 0, node.Factor);
            bool wantsQ = context.WantsGradient(0), wantsK = fused ? wantsQ : context.WantsGradient(1), wantsV = fused ? wantsQ : context.WantsGradient(2);
            Tensor dQ = wantsQ ? Cleared(context, 0) : dY;
            Tensor dK = fused ? dQ : wantsK ? Cleared(context, 1) : dY;
            Tensor dV = fused ? dQ : wantsV ? Cleared(context, 2) : dY;
            bool hasPadding = context.HasSaved(3);
            using var op = new OpScope(name, q, k, v, dY, hasPadding ? context.Saved(3) : q, dQ, dK, dV);
            if (wantsQ) op.BeginWrite(dQ, mayBeLeaf: true);
            if (wantsK && !fused) op.BeginWrite(dK, mayBeLeaf: true);
            if (wantsV && !fused) op.BeginWrite(dV, mayBeLeaf: true);
            var run = new Operands(form, heads, q, k, v, hasPadding ? context.Saved(3) : q, dY, dQ, dK, dV, hasPadding, wantsQ, wantsK, wantsV);
            if (q.DType == DType.F32) Run<float>(op, run, settings);
            else Run<double>(op, run, settings);
            op.Complete();
        }

        /// <summary>Where a gradient is added to: what has arrived already, or zeros.</summary>
        private static Tensor Cleared(in BackwardContext context, int input)
        {
            Tensor target = context.Target(input, context.Node[input].Shape, out bool accumulate);
            if (!accumulate) Arithmetic.FillInPlace(target, 0);
            return target;
        }

        private static void Run<T>(in OpScope op, in Operands run, in AttentionSettings settings)
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            if (run.DY.Length == 0 || settings.Keys == 0) return;
            KernelTeam? team = Team(op, settings);
            using OpScratch<T> scratch = op.Scratch<T>(Attention.ScratchLength<T>(settings, backward: true, team?.Threads ?? 1));
            if (!op.Computes) return;
            var targets = new AttentionGradients<T>
            {
                Query = run.WantsQ ? op.WriteSpan<T>(run.DQ) : default,
                Key = run.WantsK ? op.WriteSpan<T>(run.DK) : default,
                Value = run.WantsV ? op.WriteSpan<T>(run.DV) : default,
                QueryLayout = AttentionShapes.LayoutOf(run.Form, run.Heads, run.DQ.Layout, 0),
                KeyLayout = AttentionShapes.LayoutOf(run.Form, run.Heads, run.DK.Layout, 1),
                ValueLayout = AttentionShapes.LayoutOf(run.Form, run.Heads, run.DV.Layout, 2),
            };
            Attention.Backward(
                op.ReadSpan<T>(run.Q), op.ReadSpan<T>(run.K), op.ReadSpan<T>(run.V), run.HasPadding ? op.ReadSpan<bool>(run.Padding) : default,
                op.ReadSpan<T>(run.DY), targets, settings, scratch.Span, team);
        }

        private readonly record struct Operands(
            AttentionForm Form, int Heads, Tensor Q, Tensor K, Tensor V, Tensor Padding, Tensor DY, Tensor DQ, Tensor DK, Tensor DV, bool HasPadding,
            bool WantsQ, bool WantsK, bool WantsV);
    }
}
