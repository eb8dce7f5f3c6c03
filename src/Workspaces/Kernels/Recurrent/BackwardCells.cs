using System.Numerics;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Workspaces.Kernels.Recurrent;

/// <summary>What a step back does between its products.</summary>
internal ref struct BackwardCells<T, TCell> : IRecurrentCells
    where T : unmanaged, IFloatingPointIeee754<T>
    where TCell : IRecurrentCell
{
    public RecurrenceRun<T> Left;
    public ReadOnlySpan<T> DY;
    public RecurrenceGradients<T> Gradients;
    public ReadOnlySpan<T> Zero;
    public RecurrenceSettings Settings;

    /// <inheritdoc/>
    public readonly void Run(int step, int last, int first, int end)
    {
        int h = Settings.Hidden, width = TCell.Gates * h;
        SequenceLayout atGates = Settings.LayoutOf(width), atState = Settings.Output, atMemory = Settings.LayoutOf(h);
        for (int sample = first; sample < end; sample++)
        {
            Span<T> dh = Gradients.State.Slice(sample * h, h), dG = Gradients.Gates.Slice(atGates.At(step, sample), width);
            TensorPrimitives.Add(dh, DY.Slice(atState.At(step, sample), h), dh);
            var left = new CellStep<T>
            {
                Gates = Left.Gates.IsEmpty ? default : Left.Gates.Slice(atGates.At(step, sample), width),
                State = Left.Y.Slice(atState.At(step, sample), h),
                Before = Recurrence.StateBefore(Left.Y, Left.Memory, last, sample, Settings, Zero),
                MemoryBefore = Recurrence.MemoryBefore<T, TCell>(Left.Memory, last, sample, Settings, Zero),
                Memory = TCell.HasMemory ? Left.Memory.Slice(atMemory.At(step, sample), h) : default,
            };
            TCell.Backward(
                left, dh, Gradients.Memory.IsEmpty ? default : Gradients.Memory.Slice(sample * h, h), dG,
                TCell.SplitsGates ? Gradients.Hidden.Slice(atGates.At(step, sample), width) : default);
        }
    }
}
