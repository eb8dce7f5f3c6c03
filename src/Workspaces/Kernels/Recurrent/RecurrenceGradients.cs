namespace Workspaces.Kernels.Recurrent;

/// <summary>Where the gradients of a recurrence go; all are overwritten.</summary>
internal readonly ref struct RecurrenceGradients<T>
    where T : unmanaged
{
    /// <summary>Of the products with the input, a sequence as wide as all gates.</summary>
    public Span<T> Gates { get; init; }

    /// <summary>Of the products with the last state, for cells that split gates; else empty.</summary>
    public Span<T> Hidden { get; init; }

    /// <summary>[samples, hidden]: running, and at the end of the initial state.</summary>
    public Span<T> State { get; init; }

    /// <summary>[samples, hidden]: running, and at the end of the initial memory; empty for cells without cell states.</summary>
    public Span<T> Memory { get; init; }
}
