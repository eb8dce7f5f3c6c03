using System.Numerics;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Recurrent;

/// <summary>The steps back.</summary>
internal ref struct BackwardSteps<T, TCell> : IRecurrentSteps<T>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TCell : IRecurrentCell
{
    public BackwardCells<T, TCell> Cells;
    public StepProduct Product;
    public ReadOnlySpan<T> Weight;

    /// <summary>The product of a step.</summary>
    public static StepProduct ProductOf(in RecurrenceSettings settings) => StepProduct.Of<T>(settings, settings.Hidden, TCell.Gates * settings.Hidden, transposed: false);

    /// <inheritdoc/>
    public readonly void Run(int first, int samples, Span<T> scratch, KernelTeam? team)
    {
        RecurrenceSettings settings = Cells.Settings;
        var job = new CellsJob<T, BackwardCells<T, TCell>> { Cells = Cells, Width = TCell.Gates * settings.Hidden, First = first, Samples = samples };
        if (settings.WithCell) CopyLastGradient(settings, first, samples);
        for (int count = settings.Steps - 1; count >= 0; count--)
        {
            int step = settings.StepAt(count), last = count == 0 ? -1 : settings.StepAt(count - 1);
            job.Run(step, last, team);
            if (last >= 0 || settings.HasState) AddProduct(step, first, samples, scratch, team);
        }
    }

    private readonly void AddProduct(int step, int first, int samples, Span<T> scratch, KernelTeam? team)
    {
        RecurrenceSettings settings = Cells.Settings;
        SequenceLayout atGates = settings.LayoutOf(TCell.Gates * settings.Hidden);
        ReadOnlySpan<T> dGates = (TCell.SplitsGates ? Cells.Gradients.Hidden : Cells.Gradients.Gates)[atGates.At(step, first)..];
        Span<T> dState = Cells.Gradients.State[(first * settings.Hidden)..];
        Product.Add(samples, dGates, atGates.Sample, Weight, dState, settings.Hidden, scratch, team);
    }

    private readonly void CopyLastGradient(in RecurrenceSettings settings, int first, int samples)
    {
        SequenceLayout atState = settings.Output;
        for (int sample = first; sample < first + samples; sample++)
            Cells.DY.Slice(atState.At(settings.Steps, sample), settings.Hidden).CopyTo(Cells.Gradients.Memory.Slice(sample * settings.Hidden, settings.Hidden));
    }
}
