using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;

namespace Workspaces.Hosting.DependencyInjection;

/// <summary>Workspaces in a container.</summary>
public static class WorkspacesServiceCollectionExtensions
{
    /// <summary>
    /// Adds the workspaces of a configuration: <see cref="WorkspaceHost"/> and <see cref="WorkspaceManager"/> as singletons; by the name of a workspace as key,
    /// <see cref="WorkspaceConfiguration"/> and <see cref="WorkspacePool"/> as singletons, and <see cref="Workspace"/> for each scope, rented from the pool and given
    /// back with the scope. The configuration is checked when the program starts; all problems are told at once, with their paths.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">Has the sections <c>Workspaces</c>, <c>WorkspacePools</c> and <c>WorkspaceTop</c>, any of which may be missing.</param>
    /// <param name="configure">Changes what was read, or adds to it; null for nothing.</param>
    /// <returns>The services.</returns>
    /// <remarks>
    /// A scope that asks for a workspace while all of its name are rented waits for one, and keeps its thread. Who cannot have that takes the pool and awaits
    /// <see cref="WorkspacePool.RentAsync"/>.
    /// </remarks>
    [RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
    public static IServiceCollection AddWorkspaces(this IServiceCollection services, IConfiguration configuration, Action<WorkspaceHostOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        OptionsBuilder<WorkspaceHostOptions> options = services.AddOptions<WorkspaceHostOptions>().Configure(options => options.Bind(configuration));
        if (configure is not null) options.Configure(configure);
        options.ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WorkspaceHostOptions>, WorkspaceHostValidation>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, WorkspaceStartup>());
        services.TryAddSingleton(static provider =>
            new WorkspaceHost(provider.GetRequiredService<IOptions<WorkspaceHostOptions>>().Value, provider.GetService<ILoggerFactory>()));
        services.TryAddSingleton(static provider => provider.GetRequiredService<WorkspaceHost>().Manager);
        services.TryAddKeyedSingleton(KeyedService.AnyKey, static (provider, key) => provider.GetRequiredService<WorkspaceHost>().GetConfiguration(NameOf(key)));
        services.TryAddKeyedSingleton(KeyedService.AnyKey, static (provider, key) => provider.GetRequiredService<WorkspaceHost>().GetPool(NameOf(key)));
        services.TryAddKeyedScoped(KeyedService.AnyKey, static (provider, key) => new ScopedLease(provider.GetRequiredService<WorkspaceHost>().GetPool(NameOf(key))));
        services.TryAddKeyedScoped(KeyedService.AnyKey, static (provider, key) => provider.GetRequiredKeyedService<ScopedLease>(key).Workspace);
        return services;
    }

    /// <summary>Adds a check that is degraded while workspaces spill, the budget is nearly used up, or leaks were found.</summary>
    /// <param name="checks">The health checks of a program that has called <see cref="AddWorkspaces(IServiceCollection, IConfiguration, Action{WorkspaceHostOptions}?)"/>.</param>
    /// <param name="name">Name of the check.</param>
    /// <param name="failureStatus">What it says when something is wrong.</param>
    /// <returns>The health checks.</returns>
    public static IHealthChecksBuilder AddWorkspaces(
        this IHealthChecksBuilder checks, string name = "workspaces", HealthStatus failureStatus = HealthStatus.Degraded)
    {
        ArgumentNullException.ThrowIfNull(checks);
        return checks.Add(new HealthCheckRegistration(
            name, static provider => new WorkspacesHealthCheck(provider.GetRequiredService<WorkspaceHost>()), failureStatus, tags: null));
    }

    private static string NameOf(object? key) => key as string ?? throw new WorkspaceException(
        "find a workspace", "a keyed service", $"the key is {(key is null ? "null" : $"a {key.GetType().Name}")}", "ask by the name of the workspace, a string");
}
