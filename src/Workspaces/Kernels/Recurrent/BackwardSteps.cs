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
        BackwardCells<T, TCell> cells = Cells;
        cells.First = first;
        cells.Samples = samples;
        RecurrenceSettings settings = Cells.Settings;
        if (settings.WithCell) CopyLastGradient(settings, first, samples);
        for (int count = settings.Steps - 1; count >= 0; count--)
        {
            cells.Step = settings.StepAt(count);
            cells.Last = count == 0 ? -1 : settings.StepAt(count - 1);
            cells.Run(team);
            if (cells.Last >= 0 || settings.HasState) AddProduct(cells, scratch, team);
        }
    }

    private readonly void AddProduct(in BackwardCells<T, TCell> cells, Span<T> scratch, KernelTeam? team)
    {
        RecurrenceSettings settings = cells.Settings;
        SequenceLayout atGates = settings.LayoutOf(TCell.Gates * settings.Hidden);
        ReadOnlySpan<T> dGates = (TCell.SplitsGates ? cells.Gradients.Hidden : cells.Gradients.Gates)[atGates.At(cells.Step, cells.First)..];
        Span<T> dState = cells.Gradients.State[(cells.First * settings.Hidden)..];
        Product.Add(cells.Samples, dGates, atGates.Sample, Weight, dState, settings.Hidden, scratch, team);
    }

    private readonly void CopyLastGradient(in RecurrenceSettings settings, int first, int samples)
    {
        SequenceLayout atState = settings.Output;
        for (int sample = first; sample < first + samples; sample++)
            Cells.DY.Slice(atState.At(settings.Steps, sample), settings.Hidden).CopyTo(Cells.Gradients.Memory.Slice(sample * settings.Hidden, settings.Hidden));
    }
}
