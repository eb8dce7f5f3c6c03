using System.Diagnostics;

namespace Workspaces.Memory.Planning;

/// <summary>Says when a budget is used up. One for each call of a planner.</summary>
internal sealed class PlanningClock(PlanningBudget budget)
{
    private readonly long _begin = Stopwatch.GetTimestamp();
    private long _left = budget.Iterations;

    internal bool IsOver => _left <= 0 || Elapsed >= budget.Time || budget.CancellationToken.IsCancellationRequested;

    /// <summary>Time since the planner was called.</summary>
    internal TimeSpan Elapsed => Stopwatch.GetElapsedTime(_begin);

    /// <summary>Counts one step of improvement.</summary>
    internal void Step() => _left--;
}
