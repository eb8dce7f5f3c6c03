using Workspaces.Memory.Planning;

namespace Workspaces.Memory.Simulation;

/// <summary>
/// Plans by serving the trace with online allocators, first fit and best fit, and keeps the better layout. O(n log n) time and little memory, so it
/// plans traces of tens of millions of buffers; it looks for nothing better. A pass that ran on best fit never needs more under its plan.
/// </summary>
public sealed class OnlinePlanner : IPlanner
{
    /// <inheritdoc/>
    public string Name => "online";

    /// <inheritdoc/>
    public MemoryPlan Plan(PlanningProblem problem, PlanningBudget budget)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(budget);
        var schedule = new TraceSchedule(problem);
        MemoryPlan first = Serve(schedule, new FirstFitTraceAllocator(schedule))!;
        if (first.Peak == first.LowerBound) return first;
        return Serve(schedule, new BestFitTraceAllocator(schedule)) is { } best && best.Peak < first.Peak ? best : first;
    }

    /// <summary>The layout of an allocator; null when it refuses a request.</summary>
    private static MemoryPlan? Serve(TraceSchedule schedule, ITraceAllocator allocator)
    {
        using ITraceAllocator owned = allocator;
        var answers = new long[schedule.RequestCount];
        TraceReplay.Replay(schedule.Events, allocator, answers);
        var offsets = new long[answers.Length];
        for (int k = 0; k < answers.Length; k++)
        {
            if (answers[k] == ITraceAllocator.Refused) return null;
            offsets[schedule.BufferOf(k)] = answers[k];
        }

        return new MemoryPlan(offsets, allocator.PeakBytes, schedule.Problem.LowerBound, allocator.Name);
    }
}
