using Workspaces.Memory;
using Workspaces.Memory.Planning;
using Workspaces.Memory.Replay;
using Workspaces.Memory.Tracking;

namespace Workspaces.Train;

/// <summary>Plans a trace and sums it up.</summary>
internal static class PassPlan
{
    /// <param name="name">Which pass.</param>
    /// <param name="trace">Its trace.</param>
    /// <param name="byLastUse">True to end lives with the last use, false with the release.</param>
    /// <param name="budget">How long to look for a better plan.</param>
    internal static PassForecast Of(string name, PassTrace trace, bool byLastUse, PlanningBudget budget)
    {
        if (PassRecord.Of(trace, byLastUse) is not { } record)
            throw new InvalidOperationException(WorkspaceException.Compose(
                $"plan '{name}'", "the trainer", $"its trace has {trace.Count} requests, and {trace.Dropped} more did not fit", "split the step into smaller passes"));
        PlanningProblem problem = record.Problem(out _);
        MemoryPlan plan = new AnytimePlanner().Plan(problem, budget);
        PlanValidation validation = PlanValidator.Validate(problem, plan);
        if (!validation.IsValid)
            throw new InvalidOperationException(WorkspaceException.Compose($"plan '{name}'", plan.Planner, validation.Message, "report this defect with the model"));
        return new PassForecast(name, trace.Count, plan.Peak, ScratchBytes(trace), trace.LowerBoundBytes());
    }

    private static long ScratchBytes(PassTrace trace)
    {
        long most = 0;
        foreach (ref readonly TraceEntry entry in trace.Entries)
        {
            if (entry.Tag == PassTrace.ScratchTag) most = Math.Max(most, Granule.RoundUp(entry.Bytes));
        }

        return most;
    }
}
