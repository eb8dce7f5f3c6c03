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
        RecurrenceSettings settings = Cells.Settings;
        var job = new CellsJob<T, ForwardCells<T, TCell>> { Cells = Cells, Width = TCell.Gates * settings.Hidden, First = first, Samples = samples };
        for (int count = 0, last = -1; count < settings.Steps; count++)
        {
            int step = settings.StepAt(count);
            AddProduct(step, last, first, samples, scratch, team);
            job.Run(step, last, team);
            last = step;
        }

        if (settings.WithCell) CopyLastMemory(settings, settings.StepAt(settings.Steps - 1), first, samples);
    }

    private readonly void AddProduct(int step, int last, int first, int samples, Span<T> scratch, KernelTeam? team)
    {
        RecurrenceSettings settings = Cells.Settings;
        int h = settings.Hidden, width = TCell.Gates * h;
        SequenceLayout atGates = settings.LayoutOf(width), atState = settings.Output;
        for (int sample = first; sample < first + samples && TCell.SplitsGates; sample++)
            GemmKernel.LayDown(Bias, Cells.Hidden.Slice(sample * width, width));
        if (last < 0 && !settings.HasState) return;
        ReadOnlySpan<T> before = last >= 0 ? Cells.Y[atState.At(last, first)..] : Recurrence.InitialState<T>(Cells.Memory, settings)[(first * h)..];
        Span<T> to = TCell.SplitsGates ? Cells.Hidden[(first * width)..] : Cells.Gates[atGates.At(step, first)..];
        Product.Add(samples, before, last >= 0 ? atState.Sample : h, Weight, to, TCell.SplitsGates ? width : atGates.Sample, scratch, team);
    }

    private readonly void CopyLastMemory(in RecurrenceSettings settings, int step, int first, int samples)
    {
        SequenceLayout atState = settings.Output, atMemory = settings.LayoutOf(settings.Hidden);
        for (int sample = first; sample < first + samples; sample++)
            Cells.Memory.Slice(atMemory.At(step, sample), settings.Hidden).CopyTo(Cells.Y.Slice(atState.At(settings.Steps, sample), settings.Hidden));
    }
}
