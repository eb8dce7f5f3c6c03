using Serilog;
using Serilog.Extensions.Logging;
using Workspaces.Memory.Telemetry;
using Workspaces.Memory.Tracking;

namespace Workspaces.Hosting.Logging;

/// <summary>Writes what the memory core notices to a Serilog log, as <see cref="WorkspaceLogObserver"/> does.</summary>
/// <param name="log">Receives the lines; their <c>SourceContext</c> is <c>Workspaces.Memory</c>.</param>
public sealed class SerilogWorkspaceObserver(ILogger log) : IWorkspaceObserver
{
    private readonly WorkspaceLogObserver _observer = new(new SerilogLoggerProvider(log ?? throw new ArgumentNullException(nameof(log))).CreateLogger(MemoryLog.Category));

    /// <inheritdoc/>
    public void OnFinding(Finding finding) => _observer.OnFinding(finding);

    /// <inheritdoc/>
    public void OnPlan(PlanReport plan) => _observer.OnPlan(plan);

    /// <inheritdoc/>
    public void OnIrregularPass(in PassReport pass) => _observer.OnIrregularPass(pass);
}
