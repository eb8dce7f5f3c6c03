using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Telemetry;

/// <summary>What all managers of the process hold and have done, at about one moment.</summary>
public sealed record TelemetrySnapshot
{
    /// <summary>A row for each name, in the order of the names.</summary>
    public required IReadOnlyList<WorkspaceStatistics> Workspaces { get; init; }

    /// <summary>A row for each name that has pools, in the order of the names.</summary>
    public required IReadOnlyList<PoolStatistics> Pools { get; init; }

    /// <summary>The last findings of all managers that live, oldest first in each.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>Managers that live.</summary>
    public int Managers { get; init; }

    /// <summary>What their budgets have given out, in bytes.</summary>
    public long BudgetUsedBytes { get; init; }

    /// <summary>What those of them with a limit may give out, in bytes; 0 when none has one.</summary>
    public long BudgetLimitBytes { get; init; }

    /// <summary>Open leases that nobody can reach any more.</summary>
    public int LeakedWorkspaces { get; init; }

    /// <summary>Uses of handles whose pass had ended.</summary>
    public long LateUses { get; init; }
}
