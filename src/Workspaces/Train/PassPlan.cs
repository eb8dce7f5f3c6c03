using Workspaces.Memory;
using Workspaces.Memory.Planning;
using Workspaces.Memory.Replay;
using Workspaces.Memory.Simulation;
using Workspaces.Memory.Tracking;

namespace Workspaces.Train;

/// <summary>Plans a trace, or serves it as a workspace without plans would, and sums it up.</summary>
internal static class PassPlan
{
    /// <param name="name">Which pass.</param>
    /// <param name="trace">Its trace.</param>
    /// <param name="step">How the workspace serves its passes: by a plan, or in one of the ways that need none.</param>
    /// <param name="budget">How long to look for a better plan.</param>
    internal static PassForecast Of(string name, PassTrace trace, WorkspaceConfiguration step, PlanningBudget budget)
    {
        bool owns = step.WorkspaceMode == WorkspaceMode.None, never = step.PolicyAllocation == AllocationPolicy.Always;
        bool plans = !owns && !never && step.PolicyLearning != LearningPolicy.None;
        if (PassRecord.Of(trace, byLastUse: plans && step.Lifetimes == LifetimePolicy.LastUse) is not { } record)
            throw new InvalidOperationException(WorkspaceException.Compose(
                $"plan '{name}'", "the trainer", $"its trace has {trace.Count} requests, and {trace.Dropped} more did not fit", "split the step into smaller passes"));
        long scratch = ScratchBytes(trace);
        long bytes = plans ? Planned(name, record, budget)
            : owns ? UnplannedPeak.OfOwners(record, PassTrace.ScratchTag) + scratch
            : UnplannedPeak.OfArena(record, never ? long.MaxValue : step.InitialSize);
        return new PassForecast(name, trace.Count, bytes, scratch, trace.LowerBoundBytes());
    }

    private static long Planned(string name, PassRecord record, PlanningBudget budget)
    {
        PlanningProblem problem = record.Problem(out _);
        MemoryPlan plan = new AnytimePlanner().Plan(problem, budget);
        PlanValidation validation = PlanValidator.Validate(problem, plan);
        if (!validation.IsValid)
            throw new InvalidOperationException(WorkspaceException.Compose($"plan '{name}'", plan.Planner, validation.Message, "report this defect with the model"));
        return plan.Peak;
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
