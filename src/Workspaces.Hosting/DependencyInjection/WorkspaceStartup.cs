using Microsoft.Extensions.Hosting;

namespace Workspaces.Hosting.DependencyInjection;

/// <summary>Makes the workspaces when the program starts, so that what is wrong shows then, and not at the first request.</summary>
internal sealed class WorkspaceStartup(WorkspaceHost host) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = host.Manager;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
