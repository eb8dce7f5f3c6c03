using System.Numerics;
using Workspaces.Kernels.Team;

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
        StepProduct product = ForwardSteps<T, TCell>.ProductOf(settings);
        int hidden = TCell.SplitsGates ? checked(settings.Samples * TCell.Gates * settings.Hidden) : 0;
        return checked(settings.Hidden + hidden + product.PanelsLength<T>() + ProductScratch<T>(product, settings, threads));
    }

    /// <summary>Scratch of the backward half, in elements.</summary>
    public static int BackwardScratch<T, TCell>(in RecurrenceSettings settings, int threads)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TCell : IRecurrentCell
    {
        StepProduct product = BackwardSteps<T, TCell>.ProductOf(settings);
        return checked(settings.Hidden + product.PanelsLength<T>() + ProductScratch<T>(product, settings, threads));
    }

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
        StepProduct product = ForwardSteps<T, TCell>.ProductOf(settings);
        Span<T> zero = Take(ref scratch, settings.Hidden), hidden = Take(ref scratch, TCell.SplitsGates ? settings.Samples * TCell.Gates * settings.Hidden : 0);
        zero.Clear();
        var steps = new ForwardSteps<T, TCell>
        {
            Cells = new ForwardCells<T, TCell> { Gates = gates, Hidden = hidden, Memory = memory, Y = y, Zero = zero, Settings = settings },
            Product = product,
            Weight = product.Prepare(weight, Take(ref scratch, product.PanelsLength<T>())),
            Bias = bias,
        };
        var job = new SequenceJob<T, ForwardSteps<T, TCell>> { Steps = steps, Product = product, Scratch = scratch, Settings = settings };
        job.Run(team);
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
        StepProduct product = BackwardSteps<T, TCell>.ProductOf(settings);
        Span<T> zero = Take(ref scratch, settings.Hidden);
        zero.Clear();
        gradients.State.Clear();
        gradients.Memory.Clear();
        var steps = new BackwardSteps<T, TCell>
        {
            Cells = new BackwardCells<T, TCell> { Left = run, DY = dY, Gradients = gradients, Zero = zero, Settings = settings },
            Product = product,
            Weight = product.Prepare(run.Weight, Take(ref scratch, product.PanelsLength<T>())),
        };
        var job = new SequenceJob<T, BackwardSteps<T, TCell>> { Steps = steps, Product = product, Scratch = scratch, Settings = settings };
        job.Run(team);
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
    internal static ReadOnlySpan<T> InitialState<T>(ReadOnlySpan<T> memory, in RecurrenceSettings settings)
        where T : unmanaged => memory[^settings.StateLength..];

    /// <summary>Scratch of the products, for parts that run by themselves or for threads that share a step.</summary>
    private static int ProductScratch<T>(in StepProduct product, in RecurrenceSettings settings, int threads)
        where T : unmanaged
    {
        int parts = SampleParts.OfSequence(settings, threads);
        return parts == 1 ? product.ScratchLength<T>(settings.Samples, threads) : checked(parts * product.ScratchLength<T>(SampleParts.Most(settings.Samples, parts), 1));
    }

    private static Span<T> Take<T>(ref Span<T> scratch, int length)
    {
        Span<T> taken = scratch[..length];
        scratch = scratch[length..];
        return taken;
    }
}
