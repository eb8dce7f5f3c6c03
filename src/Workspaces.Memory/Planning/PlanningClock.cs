namespace Workspaces.Memory.Planning;

/// <summary>Says when a budget is used up. One for each call of a planner.</summary>
internal sealed class PlanningClock(PlanningBudget budget)
{
    private readonly long _begin = budget.TimeProvider.GetTimestamp();
    private long _left = budget.Iterations;

    internal bool IsOver => _left <= 0 || budget.CancellationToken.IsCancellationRequested || Elapsed >= budget.Time;

    /// <summary>Time since the planner was called.</summary>
    internal TimeSpan Elapsed => budget.TimeProvider.GetElapsedTime(_begin);

    /// <summary>Counts one step of improvement.</summary>
    internal void Step() => _left--;
}
