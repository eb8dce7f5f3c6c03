using System.Numerics;
using Workspaces.Kernels.Team;
using GemmKernel = Workspaces.Kernels.Gemm.Gemm;

namespace Workspaces.Kernels.Recurrent;

/// <summary>
/// Runs a cell over the steps of sequences. The products with the input have been made for all steps at once; here the product with the last
/// state is added, one small matrix product a step:
/// <code>
///   gates[t] = x[t] Wᵢᵀ + b   (given)
///   gates[t] += h[t-1] Wₕᵀ, activated in place; h[t] from them and the memory
/// </code>
/// The memory (see <see cref="IRecurrentCell.HasMemory"/>) has the layout of a sequence; behind it lie the initial memory and the initial
/// state, each [samples, hidden], where there is an initial state.
/// </summary>
internal static class Recurrence
{
    /// <summary>Scratch of the forward half, in elements.</summary>
    public static int ForwardScratch<T, TCell>(in RecurrenceSettings settings, int threads)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TCell : IRecurrentCell
    {
        int width = checked(TCell.Gates * settings.Hidden);
        int panels = GemmKernel.ScratchLength<T>(settings.Samples, width, settings.Hidden, false, true, threads);
        return checked(settings.Hidden + (TCell.SplitsGates ? settings.Samples * width : 0) + panels);
    }

    /// <summary>Scratch of the backward half, in elements.</summary>
    public static int BackwardScratch<T, TCell>(in RecurrenceSettings settings, int threads)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TCell : IRecurrentCell =>
        checked(settings.Hidden + GemmKernel.ScratchLength<T>(settings.Samples, settings.Hidden, TCell.Gates * settings.Hidden, false, false, threads));

    /// <summary>All steps.</summary>
    /// <param name="gates">Products with the input; overwritten with the activated gates.</param>
    /// <param name="weight">Wₕ, [gates · hidden, hidden].</param>
    /// <param name="bias">For cells that split gates, added to the product with the last state; or empty.</param>
    /// <param name="memory">See above; empty for cells without one, unless there is an initial state.</param>
    /// <param name="y">The states, and behind them the last memory when that is asked for.</param>
    /// <param name="settings">Sizes.</param>
    /// <param name="scratch">At least <see cref="ForwardScratch{T, TCell}"/>.</param>
    /// <param name="team">Threads, or null; the result is the same.</param>
    public static void Forward<T, TCell>(
        Span<T> gates, ReadOnlySpan<T> weight, ReadOnlySpan<T> bias, Span<T> memory, Span<T> y, in RecurrenceSettings settings, Span<T> scratch, KernelTeam? team)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TCell : IRecurrentCell
    {
        int h = settings.Hidden, width = TCell.Gates * h;
        Span<T> zero = scratch[..h], hidden = TCell.SplitsGates ? scratch.Slice(h, settings.Samples * width) : default, panels = scratch[(h + hidden.Length)..];
        zero.Clear();
        SequenceLayout atGates = settings.LayoutOf(width), atState = settings.Output, atMemory = settings.LayoutOf(h);
        var cells = new ForwardCells<T, TCell> { Gates = gates, Hidden = hidden, Memory = memory, Y = y, Zero = zero, Settings = settings };
        for (int count = 0; count < settings.Steps; count++)
        {
            int step = settings.StepAt(count), last = count == 0 ? -1 : settings.StepAt(count - 1);
            for (int sample = 0; sample < settings.Samples && TCell.SplitsGates; sample++)
                Fill(hidden.Slice(sample * width, width), bias);
            if (last >= 0 || settings.HasState)
            {
                ReadOnlySpan<T> before = last >= 0 ? y[atState.At(last, 0)..] : InitialState(memory, settings);
                int apart = last >= 0 ? atState.Sample : h;
                Span<T> to = TCell.SplitsGates ? hidden : gates[atGates.At(step, 0)..];
                GemmKernel.Multiply(
                    settings.Samples, width, h, before, apart, false, weight, h, true, to, TCell.SplitsGates ? width : atGates.Sample, true, panels, team);
            }

            cells.Step = step;
            cells.Last = last;
            cells.Run(team);
            for (int sample = 0; sample < settings.Samples && settings.WithCell && count == settings.Steps - 1; sample++)
                memory.Slice(atMemory.At(step, sample), h).CopyTo(y.Slice(atState.At(settings.Steps, sample), h));
        }
    }

    /// <summary>All steps back.</summary>
    /// <param name="run">What the forward half has left.</param>
    /// <param name="dY">Gradient of the output, in its layout.</param>
    /// <param name="gradients">Where gradients go.</param>
    /// <param name="settings">Sizes.</param>
    /// <param name="scratch">At least <see cref="BackwardScratch{T, TCell}"/>.</param>
    /// <param name="team">Threads, or null; the result is the same.</param>
    public static void Backward<T, TCell>(
        in RecurrenceRun<T> run, ReadOnlySpan<T> dY, in RecurrenceGradients<T> gradients, in RecurrenceSettings settings, Span<T> scratch, KernelTeam? team)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TCell : IRecurrentCell
    {
        int h = settings.Hidden, width = TCell.Gates * h;
        Span<T> zero = scratch[..h], panels = scratch[h..], dState = gradients.State, dMemory = gradients.Memory;
        zero.Clear();
        dState.Clear();
        dMemory.Clear();
        SequenceLayout atGates = settings.LayoutOf(width), atState = settings.Output;
        var cells = new BackwardCells<T, TCell> { Left = run, DY = dY, Gradients = gradients, Zero = zero, Settings = settings };
        for (int sample = 0; sample < settings.Samples && settings.WithCell; sample++)
            dY.Slice(atState.At(settings.Steps, sample), h).CopyTo(dMemory.Slice(sample * h, h));
        for (int count = settings.Steps - 1; count >= 0; count--)
        {
            int step = settings.StepAt(count), last = count == 0 ? -1 : settings.StepAt(count - 1);
            cells.Step = step;
            cells.Last = last;
            cells.Run(team);
            if (last < 0 && !settings.HasState) continue;
            ReadOnlySpan<T> dGates = (TCell.SplitsGates ? gradients.Hidden : gradients.Gates)[atGates.At(step, 0)..];
            GemmKernel.Multiply(settings.Samples, h, width, dGates, atGates.Sample, false, run.Weight, h, false, dState, h, true, panels, team);
        }
    }

    /// <summary>For every step the state before it, 0 or the initial state at the first one: what the weight's gradient is a product with.</summary>
    /// <param name="y">The states.</param>
    /// <param name="memory">See above; read where there is an initial state.</param>
    /// <param name="shifted">Receives a sequence of the width of a state.</param>
    /// <param name="settings">Sizes.</param>
    /// <param name="team">Threads, or null.</param>
    public static void StatesBefore<T>(ReadOnlySpan<T> y, ReadOnlySpan<T> memory, Span<T> shifted, in RecurrenceSettings settings, KernelTeam? team = null)
        where T : unmanaged
    {
        var job = new StatesBeforeJob<T> { Y = y, Memory = memory, Shifted = shifted, Settings = settings };
        if (team is not null)
        {
            team.Run(settings.Samples, ref job);
            return;
        }

        for (int sample = 0; sample < settings.Samples; sample++) job.Execute(sample);
    }

    internal static ReadOnlySpan<T> StateBefore<T>(
        ReadOnlySpan<T> y, ReadOnlySpan<T> memory, int last, int sample, in RecurrenceSettings settings, ReadOnlySpan<T> zero)
        where T : unmanaged
    {
        if (last >= 0) return y.Slice(settings.Output.At(last, sample), settings.Hidden);
        return settings.HasState ? InitialState(memory, settings).Slice(sample * settings.Hidden, settings.Hidden) : zero;
    }

    internal static ReadOnlySpan<T> MemoryBefore<T, TCell>(
        ReadOnlySpan<T> memory, int last, int sample, in RecurrenceSettings settings, ReadOnlySpan<T> zero)
        where T : unmanaged
        where TCell : IRecurrentCell
    {
        if (!TCell.HasMemory) return default;
        if (last >= 0) return memory.Slice(settings.LayoutOf(settings.Hidden).At(last, sample), settings.Hidden);
        return settings.HasState ? memory.Slice((settings.Steps * settings.StateLength) + (sample * settings.Hidden), settings.Hidden) : zero;
    }

    /// <summary>The initial state stands last in the memory.</summary>
    private static ReadOnlySpan<T> InitialState<T>(ReadOnlySpan<T> memory, in RecurrenceSettings settings)
        where T : unmanaged => memory[^settings.StateLength..];

    private static void Fill<T>(Span<T> row, ReadOnlySpan<T> bias)
        where T : unmanaged
    {
        if (bias.IsEmpty) row.Clear();
        else bias.CopyTo(row);
    }
}
