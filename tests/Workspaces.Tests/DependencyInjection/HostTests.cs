using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Workspaces.Hosting.DependencyInjection;
using Workspaces.Hosting.Top;
using Workspaces.Memory;
using Workspaces.Memory.Tracking;
using Workspaces.Tests.Configuration;
using Workspaces.Tests.IO;
using Workspaces.Tests.Telemetry;

namespace Workspaces.Tests.DependencyInjection;

/// <summary>Workspaces in a container, and the same without one. Health looks at the whole process.</summary>
[Collection(nameof(AloneCollection))]
public sealed class HostTests
{
    private const string Json = """
        {
          "Workspaces": {
            "Manager": { "MemoryLimit": "64 MiB", "MaxWorkspaces": 8 },
            "Defaults": { "UseCycleDetector": false },
            "step": { "MaxSize": "1 MiB" },
            "serve": { "InitialSize": "64 KiB" }
          },
          "WorkspacePools": { "serve": 2 }
        }
        """;

    [Fact]
    public void A_container_gives_manager_configurations_pools_and_leases_by_name()
    {
        using ServiceProvider provider = Provider(Json);
        var manager = provider.GetRequiredService<WorkspaceManager>();
        var pool = provider.GetRequiredKeyedService<WorkspacePool>("serve");

        Assert.Same(manager, provider.GetRequiredService<WorkspaceHost>().Manager);
        Assert.Equal(64 << 20, manager.Configuration.MemoryLimit);
        Assert.Equal((1L << 20, false), (provider.GetRequiredKeyedService<WorkspaceConfiguration>("step").MaxSize, provider.GetRequiredKeyedService<WorkspaceConfiguration>("STEP").UseCycleDetector));
        Assert.Equal((2, manager), (pool.Capacity, pool.Manager));
        Assert.Same(pool, provider.GetRequiredKeyedService<WorkspacePool>("serve"));
        Assert.Equal(Math.Min(Environment.ProcessorCount, 8), provider.GetRequiredKeyedService<WorkspacePool>("step").Capacity);
    }

    [Fact]
    public void A_scope_has_a_workspace_of_its_own_and_gives_it_back()
    {
        using ServiceProvider provider = Provider(Json);
        var pool = provider.GetRequiredKeyedService<WorkspacePool>("serve");
        Workspace first;
        using (IServiceScope scope = provider.CreateScope(), other = provider.CreateScope())
        {
            var handler = scope.ServiceProvider.GetRequiredService<Handler>();
            first = handler.Workspace;
            Assert.Same(first, scope.ServiceProvider.GetRequiredKeyedService<Workspace>("serve"));
            Assert.NotSame(first, other.ServiceProvider.GetRequiredKeyedService<Workspace>("serve"));
            Watched.Pass(first, 1000);
            Assert.Equal(2, pool.Rented);
        }

        Assert.Equal(0, pool.Rented);
        using (IServiceScope scope = provider.CreateScope()) Watched.Pass(scope.ServiceProvider.GetRequiredKeyedService<Workspace>("serve"), 1000);
        Assert.Equal(0, pool.Rented);
        Assert.Equal(0, pool.Manager.Leaks.LiveWorkspaces);
    }

    [Fact]
    public void Scopes_may_end_in_any_order_and_disposing_a_workspace_oneself_does_no_harm()
    {
        using ServiceProvider provider = Provider(Json);
        var pool = provider.GetRequiredKeyedService<WorkspacePool>("serve");
        for (int round = 0; round < 20; round++)
        {
            IServiceScope a = provider.CreateScope(), b = provider.CreateScope();
            a.ServiceProvider.GetRequiredKeyedService<Workspace>("serve").Dispose();
            Watched.Pass(b.ServiceProvider.GetRequiredKeyedService<Workspace>("serve"), 1000);
            a.Dispose();
            Watched.Pass(b.ServiceProvider.GetRequiredKeyedService<Workspace>("serve"), 1000);
            b.Dispose();
            Assert.Equal(0, pool.Rented);
        }
    }

    [Theory]
    [InlineData("stpe")]
    [InlineData("Manager")]
    public void A_name_that_is_not_configured_is_refused_with_those_that_are(string name)
    {
        using ServiceProvider provider = Provider(Json);
        var error = Assert.Throws<WorkspaceException>(() => provider.GetRequiredKeyedService<WorkspacePool>(name));
        Assert.Contains("serve, step", error.Message, StringComparison.Ordinal);
        Assert.Contains($"Workspaces:{name}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_no_name_is_refused()
    {
        using ServiceProvider provider = Provider(Json);
        Assert.Contains("the key is a Int32", Assert.Throws<WorkspaceException>(() => provider.GetRequiredKeyedService<WorkspacePool>(7)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_with_a_wrong_configuration_does_not_start_and_hears_of_everything_at_once()
    {
        const string wrong = """
            {
              "Workspaces": { "Manager": { "MaxWorkspaces": -1 }, "step": { "InitialSize": "2 MiB", "MaxSize": "1 MiB", "PolicySpil": "Fail" } },
              "WorkspacePools": { "serve": "many" },
              "WorkspaceTop": { "Enabled": "perhaps" }
            }
            """;
        using IHost host = Build(wrong);
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.All(
            ["Workspaces:Manager:MaxWorkspaces", "Workspaces:step:PolicySpil", "WorkspacePools:serve", "WorkspaceTop:Enabled"],
            path => Assert.Contains(error.Failures, failure => failure.StartsWith(path + ":", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_code_sets_is_checked_as_well()
    {
        using ServiceProvider provider = Provider(Json, static options =>
        {
            options.Pools["serve"] = 0;
            options.Pools["step"] = 9;
            options.Pools["nobody"] = 1;
            options.Workspaces["other"] = new() { Name = "another" };
        });
        var error = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<WorkspaceManager>());

        Assert.Equal(["WorkspacePools:nobody", "WorkspacePools:serve", "WorkspacePools:step", "Workspaces:other"], error.Failures.Select(static failure => string.Join(':', failure.Split(':')[..2])).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_host_starts_serves_and_ends_with_no_memory_left()
    {
        WorkspaceManager manager;
        using (IHost host = Build(Json))
        {
            await host.StartAsync();
            manager = host.Services.GetRequiredService<WorkspaceManager>();
            using (IServiceScope scope = host.Services.CreateScope()) Watched.Pass(scope.ServiceProvider.GetRequiredKeyedService<Workspace>("serve"), 1000);
            Assert.Equal(HealthStatus.Healthy, (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status);
            await host.StopAsync();
        }

        Assert.Equal(0, manager.Memory.Committed);
        Assert.DoesNotContain(manager.Findings, static finding => finding.Severity == FindingSeverity.Warning);
    }

    [Fact]
    public async Task Health_is_degraded_while_it_spills_and_well_again_after()
    {
        using IHost host = Build(Json);
        var checks = host.Services.GetRequiredService<HealthCheckService>();
        var workspaces = host.Services.GetRequiredService<WorkspaceHost>();
        await checks.CheckHealthAsync(); // of the process before
        using (Workspace workspace = workspaces.Lease("step")) Watched.Pass(workspace, 4 << 20);
        HealthReportEntry spilled = (await checks.CheckHealthAsync()).Entries["workspaces"];

        Assert.Equal(HealthStatus.Degraded, spilled.Status);
        Assert.Contains($"{4 << 20} bytes were spilled", spilled.Description, StringComparison.Ordinal);
        Assert.Equal(HealthStatus.Healthy, (await checks.CheckHealthAsync()).Status);
    }

    [Fact]
    public void Health_sees_a_full_budget_and_leaks()
    {
        using WorkspaceHost host = WorkspaceHost.Create(TestJson.Root(Json));
        Assert.True(host.CheckHealth() is { Leaks: 0, BudgetLimitBytes: 64 << 20 });
        using (Workspace workspace = host.Lease("serve"))
        {
            using Block block = workspace.MemoryManager.Allocate(62 << 20);
            Assert.Contains(host.CheckHealth().Problems, static problem => problem.Contains("lower the MaxSize of 'serve'", StringComparison.Ordinal));
            workspace.Enter(); // never left
        }

        WorkspaceHealth health = host.CheckHealth();
        Assert.False(health.IsHealthy);
        Assert.Equal(1, health.Leaks);
        Assert.Contains(health.Problems, static problem => problem.Contains("WSF001", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_a_container_it_is_the_same()
    {
        using WorkspaceHost host = WorkspaceHost.Create(TestJson.Root(Json));
        using (WorkspaceLease lease = host.GetPool("serve").Rent()) Watched.Pass(lease.Workspace, 1000);
        Assert.Null(host.TopSocket);
        Assert.Throws<ConfigurationException>(() => WorkspaceHost.Create(TestJson.Root("""{ "Workspaces": { "step": { "Max": 1 } } }""")));
        host.Dispose();
        Assert.Throws<ObjectDisposedException>(() => host.GetPool("serve"));
    }

    [Fact]
    public async Task A_host_that_is_told_to_can_be_attached_to()
    {
        using var folder = new TemporaryFolder();
        string place = Path.Combine(folder.Path, "host.sock");
        using (WorkspaceHost host = WorkspaceHost.Create(TestJson.Root($$"""{ "WorkspaceTop": { "Enabled": true, "Socket": "{{place}}" } }""")))
        {
            Assert.Equal(place, host.TopSocket);
            using TopClient client = TopClient.Connect(place);
            Assert.Equal(Environment.ProcessId, (await client.ReadAsync())!.Pid);
            using WorkspaceHost second = WorkspaceHost.Create(TestJson.Root($$"""{ "WorkspaceTop": { "Enabled": true, "Socket": "{{place}}" } }"""));
            Assert.Null(second.TopSocket); // logged, and no reason to fail
        }

        Assert.False(Path.Exists(place));
    }

    [Fact]
    public void Adding_twice_changes_nothing()
    {
        var services = new ServiceCollection();
        IConfiguration configuration = TestJson.Root(Json);
        using ServiceProvider provider = services.AddWorkspaces(configuration).AddWorkspaces(configuration).BuildServiceProvider();
        Assert.Single(provider.GetServices<WorkspaceHost>());
        Assert.Single(provider.GetServices<IHostedService>());
    }

    private static ServiceProvider Provider(string json, Action<WorkspaceHostOptions>? configure = null) =>
        new ServiceCollection().AddWorkspaces(TestJson.Root(json), configure).AddScoped<Handler>().BuildServiceProvider(validateScopes: true);

    private static IHost Build(string json)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddWorkspaces(TestJson.Root(json)).AddHealthChecks().AddWorkspaces();
        return builder.Build();
    }

    private sealed class Handler([FromKeyedServices("serve")] Workspace workspace)
    {
        internal Workspace Workspace { get; } = workspace;
    }
}
