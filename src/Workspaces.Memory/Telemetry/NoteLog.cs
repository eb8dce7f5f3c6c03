using System.Collections.Concurrent;
using System.Diagnostics;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Telemetry;

/// <summary>Passes and plans that somebody wants to hear of, from inside the gates, where they come up, to the outside of every lock, where they are told.</summary>
internal sealed class NoteLog
{
    private readonly ConcurrentQueue<PassReport> _passes = new();
    private readonly ConcurrentQueue<PlanReport> _plans = new();
    private int _pending;

    internal void Queue(in PassReport pass)
    {
        _passes.Enqueue(pass);
        Interlocked.Increment(ref _pending);
    }

    internal void Queue(PlanReport plan)
    {
        _plans.Enqueue(plan);
        Interlocked.Increment(ref _pending);
    }

    internal void Deliver(FindingLog observers, bool isWatched)
    {
        if (Volatile.Read(ref _pending) == 0) return;
        while (_passes.TryDequeue(out PassReport pass))
        {
            Interlocked.Decrement(ref _pending);
            if (isWatched) WorkspaceEventSource.Log.Tell(pass);
            observers.Tell(pass);
        }

        while (_plans.TryDequeue(out PlanReport? plan))
        {
            Interlocked.Decrement(ref _pending);
            if (isWatched)
            {
                WorkspaceEventSource.Log.Tell(plan);
                AddSpan(plan);
            }

            observers.Tell(plan);
        }
    }

    /// <summary>A listener may do anything, so the span is made here, with the times of the planning that is over.</summary>
    private static void AddSpan(PlanReport plan)
    {
        if (!WorkspaceTelemetry.Activities.HasListeners() || plan.Reason == PlanReason.Loaded) return;
        using Activity? span = WorkspaceTelemetry.Activities.StartActivity("workspaces.plan", ActivityKind.Internal, default(ActivityContext), startTime: plan.Begin);
        if (span is null) return;
        span.SetTag("workspace.name", plan.Workspace);
        span.SetTag("workspace.plan.reason", WorkspaceEventSource.NameOf(plan.Reason));
        span.SetTag("workspace.plan.requests", plan.Requests);
        span.SetTag("workspace.plan.peak", plan.PeakBytes);
        span.SetTag("workspace.plan.lower_bound", plan.LowerBoundBytes);
        span.SetTag("workspace.plan.planner", plan.Planner);
        span.SetEndTime((plan.Begin + plan.Duration).UtcDateTime);
    }
}
