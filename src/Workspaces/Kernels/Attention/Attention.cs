using System.Numerics;
using Workspaces.Kernels.Team;
using GemmKernel = Workspaces.Kernels.Gemm.Gemm;

namespace Workspaces.Kernels.Attention;

/// <summary>
/// softmax(Q Kᵀ scale) V for every batch and head (Vaswani and others 2017). The probabilities live in scratch, a block of queries at a
/// time, and are computed again on the way back (as Dao and others 2022 do), so that a training step keeps no matrix of all queries by all keys.
/// <code>
///   forward                                backward, for each block of queries
///   S = Q Kᵀ, P = softmax(S), O = P V      P again, dP = dO Vᵀ, dS = P (dP - Σ P dP) scale,
///                                          dQ += dS K, dK += dSᵀ Q, dV += Pᵀ dO, dMask += dS / scale
/// </code>
/// With dropout, O, dP and dV pass through its mask, which is drawn again on the way back.
/// </summary>
internal static class Attention
{
    /// <summary>Threads that share the matrices out.</summary>
    public static int Workers(in AttentionSettings settings, int threads) => Math.Max(1, Math.Min(threads, settings.Matrices));

    /// <summary>Scratch in elements for all workers.</summary>
    public static int ScratchLength<T>(in AttentionSettings settings, bool backward, int threads)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        checked((Scores(settings) * (backward ? 2 : 1) + Panels<T>(settings, backward)) * Workers(settings, threads));

    /// <summary>Computes the result.</summary>
    /// <param name="query">Queries; see <see cref="AttentionSettings.Query"/>.</param>
    /// <param name="key">Keys; may be the same memory.</param>
    /// <param name="value">Values; may be the same memory.</param>
    /// <param name="filter">Masks and dropout.</param>
    /// <param name="result">Every element of its layout is written.</param>
    /// <param name="settings">Sizes.</param>
    /// <param name="scratch">At least <see cref="ScratchLength{T}"/> elements.</param>
    /// <param name="team">Threads, or null; the result is the same.</param>
    public static void Forward<T>(
        ReadOnlySpan<T> query, ReadOnlySpan<T> key, ReadOnlySpan<T> value, AttentionFilter<T> filter, Span<T> result, in AttentionSettings settings,
        Span<T> scratch, KernelTeam? team)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var job = new ForwardJob<T>
        {
            Query = query, Key = key, Value = value, Filter = filter, Result = result, Settings = settings,
            Scratch = scratch, ScoreLength = Scores(settings), PanelLength = Panels<T>(settings, false),
        };
        Run(ref job, settings, team);
    }

    /// <summary>Adds the gradients of queries, keys and values to what is there; an empty span leaves one out.</summary>
    /// <param name="query">As in the forward half.</param>
    /// <param name="key">As in the forward half.</param>
    /// <param name="value">As in the forward half.</param>
    /// <param name="filter">As in the forward half, with the gradient of a mask.</param>
    /// <param name="dResult">Gradient of the result, in its layout.</param>
    /// <param name="targets">Gradients; they may be the same memory.</param>
    /// <param name="settings">Sizes.</param>
    /// <param name="scratch">At least <see cref="ScratchLength{T}"/> elements.</param>
    /// <param name="team">Threads, or null; the result is the same.</param>
    public static void Backward<T>(
        ReadOnlySpan<T> query, ReadOnlySpan<T> key, ReadOnlySpan<T> value, AttentionFilter<T> filter, ReadOnlySpan<T> dResult, AttentionGradients<T> targets,
        in AttentionSettings settings, Span<T> scratch, KernelTeam? team)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var job = new BackwardJob<T>
        {
            Query = query, Key = key, Value = value, Filter = filter, DResult = dResult, Targets = targets, Settings = settings,
            Scratch = scratch, ScoreLength = Scores(settings), PanelLength = Panels<T>(settings, true),
        };
        Run(ref job, settings, team);
    }

    private static void Run<TJob>(ref TJob job, in AttentionSettings settings, KernelTeam? team)
        where TJob : struct, ISlotJob, allows ref struct
    {
        if (team is not null)
        {
            team.RunSlots(settings.Matrices, Workers(settings, team.Threads), ref job);
            return;
        }

        for (int matrix = 0; matrix < settings.Matrices; matrix++)
            job.Execute(matrix, 0);
    }

    private static int Scores(in AttentionSettings settings) => checked(Math.Min(AttentionBlock.Rows, settings.Queries) * settings.Keys);

    /// <summary>Packing space for the largest of the products, which sizes of blocks below the full one never exceed.</summary>
    private static int Panels<T>(in AttentionSettings settings, bool backward)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int most = 0;
        for (int first = 0; first < settings.Queries; first += AttentionBlock.Rows)
        {
            int rows = Math.Min(AttentionBlock.Rows, settings.Queries - first), keys = settings.VisibleKeys(first + rows);
            most = Math.Max(most, GemmKernel.ScratchLength<T>(rows, keys, settings.KeyWidth, false, true));
            most = Math.Max(most, GemmKernel.ScratchLength<T>(rows, settings.ValueWidth, keys));
            if (!backward) continue;
            most = Math.Max(most, GemmKernel.ScratchLength<T>(rows, keys, settings.ValueWidth, false, true));
            most = Math.Max(most, GemmKernel.ScratchLength<T>(rows, settings.KeyWidth, keys));
            most = Math.Max(most, GemmKernel.ScratchLength<T>(keys, settings.KeyWidth, rows, true));
            most = Math.Max(most, GemmKernel.ScratchLength<T>(keys, settings.ValueWidth, rows, true));
        }

        return most;
    }

    private ref struct ForwardJob<T> : ISlotJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public ReadOnlySpan<T> Query, Key, Value;
        public AttentionFilter<T> Filter;
        public Span<T> Result, Scratch;
        public AttentionSettings Settings;
        public int ScoreLength, PanelLength;

        public readonly void Execute(int part, int slot)
        {
            Span<T> own = Scratch.Slice(slot * (ScoreLength + PanelLength), ScoreLength + PanelLength);
            Matrix(part / Settings.Heads, part % Settings.Heads, own[..ScoreLength], own[ScoreLength..]);
        }

        private readonly void Matrix(int batch, int head, Span<T> scores, Span<T> panels)
        {
            AttentionSettings s = Settings;
            for (int first = 0; first < s.Queries; first += AttentionBlock.Rows)
            {
                int rows = Math.Min(AttentionBlock.Rows, s.Queries - first), keys = s.VisibleKeys(first + rows);
                ReadOnlySpan<T> q = Query[(s.Query.Start(batch, head) + (first * s.Query.Row))..];
                GemmKernel.Multiply(rows, keys, s.KeyWidth, q, s.Query.Row, false, Key[s.Key.Start(batch, head)..], s.Key.Row, true, scores, keys, false, panels);
                AttentionBlock.Softmax(scores, rows, keys, first, s, Filter, batch, head);
                Filter.Drop(scores, rows, keys, s.FirstRow(batch, head) + first, s.Keys);
                GemmKernel.Multiply(
                    rows, s.ValueWidth, keys, scores, keys, false, Value[s.Value.Start(batch, head)..], s.Value.Row, false,
                    Result[(s.Result.Start(batch, head) + (first * s.Result.Row))..], s.Result.Row, false, panels);
            }
        }
    }

    private ref struct BackwardJob<T> : ISlotJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public ReadOnlySpan<T> Query, Key, Value, DResult;
        public AttentionFilter<T> Filter;
        public AttentionGradients<T> Targets;
        public Span<T> Scratch;
        public AttentionSettings Settings;
        public int ScoreLength, PanelLength;

        public readonly void Execute(int part, int slot)
        {
            int length = (2 * ScoreLength) + PanelLength;
            Span<T> own = Scratch.Slice(slot * length, length);
            for (int first = 0; first < Settings.Queries; first += AttentionBlock.Rows)
                Block(part / Settings.Heads, part % Settings.Heads, first, own);
        }

        private readonly void Block(int batch, int head, int first, Span<T> own)
        {
            AttentionSettings s = Settings;
            int rows = Math.Min(AttentionBlock.Rows, s.Queries - first), keys = s.VisibleKeys(first + rows);
            Span<T> p = own[..ScoreLength], slopes = own.Slice(ScoreLength, ScoreLength), panels = own[(2 * ScoreLength)..];
            ReadOnlySpan<T> q = Query[(s.Query.Start(batch, head) + (first * s.Query.Row))..];
            ReadOnlySpan<T> k = Key[s.Key.Start(batch, head)..], v = Value[s.Value.Start(batch, head)..];
            ReadOnlySpan<T> dO = DResult[(s.Result.Start(batch, head) + (first * s.Result.Row))..];
            GemmKernel.Multiply(rows, keys, s.KeyWidth, q, s.Query.Row, false, k, s.Key.Row, true, p, keys, false, panels);
            AttentionBlock.Softmax(p, rows, keys, first, s, Filter, batch, head);
            long firstRow = s.FirstRow(batch, head) + first;
            if (!Targets.Query.IsEmpty || !Targets.Key.IsEmpty || !Filter.Gradient.IsEmpty)
            {
                GemmKernel.Multiply(rows, keys, s.ValueWidth, dO, s.Result.Row, false, v, s.Value.Row, true, slopes, keys, false, panels);
                Filter.Drop(slopes, rows, keys, firstRow, s.Keys);
                AttentionBlock.Backward(p, slopes, rows, keys, first, s, Filter, batch, head);
            }

            if (!Targets.Query.IsEmpty)
                GemmKernel.Multiply(rows, s.KeyWidth, keys, slopes, keys, false, k, s.Key.Row, false, ToQuery(batch, head, first), Targets.QueryLayout.Row, true, panels);
            if (!Targets.Key.IsEmpty)
                GemmKernel.Multiply(keys, s.KeyWidth, rows, slopes, keys, true, q, s.Query.Row, false, ToKey(batch, head), Targets.KeyLayout.Row, true, panels);
            if (Targets.Value.IsEmpty)
                return;
            Filter.Drop(p, rows, keys, firstRow, s.Keys); // only now: the slopes come from all probabilities
            GemmKernel.Multiply(keys, s.ValueWidth, rows, p, keys, true, dO, s.Result.Row, false, ToValue(batch, head), Targets.ValueLayout.Row, true, panels);
        }

        private readonly Span<T> ToQuery(int batch, int head, int first) =>
            Targets.Query[(Targets.QueryLayout.Start(batch, head) + (first * Targets.QueryLayout.Row))..];

        private readonly Span<T> ToKey(int batch, int head) => Targets.Key[Targets.KeyLayout.Start(batch, head)..];

        private readonly Span<T> ToValue(int batch, int head) => Targets.Value[Targets.ValueLayout.Start(batch, head)..];
    }
}
