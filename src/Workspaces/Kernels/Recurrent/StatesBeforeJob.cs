using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Recurrent;

/// <summary>Copies for every step the state before it. A part has the steps of one sample.</summary>
internal ref struct StatesBeforeJob<T> : IKernelJob
    where T : unmanaged
{
    public ReadOnlySpan<T> Y;
    public ReadOnlySpan<T> Memory;
    public Span<T> Shifted;
    public RecurrenceSettings Settings;

    /// <inheritdoc/>
    public readonly void Execute(int part)
    {
        int h = Settings.Hidden;
        SequenceLayout at = Settings.LayoutOf(h);
        for (int count = 0; count < Settings.Steps; count++)
        {
            int step = Settings.StepAt(count), last = count == 0 ? -1 : Settings.StepAt(count - 1);
            Span<T> row = Shifted.Slice(at.At(step, part), h);
            if (last < 0 && !Settings.HasState) row.Clear();
            else Recurrence.StateBefore(Y, Memory, last, part, Settings, default).CopyTo(row);
        }
    }
}
