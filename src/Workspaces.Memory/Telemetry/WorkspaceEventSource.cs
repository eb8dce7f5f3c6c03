using System.Diagnostics.Tracing;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Telemetry;

/// <summary>The event source <c>Workspaces</c>, for tools that trace processes. Callers ask first whether anybody listens; while nobody does that is one comparison.</summary>
[EventSource(Name = WorkspaceTelemetry.Name)]
internal sealed class WorkspaceEventSource : EventSource
{
    internal static readonly WorkspaceEventSource Log = new();

    private WorkspaceEventSource()
    {
    }

    /// <summary>True when allocations are listened to: a pass that begins then leaves the short way of planned requests, which knows nothing of events.</summary>
    [NonEvent]
    internal bool WantsAllocations() => IsEnabled() && IsEnabled(EventLevel.Verbose, Keywords.Blocks);

    /// <summary>A block was handed out. Passes that were open when listening began may leave some out.</summary>
    [Event(1, Level = EventLevel.Verbose, Keywords = Keywords.Blocks)]
    public void Allocate(string workspace, long pass, long bytes, string op) => WriteEvent(1, workspace, pass, bytes, op);

    /// <summary>A pass has ended in which requests were served outside the arena.</summary>
    [Event(2, Level = EventLevel.Informational, Keywords = Keywords.Spills)]
    public void Spill(string workspace, long pass, long requests, long bytes) => WriteEvent(2, workspace, pass, requests, bytes);

    /// <summary>A plan was made.</summary>
    [Event(3, Level = EventLevel.Informational, Keywords = Keywords.Plans)]
    public void Plan(string workspace, string reason, int requests, long peakBytes, long lowerBoundBytes, string planner, double milliseconds) =>
        WriteEvent(3, workspace, reason, requests, peakBytes, lowerBoundBytes, planner, milliseconds);

    /// <summary>A pass has ended that asked for something else than its plan has.</summary>
    [Event(4, Level = EventLevel.Informational, Keywords = Keywords.Plans)]
    public void Deviate(string workspace, long pass, long requests, long bytes) => WriteEvent(4, workspace, pass, requests, bytes);

    /// <summary>A pass that asked for memory has ended.</summary>
    [Event(5, Level = EventLevel.Verbose, Keywords = Keywords.Passes)]
    public void Pass(string workspace, long pass, string result, int requests) => WriteEvent(5, workspace, pass, result, requests);

    /// <summary>Something was found; its text names the remedy.</summary>
    [Event(6, Level = EventLevel.Warning, Keywords = Keywords.Findings)]
    public void Finding(string code, string workspace, string text) => WriteEvent(6, code, workspace, text);

    [NonEvent]
    internal void Tell(in PassReport pass)
    {
        if (IsEnabled(EventLevel.Verbose, Keywords.Passes)) Pass(pass.Workspace, pass.Pass, NameOf(pass.Result), pass.Requests);
        if (pass.Deviations > 0 && IsEnabled(EventLevel.Informational, Keywords.Plans))
            Deviate(pass.Workspace, pass.Pass, pass.Deviations, pass.DeviationBytes);
        if (pass.SpilledRequests > 0 && IsEnabled(EventLevel.Informational, Keywords.Spills))
            Spill(pass.Workspace, pass.Pass, pass.SpilledRequests, pass.SpilledBytes);
    }

    [NonEvent]
    internal void Tell(PlanReport plan)
    {
        if (!IsEnabled(EventLevel.Informational, Keywords.Plans)) return;
        Plan(
            plan.Workspace, NameOf(plan.Reason), plan.Requests, plan.PeakBytes, plan.LowerBoundBytes, plan.Planner, plan.Duration.TotalMilliseconds);
    }

    [NonEvent]
    internal void Tell(Finding finding)
    {
        if (IsEnabled(EventLevel.Warning, Keywords.Findings)) Finding(finding.Code, finding.Workspace, finding.Text);
    }

    /// <summary>As meters, spans and events write it.</summary>
    [NonEvent]
    internal static string NameOf(PassResult result) => result switch
    {
        PassResult.Planned => "planned",
        PassResult.Deviated => "deviated",
        PassResult.Learning => "learning",
        _ => "unplanned",
    };

    /// <summary>The same of a reason.</summary>
    [NonEvent]
    internal static string NameOf(PlanReason reason) => reason switch
    {
        PlanReason.FirstPass => "first_pass",
        PlanReason.Deviations => "deviations",
        PlanReason.OtherRequests => "other_requests",
        PlanReason.LateUse => "late_use",
        PlanReason.Improvement => "improvement",
        PlanReason.Outlier => "outlier",
        PlanReason.OwnInsteadOfLent => "own_instead_of_lent",
        _ => "loaded",
    };

    /// <summary>What can be listened to apart.</summary>
    public static class Keywords
    {
        public const EventKeywords Passes = (EventKeywords)1;
        public const EventKeywords Blocks = (EventKeywords)2;
        public const EventKeywords Plans = (EventKeywords)4;
        public const EventKeywords Spills = (EventKeywords)8;
        public const EventKeywords Findings = (EventKeywords)16;
    }
}
