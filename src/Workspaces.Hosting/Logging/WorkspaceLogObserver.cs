using Microsoft.Extensions.Logging;
using Workspaces.Memory.Telemetry;
using Workspaces.Memory.Tracking;

namespace Workspaces.Hosting.Logging;

/// <summary>
/// Writes what the memory core notices to a log: findings as Warning or Information, the reason of every plan, spill and deviation as Debug. The ids are those of
/// <see cref="LogEvents"/>.
/// </summary>
/// <param name="log">Receives the lines.</param>
public sealed class WorkspaceLogObserver(ILogger log) : IWorkspaceObserver
{
    private readonly ILogger _log = log ?? throw new ArgumentNullException(nameof(log));

    /// <inheritdoc/>
    public void OnFinding(Finding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        if (finding.Severity == FindingSeverity.Warning) _log.FindingWarning(finding.Code, finding.Workspace, finding.Text);
        else _log.FindingNote(finding.Code, finding.Workspace, finding.Text);
    }

    /// <inheritdoc/>
    public void OnPlan(PlanReport plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        _log.PlanMade(
            plan.Workspace, plan.PlansMade, plan.Reason, plan.Requests, plan.PeakBytes, plan.LowerBoundBytes, plan.Planner, plan.Duration.TotalMilliseconds);
    }

    /// <inheritdoc/>
    public void OnIrregularPass(in PassReport pass)
    {
        if (pass.SpilledRequests > 0)
        {
            _log.PassSpilled(
                pass.Pass, pass.Workspace, pass.SpilledRequests, pass.SpilledBytes, pass.Configuration.MaxSize, pass.Configuration.PolicySpill, pass.Configuration.DebugMode);
        }

        if (pass.Deviations > 0) _log.PassDeviated(pass.Pass, pass.Workspace, pass.Deviations, pass.Requests, pass.DeviationBytes);
    }
}
