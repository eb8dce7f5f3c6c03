using System.Numerics;
using Workspaces.Kernels.Team;
using GemmKernel = Workspaces.Kernels.Gemm.Gemm;

namespace Workspaces.Kernels.Recurrent;

/// <summary>The steps forward.</summary>
internal ref struct ForwardSteps<T, TCell> : IRecurrentSteps<T>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TCell : IRecurrentCell
{
    public ForwardCells<T, TCell> Cells;
    public StepProduct Product;
    public ReadOnlySpan<T> Weight;
    public ReadOnlySpan<T> Bias;

    /// <summary>The product of a step.</summary>
    public static StepProduct ProductOf(in RecurrenceSettings settings) => StepProduct.Of<T>(settings, TCell.Gates * settings.Hidden, settings.Hidden, transposed: true);

    /// <inheritdoc/>
    public readonly void Run(int first, int samples, Span<T> scratch, KernelTeam? team)
    {
        ForwardCells<T, TCell> cells = Cells;
        cells.First = first;
        cells.Samples = samples;
        RecurrenceSettings settings = Cells.Settings;
        for (int count = 0; count < settings.Steps; count++)
        {
            cells.Step = settings.StepAt(count);
            cells.Last = count == 0 ? -1 : settings.StepAt(count - 1);
            AddProduct(cells, scratch, team);
            cells.Run(team);
        }

        if (settings.WithCell) CopyLastMemory(settings, cells.Step, first, samples);
    }

    private readonly void AddProduct(in ForwardCells<T, TCell> cells, Span<T> scratch, KernelTeam? team)
    {
        RecurrenceSettings settings = cells.Settings;
        int h = settings.Hidden, width = TCell.Gates * h, first = cells.First;
        SequenceLayout atGates = settings.LayoutOf(width), atState = settings.Output;
        for (int sample = first; sample < first + cells.Samples && TCell.SplitsGates; sample++)
            GemmKernel.LayDown(Bias, cells.Hidden.Slice(sample * width, width));
        if (cells.Last < 0 && !settings.HasState) return;
        ReadOnlySpan<T> before = cells.Last >= 0 ? cells.Y[atState.At(cells.Last, first)..] : Recurrence.InitialState<T>(cells.Memory, settings)[(first * h)..];
        Span<T> to = TCell.SplitsGates ? cells.Hidden[(first * width)..] : cells.Gates[atGates.At(cells.Step, first)..];
        Product.Add(cells.Samples, before, cells.Last >= 0 ? atState.Sample : h, Weight, to, TCell.SplitsGates ? width : atGates.Sample, scratch, team);
    }

    private readonly void CopyLastMemory(in RecurrenceSettings settings, int step, int first, int samples)
    {
        SequenceLayout atState = settings.Output, atMemory = settings.LayoutOf(settings.Hidden);
        for (int sample = first; sample < first + samples; sample++)
            Cells.Memory.Slice(atMemory.At(step, sample), settings.Hidden).CopyTo(Cells.Y.Slice(atState.At(settings.Steps, sample), settings.Hidden));
    }
}
