using System.Numerics;
using Workspaces.Autograd;
using Workspaces.Kernels.Attention;
using Workspaces.Kernels.Random;
using Workspaces.Kernels.Team;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>See <see cref="Attention.Backward{T}"/>. The gradient of a learned mask is summed up by one thread, since matrices share its elements.</summary>
internal sealed class AttentionBackward : Differential
{
    internal static readonly AttentionBackward Instance = new();
    private const int FormShift = 1, KindShift = 3, HeadShift = 6;
    private const long Causal = 1, Learns = 1 << 5;

    internal override string Name => "Attention";

    /// <summary>What the way back needs to know, in one number.</summary>
    internal static long Packed(AttentionForm form, int heads, bool isCausal, AttentionMaskKind kind, bool learns) =>
        ((long)heads << HeadShift) | (learns ? Learns : 0) | ((long)kind << KindShift) | ((long)form << FormShift) | (isCausal ? Causal : 0);

    internal static KernelTeam? Team(in OpScope op, in AttentionSettings settings) =>
        ComputeTeams.For(
            op.Frame, 4L * settings.Matrices * settings.Queries * settings.Keys,
            (long)settings.Matrices * settings.Queries * settings.Keys * (settings.KeyWidth + settings.ValueWidth));

    internal override void Backward(in BackwardContext context)
    {
        Node node = context.Node;
        string name = node.OpName;
        var form = (AttentionForm)((node.Number >> FormShift) & 3);
        var kind = (AttentionMaskKind)((node.Number >> KindShift) & 3);
        bool fused = form == AttentionForm.Fused;
        int heads = (int)(node.Number >> HeadShift), maskInput = fused ? 1 : 3;
        Tensor q = context.Saved(0), k = fused ? q : context.Saved(1), v = fused ? q : context.Saved(2);
        Tensor given = context.Gradient, dY = given.Layout.IsContiguous ? given : Arithmetic.Copy(given, name);
        using Tensor made = Arithmetic.Made(dY, given);
        AttentionSettings settings = AttentionShapes.Settings(form, heads, q, k, v, dY.Shape, (node.Number & Causal) != 0, node.Factor);
        bool wantsQ = context.WantsGradient(0), wantsK = fused ? wantsQ : context.WantsGradient(1), wantsV = fused ? wantsQ : context.WantsGradient(2);
        bool wantsMask = (node.Number & Learns) != 0 && context.WantsGradient(maskInput);
        Tensor dQ = wantsQ ? Cleared(context, 0) : dY;
        Tensor dK = fused ? dQ : wantsK ? Cleared(context, 1) : dY;
        Tensor dV = fused ? dQ : wantsV ? Cleared(context, 2) : dY;
        Tensor dMask = wantsMask ? Cleared(context, maskInput) : default, mask = kind == AttentionMaskKind.None ? q : context.Saved(3);
        using OpScope op = wantsMask ? new OpScope(name, q, k, v, dY, mask, dQ, dK, dV, dMask) : new OpScope(name, q, k, v, dY, mask, dQ, dK, dV);
        if (wantsQ) op.BeginWrite(dQ, mayBeLeaf: true);
        if (wantsK && !fused) op.BeginWrite(dK, mayBeLeaf: true);
        if (wantsV && !fused) op.BeginWrite(dV, mayBeLeaf: true);
        if (wantsMask) op.BeginWrite(dMask, mayBeLeaf: true);
        var run = new Operands(form, heads, kind, q, k, v, mask, dY, dQ, dK, dV, dMask, wantsQ, wantsK, wantsV, node.Dropout);
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
        KernelTeam? team = run.DMask.HeaderOrNull is null ? Team(op, settings) : null;
        using OpScratch<T> scratch = op.Scratch<T>(Attention.ScratchLength<T>(settings, backward: true, team?.Threads ?? 1));
        op.CountWork(settings.VisiblePairs * ((3L * settings.KeyWidth) + (2L * settings.ValueWidth)));
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
        AttentionFilter<T> filter = AttentionMasks.Filter<T>(op, run.Kind, run.Mask, run.DMask, run.Dropout);
        Attention.Backward(
            op.ReadSpan<T>(run.Q), op.ReadSpan<T>(run.K), op.ReadSpan<T>(run.V), filter, op.ReadSpan<T>(run.DY), targets, settings, scratch.Span, team);
    }

    private readonly record struct Operands(
        AttentionForm Form, int Heads, AttentionMaskKind Kind, Tensor Q, Tensor K, Tensor V, Tensor Mask, Tensor DY, Tensor DQ, Tensor DK, Tensor DV, Tensor DMask,
        bool WantsQ, bool WantsK, bool WantsV, DropoutDraw Dropout);
}
