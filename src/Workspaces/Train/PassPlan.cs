using Workspaces.Memory;
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
    internal static PassForecast Of(string name, PassTrace trace, WorkspaceConfiguration step)
    {
        bool owns = step.WorkspaceMode == WorkspaceMode.None || step.DebugMode == DebugMode.BypassEverything, never = step.PolicyAllocation == AllocationPolicy.Always;
        bool plans = !owns && !never && step.PolicyLearning != LearningPolicy.None;
        if (PassRecord.Of(trace, byLastUse: plans && step.Lifetimes == LifetimePolicy.LastUse) is not { } record)
            throw new InvalidOperationException(WorkspaceException.Compose(
                $"plan '{name}'", "the trainer", $"its trace has {trace.Count} requests, and {trace.Dropped} more did not fit", "split the step into smaller passes"));
        long scratch = ScratchBytes(trace);
        long bytes = plans ? Planned(name, record)
            : owns ? UnplannedPeak.OfOwners(record, PassTrace.ScratchTag) + scratch
            : UnplannedPeak.OfArena(record, never ? long.MaxValue : step.InitialSize);
        return new PassForecast(name, trace.Count, bytes, scratch, trace.LowerBoundBytes());
    }

    /// <summary>The plan that the workspace itself will make of the pass.</summary>
    private static long Planned(string name, PassRecord record) => PlanMaker.First(record)?.Peak ?? throw new InvalidOperationException(WorkspaceException.Compose(
        $"plan '{name}'", "the trainer", $"its {record.Count} requests need more than an arena can address, or the plan was refused by the validator",
        "use smaller batches; if they are small, report this defect with the model"));

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
