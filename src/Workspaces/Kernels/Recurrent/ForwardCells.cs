using System.Numerics;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Recurrent;

/// <summary>What a step forward does between its products, for some of the samples. Parts have samples of their own.</summary>
internal ref struct ForwardCells<T, TCell> : IKernelJob
    where T : unmanaged, IFloatingPointIeee754<T>
    where TCell : IRecurrentCell
{
    public Span<T> Gates;
    public Span<T> Hidden;
    public Span<T> Memory;
    public Span<T> Y;
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
            TCell.Forward(
                Gates.Slice(atGates.At(Step, sample), width), TCell.SplitsGates ? Hidden.Slice(sample * width, width) : default,
                Recurrence.StateBefore<T>(Y, Memory, Last, sample, Settings, Zero),
                Recurrence.MemoryBefore<T, TCell>(Memory, Last, sample, Settings, Zero),
                TCell.HasMemory ? Memory.Slice(atMemory.At(Step, sample), h) : default, Y.Slice(atState.At(Step, sample), h));
        }
    }
}
