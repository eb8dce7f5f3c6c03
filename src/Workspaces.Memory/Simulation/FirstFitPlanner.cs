using Workspaces.Memory.Planning;

namespace Workspaces.Memory.Simulation;

/// <summary>
/// Plans by serving the trace with <see cref="FirstFitTraceAllocator"/>: every buffer in order of birth at the lowest gap. O(n log n) time and
/// little memory, so it plans traces of tens of millions of buffers; it looks for nothing better.
/// </summary>
public sealed class FirstFitPlanner : IPlanner
{
    /// <inheritdoc/>
    public string Name => TraceAllocators.FirstFit;

    /// <inheritdoc/>
    public MemoryPlan Plan(PlanningProblem problem, PlanningBudget budget)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(budget);
        var schedule = new TraceSchedule(problem);
        using var allocator = new FirstFitTraceAllocator(schedule);
        var answers = new long[schedule.RequestCount];
        TraceReplay.Replay(schedule.Events, allocator, answers);
        var offsets = new long[answers.Length];
        for (int k = 0; k < answers.Length; k++) offsets[schedule.BufferOf(k)] = answers[k];
        return new MemoryPlan(offsets, allocator.PeakBytes, schedule.Problem.LowerBound, TraceAllocators.FirstFit);
    }
}
