namespace Workspaces.Kernels.Recurrent;

/// <summary>What the forward half of a recurrence has left for its way back.</summary>
internal readonly ref struct RecurrenceRun<T>
    where T : unmanaged
{
    /// <summary>The activated gates; empty for cells whose state tells them.</summary>
    public ReadOnlySpan<T> Gates { get; init; }

    /// <summary>Wₕ.</summary>
    public ReadOnlySpan<T> Weight { get; init; }

    /// <summary>The memory, with the initial values behind it.</summary>
    public ReadOnlySpan<T> Memory { get; init; }

    /// <summary>The states.</summary>
    public ReadOnlySpan<T> Y { get; init; }
}
