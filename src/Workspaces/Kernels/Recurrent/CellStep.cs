namespace Workspaces.Kernels.Recurrent;

/// <summary>What one step of one sample has left for its way back.</summary>
internal readonly ref struct CellStep<T>
    where T : unmanaged
{
    /// <summary>All gates after activation.</summary>
    public ReadOnlySpan<T> Gates { get; init; }

    /// <summary>The state before the step.</summary>
    public ReadOnlySpan<T> Before { get; init; }

    /// <summary>The memory before the step.</summary>
    public ReadOnlySpan<T> MemoryBefore { get; init; }

    /// <summary>The memory after the step.</summary>
    public ReadOnlySpan<T> Memory { get; init; }

    /// <summary>The state after the step.</summary>
    public ReadOnlySpan<T> State { get; init; }
}
