namespace Workspaces.Diagnostics;

/// <summary>The memory figures of a measured run, in bytes unless the name says otherwise.</summary>
public sealed record MemoryFigures
{
    /// <summary>Managed bytes allocated a step on all threads, over the steady steps; null when there were none.</summary>
    public double? ManagedBytesPerStep { get; init; }

    /// <summary>Garbage collections over the steady steps; null when there were none.</summary>
    public int? GcCollections { get; init; }

    /// <summary>Calls to the system or an allocator a step, over the steady steps; null when there were none.</summary>
    public double? AllocatorCallsPerStep { get; init; }

    /// <summary>Steps that count as steady.</summary>
    public long SteadySteps { get; init; }

    /// <summary>
    /// Highest byte in use in the step workspace plus scratch. With <c>WorkspaceMode</c> None, where no tensor lies in an arena, the most bytes that the
    /// step's tensors owned at once plus scratch.
    /// </summary>
    public long ArenaPeakBytes { get; init; }

    /// <summary>The same while learning.</summary>
    public long LearningPeakBytes { get; init; }

    /// <summary>Most live bytes of one pass, step and scratch together, each block from birth to last checked use.</summary>
    public long LowerBoundBytes { get; init; }

    /// <summary>Parameters, gradients and optimizer state.</summary>
    public long PersistentBytes { get; init; }

    /// <summary>Batches.</summary>
    public long DataBytes { get; init; }

    /// <summary>
    /// Bytes of requests that were served outside their plan or, by <c>PolicySpill</c>, outside the arena, over the steady steps; with <c>WorkspaceMode</c>
    /// None the most bytes that tensors owned at once.
    /// </summary>
    public long SpilledBytes { get; init; }

    /// <summary>Requests that differed from the plan.</summary>
    public long Deviations { get; init; }

    /// <summary>State of the step workspace.</summary>
    public string PassState { get; init; } = "";

    /// <summary>Peak of the process's resident memory.</summary>
    public long PeakRssBytes { get; init; }
}
