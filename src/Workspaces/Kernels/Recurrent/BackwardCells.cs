using System.Numerics;
using Workspaces.Kernels.Team;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Workspaces.Kernels.Recurrent;

/// <summary>What a step back does between its products, for some of the samples. Parts have samples of their own.</summary>
internal ref struct BackwardCells<T, TCell> : IKernelJob
    where T : unmanaged, IFloatingPointIeee754<T>
    where TCell : IRecurrentCell
{
    public RecurrenceRun<T> Left;
    public ReadOnlySpan<T> DY;
    public RecurrenceGradients<T> Gradients;
    public ReadOnlySpan<T> Zero;
    public RecurrenceSettings Settings;
    public int Step;
    public int Last;
    public int First;
    public int Samples;
    private int _parts;

    public void Run(KernelTeam? team)
    {
        _parts = SampleParts.OfStep<T>(Samples, TCell.Gates * Settings.Hidden, team?.Threads ?? 1);
        if (team is null || _parts == 1) Execute(0);
        else team.Run(_parts, ref this);
    }

    /// <inheritdoc/>
    public readonly void Execute(int part)
    {
        int h = Settings.Hidden, width = TCell.Gates * h, end = First + SampleParts.First(Samples, part + 1, _parts);
        SequenceLayout atGates = Settings.LayoutOf(width), atState = Settings.Output, atMemory = Settings.LayoutOf(h);
        for (int sample = First + SampleParts.First(Samples, part, _parts); sample < end; sample++)
        {
            Span<T> dh = Gradients.State.Slice(sample * h, h), dG = Gradients.Gates.Slice(atGates.At(Step, sample), width);
            TensorPrimitives.Add(dh, DY.Slice(atState.At(Step, sample), h), dh);
            var left = new CellStep<T>
            {
                Gates = Left.Gates.IsEmpty ? default : Left.Gates.Slice(atGates.At(Step, sample), width),
                State = Left.Y.Slice(atState.At(Step, sample), h),
                Before = Recurrence.StateBefore(Left.Y, Left.Memory, Last, sample, Settings, Zero),
                MemoryBefore = Recurrence.MemoryBefore<T, TCell>(Left.Memory, Last, sample, Settings, Zero),
                Memory = TCell.HasMemory ? Left.Memory.Slice(atMemory.At(Step, sample), h) : default,
            };
            TCell.Backward(
                left, dh, Gradients.Memory.IsEmpty ? default : Gradients.Memory.Slice(sample * h, h), dG,
                TCell.SplitsGates ? Gradients.Hidden.Slice(atGates.At(Step, sample), width) : default);
        }
    }
}
