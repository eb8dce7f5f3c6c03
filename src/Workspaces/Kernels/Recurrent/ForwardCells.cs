using System.Numerics;

namespace Workspaces.Kernels.Recurrent;

/// <summary>What a step forward does between its products.</summary>
internal ref struct ForwardCells<T, TCell> : IRecurrentCells
    where T : unmanaged, IFloatingPointIeee754<T>
    where TCell : IRecurrentCell
{
    public Span<T> Gates;
    public Span<T> Hidden;
    public Span<T> Memory;
    public Span<T> Y;
    public ReadOnlySpan<T> Zero;
    public RecurrenceSettings Settings;

    /// <inheritdoc/>
    public readonly void Run(int step, int last, int first, int end)
    {
        int h = Settings.Hidden, width = TCell.Gates * h;
        SequenceLayout atGates = Settings.LayoutOf(width), atState = Settings.Output, atMemory = Settings.LayoutOf(h);
        for (int sample = first; sample < end; sample++)
        {
            TCell.Forward(
                Gates.Slice(atGates.At(step, sample), width), TCell.SplitsGates ? Hidden.Slice(sample * width, width) : default,
                Recurrence.StateBefore<T>(Y, Memory, last, sample, Settings, Zero),
                Recurrence.MemoryBefore<T, TCell>(Memory, last, sample, Settings, Zero),
                TCell.HasMemory ? Memory.Slice(atMemory.At(step, sample), h) : default, Y.Slice(atState.At(step, sample), h));
        }
    }
}
