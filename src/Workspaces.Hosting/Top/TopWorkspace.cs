namespace Workspaces.Hosting.Top;

/// <summary>What the workspaces of one name hold and have done; sizes are bytes.</summary>
public sealed record TopWorkspace
{
    /// <summary>The name; <c>persistent</c>, <c>scratch</c> and <c>(shared)</c> belong to managers.</summary>
    public string Name { get; init; } = "";

    /// <summary>Leases that are open.</summary>
    public int Leases { get; init; }

    /// <summary>Pages of the arenas: the sum of the next four.</summary>
    public long CommittedBytes { get; init; }

    /// <summary>Blocks handed out and live.</summary>
    public long AllocatedBytes { get; init; }

    /// <summary>Dead blocks that nothing reuses yet.</summary>
    public long UnreferencedBytes { get; init; }

    /// <summary>Committed and never handed out.</summary>
    public long FreeBytes { get; init; }

    /// <summary>Pages that can never be handed out.</summary>
    public long BookkeepingBytes { get; init; }

    /// <summary>Outside the arenas: own memory, spills, files.</summary>
    public long ExternalBytes { get; init; }

    /// <summary>The part of the allocated bytes that is gradients.</summary>
    public long GradientBytes { get; init; }

    /// <summary>The most that was in use at once.</summary>
    public long PeakBytes { get; init; }

    /// <summary>What the largest plan needs.</summary>
    public long PlanPeakBytes { get; init; }

    /// <summary>The least that any plan could need.</summary>
    public long LowerBoundBytes { get; init; }

    /// <summary>Plans that are kept.</summary>
    public int Plans { get; init; }

    /// <summary>Passes that ran as planned.</summary>
    public long PlannedPasses { get; init; }

    /// <summary>Passes that differed from their plan.</summary>
    public long DeviatedPasses { get; init; }

    /// <summary>Passes that were watched.</summary>
    public long LearningPasses { get; init; }

    /// <summary>Passes that nothing is learned from.</summary>
    public long UnplannedPasses { get; init; }

    /// <summary>Requests that plans did not cover.</summary>
    public long Deviations { get; init; }

    /// <summary>Requests served outside the arenas.</summary>
    public long SpilledRequests { get; init; }

    /// <summary>Bytes of those.</summary>
    public long SpilledBytes { get; init; }

    /// <summary>Passes a second since the snapshot before; null in the first one.</summary>
    public double? PassesPerSecond { get; init; }

    /// <summary>Bytes spilled a second since the snapshot before; null in the first one.</summary>
    public double? SpilledBytesPerSecond { get; init; }

    /// <summary>All passes that asked for memory.</summary>
    internal long Passes => PlannedPasses + DeviatedPasses + LearningPasses + UnplannedPasses;
}
