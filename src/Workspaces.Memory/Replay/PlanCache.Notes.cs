using System.Diagnostics;
using Workspaces.Memory.Telemetry;

namespace Workspaces.Memory.Replay;

/// <summary>What is told of the plans.</summary>
internal sealed partial class PlanCache
{
    private readonly Queue<PlanReport> _notes = new();
    private long _began;

    /// <summary>True when there are plans that have not been told of.</summary>
    internal bool HasNotes => _notes.Count != 0;

    /// <summary>Gives and forgets the oldest plan that has not been told of.</summary>
    internal bool TryTakeNote(out PlanReport? note)
    {
        note = null;
        lock (_sync) return _notes.TryDequeue(out note);
    }

    /// <summary>Counts the plans.</summary>
    internal PlanCensus Census()
    {
        lock (_sync)
        {
            HashSet<ReplayPlan> plans = DistinctPlans();
            ReplayPlan? largest = plans.MaxBy(static plan => plan.Peak);
            return new PlanCensus(plans.Count, PlansMade, largest?.Peak ?? 0, largest?.LowerBound ?? 0);
        }
    }

    /// <summary>Planning happens at the end of a pass, and has taken the time since then; a plan from a file took none of ours.</summary>
    private void Note(ReplayPlan plan, PlanReason reason)
    {
        TimeSpan duration = reason == PlanReason.Loaded ? TimeSpan.Zero : Stopwatch.GetElapsedTime(_began);
        _notes.Enqueue(new PlanReport(
            configuration.Name ?? "(unnamed)", reason, plan.Count, plan.Peak, plan.LowerBound, PlansMade, plan.Planner, DateTimeOffset.UtcNow - duration, duration));
    }
}
