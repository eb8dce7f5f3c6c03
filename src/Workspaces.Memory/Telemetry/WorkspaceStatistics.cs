using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Telemetry;

/// <summary>
/// What all workspaces of one name in this process hold now and have done so far, those that are gone included. Sizes are bytes. The names <c>persistent</c>,
/// <c>scratch</c> and <c>(shared)</c> stand for memory that belongs to managers, and have no passes.
/// </summary>
public sealed record WorkspaceStatistics
{
    /// <summary>The name; <c>(unnamed)</c> for those without one, <c>(other)</c> for all names beyond the first 64.</summary>
    public required string Name { get; init; }

    /// <summary>Leases that are open.</summary>
    public int Leases { get; init; }

    /// <summary>The memory kinds.</summary>
    public MemoryReport Memory { get; init; }

    /// <summary>The most that was in use at once in the arenas, summed over the workspaces that live.</summary>
    public long PeakBytes { get; init; }

    /// <summary>Plans that are kept.</summary>
    public int Plans { get; init; }

    /// <summary>Plans made by the workspaces that live.</summary>
    public long PlansMade { get; init; }

    /// <summary>What the largest plan needs.</summary>
    public long PlanPeakBytes { get; init; }

    /// <summary>The least that any plan in its place could need: most bytes live at one moment.</summary>
    public long LowerBoundBytes { get; init; }

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

    /// <summary>Requests that were served outside the arenas.</summary>
    public long SpilledRequests { get; init; }

    /// <summary>Bytes of those.</summary>
    public long SpilledBytes { get; init; }

    /// <summary>All passes that asked for memory.</summary>
    public long Passes => PlannedPasses + DeviatedPasses + LearningPasses + UnplannedPasses;
}
