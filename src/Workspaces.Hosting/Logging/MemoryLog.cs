using Microsoft.Extensions.Logging;
using Workspaces.Memory;
using Workspaces.Memory.Telemetry;

namespace Workspaces.Hosting.Logging;

/// <summary>The lines about memory; their code is generated, and does nothing while their level is off.</summary>
internal static partial class MemoryLog
{
    internal const string Category = "Workspaces.Memory";

    [LoggerMessage(LogEvents.FindingWarning, LogLevel.Warning, "{Code} {Workspace}: {Text}")]
    internal static partial void FindingWarning(this ILogger log, string code, string workspace, string text);

    [LoggerMessage(LogEvents.FindingNote, LogLevel.Information, "{Code} {Workspace}: {Text}")]
    internal static partial void FindingNote(this ILogger log, string code, string workspace, string text);

    [LoggerMessage(
        LogEvents.PlanMade, LogLevel.Debug,
        "Workspace {Workspace} has plan {PlansMade} because {Reason}: {Requests} requests in {PeakBytes} bytes, lower bound {LowerBoundBytes}, by {Planner} in {Milliseconds} ms")]
    internal static partial void PlanMade(
        this ILogger log, string workspace, long plansMade, PlanReason reason, int requests, long peakBytes, long lowerBoundBytes, string planner, double milliseconds);

    [LoggerMessage(
        LogEvents.PassSpilled, LogLevel.Debug,
        "Pass {Pass} of workspace {Workspace} spilled {SpilledRequests} requests of {SpilledBytes} bytes: MaxSize is {MaxSize}, PolicySpill {PolicySpill}, DebugMode {DebugMode}")]
    internal static partial void PassSpilled(
        this ILogger log, long pass, string workspace, long spilledRequests, long spilledBytes, long maxSize, SpillPolicy policySpill, DebugMode debugMode);

    [LoggerMessage(
        LogEvents.PassDeviated, LogLevel.Debug,
        "Pass {Pass} of workspace {Workspace} deviated: {Deviations} of {Requests} requests, {DeviationBytes} bytes, were not what its plan expected")]
    internal static partial void PassDeviated(this ILogger log, long pass, string workspace, long deviations, int requests, long deviationBytes);
}
