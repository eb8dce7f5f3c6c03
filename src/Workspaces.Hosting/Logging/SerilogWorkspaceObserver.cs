using Serilog;
using Workspaces.Memory.Tracking;

namespace Workspaces.Hosting.Logging;

/// <summary>Writes the findings of the memory core to a log.</summary>
/// <param name="log">Receives them.</param>
public sealed class SerilogWorkspaceObserver(ILogger log) : IWorkspaceObserver
{
    /// <inheritdoc/>
    public void OnFinding(Finding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        if (finding.Severity == FindingSeverity.Warning) log.Warning("{Code} {Workspace}: {Text}", finding.Code, finding.Workspace, finding.Text);
        else log.Information("{Code} {Workspace}: {Text}", finding.Code, finding.Workspace, finding.Text);
    }
}
