namespace Workspaces.Memory.Planning;

/// <summary>
/// How long a planner may look for a better plan. A planner always returns a plan: the first one is made whatever the budget.
/// The same problem, seed and <see cref="Iterations"/> give the same plan as long as <see cref="Time"/> does not end the search.
/// </summary>
public sealed record PlanningBudget
{
    /// <summary>Time, by <see cref="TimeProvider"/>, after which the search ends (default one second).</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Measures <see cref="Time"/>; the system's clock by default.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Most steps of improvement: packings of all buffers, or thousands of nodes of an exact search. No limit by default.</summary>
    public long Iterations { get; init; } = long.MaxValue;

    /// <summary>Seed of everything random.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Ends the search early; the best plan so far is returned.</summary>
    public CancellationToken CancellationToken { get; init; }
}
