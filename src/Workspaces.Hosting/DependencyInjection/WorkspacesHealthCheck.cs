using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Workspaces.Hosting.DependencyInjection;

/// <summary>Tells health endpoints what <see cref="WorkspaceHost.CheckHealth"/> finds: degraded (or what the registration says) when anything is wrong.</summary>
internal sealed class WorkspacesHealthCheck(WorkspaceHost host) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        WorkspaceHealth health = host.CheckHealth();
        var data = new Dictionary<string, object>
        {
            ["committed_bytes"] = health.CommittedBytes,
            ["budget_used_bytes"] = health.BudgetUsedBytes,
            ["budget_limit_bytes"] = health.BudgetLimitBytes,
            ["spilled_bytes"] = health.SpilledBytes,
            ["leases"] = health.Leases,
            ["leaks"] = health.Leaks,
        };
        return Task.FromResult(health.IsHealthy
            ? HealthCheckResult.Healthy("workspaces are as they should be", data)
            : new HealthCheckResult(context.Registration.FailureStatus, string.Join("; ", health.Problems), data: data));
    }
}
