using Workspaces.Memory;

namespace Workspaces.Tests.Configuration;

public class WorkspaceManagerConfigurationTests
{
    [Fact]
    public void Defaults_limit_nothing_and_are_valid()
    {
        var defaults = new WorkspaceManagerConfiguration();

        Assert.Equal((0L, 0), (defaults.MemoryLimit, defaults.MaxWorkspaces));
        Assert.Equal((WorkspaceMode.Enabled, DebugMode.Disabled), (defaults.WorkspaceMode, defaults.DebugMode));
        Assert.Empty(defaults.Quotas);
        Assert.Empty(defaults.Validate());
    }

    [Fact]
    public void Quotas_are_copied_and_found_in_any_case()
    {
        var source = new Dictionary<string, long> { ["step"] = 10 };
        var manager = new WorkspaceManagerConfiguration { Quotas = source };
        source["step"] = 20;

        Assert.True(manager.TryGetQuota("STEP", out var bytes));
        Assert.Equal(10, bytes);
        Assert.False(manager.TryGetQuota("data", out _));
        Assert.Throws<ArgumentException>(() =>
            new WorkspaceManagerConfiguration { Quotas = new Dictionary<string, long> { ["a"] = 1, ["A"] = 2 } });
    }

    [Fact]
    public void Equality_compares_values_and_quotas()
    {
        var one = With(("step", 10), ("data", 20));

        Assert.Equal(one, With(("data", 20), ("STEP", 10)));
        Assert.Equal(one.GetHashCode(), With(("data", 20), ("step", 10)).GetHashCode());
        Assert.NotEqual(one, With(("step", 10)));
        Assert.NotEqual(one, With(("step", 10), ("data", 21)));
        Assert.NotEqual(one, With(("step", 10), ("other", 20)));
        Assert.NotEqual(one, one with { MemoryLimit = 1 });
        Assert.NotEqual(one, one with { MaxWorkspaces = 1 });
        Assert.NotEqual(one, one with { WorkspaceMode = WorkspaceMode.None });
        Assert.NotEqual(one, one with { DebugMode = DebugMode.SpillEverything });
        Assert.Equal(one, one with { });
    }

    [Fact]
    public void Comparing_makes_no_garbage()
    {
        var (one, other) = (With(("step", 10), ("data", 20)), With(("step", 10), ("data", 20)));
        var equal = one.Equals(other);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) equal &= one.Equals(other);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(equal);
    }

    [Fact]
    public void All_problems_are_found_at_once()
    {
        var manager = new WorkspaceManagerConfiguration
        {
            WorkspaceMode = (WorkspaceMode)9,
            DebugMode = (DebugMode)7,
            MemoryLimit = -1,
            MaxWorkspaces = -2,
            Quotas = new Dictionary<string, long> { ["step"] = -3, ["Defaults"] = 1 },
        };

        Assert.Equal(
            [
                "Workspaces:Manager:DebugMode", "Workspaces:Manager:MaxWorkspaces", "Workspaces:Manager:MemoryLimit",
                "Workspaces:Manager:Quotas:Defaults", "Workspaces:Manager:Quotas:step", "Workspaces:Manager:WorkspaceMode",
            ],
            manager.Validate().Select(problem => problem.Path).Order(StringComparer.Ordinal));
        Assert.Equal(6, Assert.Throws<ConfigurationException>(() => manager.ThrowIfInvalid()).Problems.Count);
    }

    [Fact]
    public void A_quota_cannot_be_above_the_limit_of_all()
    {
        var problem = Assert.Single((With(("step", 2 << 20)) with { MemoryLimit = 1 << 20 }).Validate("M"));

        Assert.Equal("M:Quotas:step", problem.Path);
        Assert.Contains("1 MiB", problem.Numbers, StringComparison.Ordinal);
    }

    [Fact]
    public void Modes_that_run_are_accepted() =>
        Assert.Empty(new WorkspaceManagerConfiguration { WorkspaceMode = WorkspaceMode.None, MaxWorkspaces = 1 }.Validate());

    private static WorkspaceManagerConfiguration With(params (string Name, long Bytes)[] quotas) =>
        new() { Quotas = quotas.ToDictionary(quota => quota.Name, quota => quota.Bytes) };
}
