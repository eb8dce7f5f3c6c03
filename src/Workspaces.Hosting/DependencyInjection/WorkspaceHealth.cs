namespace Workspaces.Hosting.DependencyInjection;

/// <summary>What a look at the workspaces of a program has found. Sizes are bytes.</summary>
/// <param name="Problems">What is wrong, with the remedy; empty when all is well.</param>
public sealed record WorkspaceHealth(IReadOnlyList<string> Problems)
{
    /// <summary>True when nothing is wrong.</summary>
    public bool IsHealthy => Problems.Count == 0;

    /// <summary>What all workspaces, persistent memory and scratch have committed.</summary>
    public long CommittedBytes { get; init; }

    /// <summary>What the budget has given out.</summary>
    public long BudgetUsedBytes { get; init; }

    /// <summary>What it may give out; 0 without a limit.</summary>
    public long BudgetLimitBytes { get; init; }

    /// <summary>What was spilled since the process began, over all its managers.</summary>
    public long SpilledBytes { get; init; }

    /// <summary>Open leases.</summary>
    public int Leases { get; init; }

    /// <summary>Leaks found.</summary>
    public int Leaks { get; init; }
}
