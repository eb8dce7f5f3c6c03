using Microsoft.Extensions.Configuration;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;

namespace Workspaces.Tests.Configuration;

public class WorkspaceConfigurationExtensionsTests
{
    public static TheoryData<string, string, object> EveryKey => new()
    {
        { "InitialSize", "64 MiB", 64L << 20 },
        { "MinSize", "4096", 4096L },
        { "MaxSize", "1.5GiB", 3L << 29 },
        { "PolicyAllocation", "strict", AllocationPolicy.Strict },
        { "PolicyLearning", "FirstLoop", LearningPolicy.Optimized },
        { "PolicySpill", "Fail", SpillPolicy.Fail },
        { "PolicyMirroring", "Disabled", MirroringPolicy.Disabled },
        { "PolicyReset", "BlockLeft", ResetPolicy.BlockLeft },
        { "PolicyLocation", "RAM", LocationPolicy.Ram },
        { "TempBlockSize", "2 MiB", 2L << 20 },
        { "UseCycleDetector", "False", false },
        { "UseCycleDetector", "true", true },
        { "WorkspaceMode", "None", WorkspaceMode.None },
        { "HelperAllowFallback", "false", false },
        { "HelperMinSize", "1 KiB", 1024L },
        { "DebugMode", "Disabled", DebugMode.Disabled },
        { "Checks", "Span", CheckMode.Span },
        { "Lifetimes", "Released", LifetimePolicy.Released },
        { "MaxPlans", "3", 3 },
    };

    public static TheoryData<string, string, string> EveryWrongValue => new()
    {
        { "InitialSize", "large", "digit" },
        { "MinSize", "-1", "negative" },
        { "MaxSize", "64 M", "ambiguous" },
        { "OverallocationLimit", "NaN", "finite" },
        { "OverallocationLimit", "0.5", "PolicyAllocation = Overallocate" },
        { "PolicyAllocation", "Loose", "Strict, Overallocate, Always" },
        { "PolicyLearning", "Never", "None, Optimized (alias FirstLoop), Training (alias OverTime)" },
        { "PolicySpill", "Disk", "Fail, Reallocate, External" },
        { "PolicyMirroring", "Both", "Disabled, HostOnly, Enabled (alias Full)" },
        { "PolicyReset", "0", "BlockLeft, EndOfBufferReached" },
        { "PolicyLocation", "Disk", "Ram, Mmap" },
        { "TempFilePath", " ", "at least one character" },
        { "CyclesBeforeInitialization", "two", "whole number" },
        { "CyclesBeforeInitialization", "2", "PolicyLearning = Training" },
        { "StepsNumber", "3", "PolicyReset = EndOfBufferReached" },
        { "TempBlockSize", "12", "4 KiB" },
        { "UseCycleDetector", "maybe", "true, false" },
        { "WorkspaceMode", "Off", "Enabled, Single, None" },
        { "HelperAllowFallback", "1", "true, false" },
        { "HelperMinSize", "", "empty" },
        { "DebugMode", "On", "Disabled, SpillEverything, BypassEverything" },
        { "Checks", "All", "Off, Span, Element, Protect" },
        { "Lifetimes", "Longest", "Released, LastUse" },
        { "MaxPlans", "0", "1 or more" },
        { "Name", "other", "name of the workspace" },
        { "PolicySpil", "Fail", "Did you mean PolicySpill?" },
        { "Colour", "red", "no such key" },
    };

    [Theory]
    [MemberData(nameof(EveryKey))]
    public void Every_key_is_bound(string key, string text, object expected)
    {
        var workspace = From(($"Workspaces:step:{key}", text)).GetWorkspace("step");

        Assert.Equal("step", workspace.Name);
        Assert.True(workspace.IsWritten(key));
        Assert.Equal(expected, typeof(WorkspaceConfiguration).GetProperty(key)!.GetValue(workspace));
    }

    [Theory]
    [MemberData(nameof(EveryWrongValue))]
    public void Every_wrong_value_names_its_full_path(string key, string text, string reason)
    {
        var error = Assert.Throws<ConfigurationException>(() => From(($"Workspaces:step:{key}", text)).GetWorkspace("step"));

        Assert.Equal($"Workspaces:step:{key}", Assert.Single(error.Problems).Path);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_key_of_the_documentation_is_a_key_of_the_type()
    {
        var tested = EveryKey.Select(row => (string)row[0]).Concat(EveryWrongValue.Select(row => (string)row[0]));
        var keys = typeof(WorkspaceConfiguration).GetProperties().Where(p => p.SetMethod is not null).Select(p => p.Name);

        Assert.Empty(keys.Except(tested));
    }

    [Fact]
    public void Nothing_written_gives_the_defaults()
    {
        Assert.Equal(new WorkspaceConfiguration { Name = "step" }, From().GetWorkspace("step"));
        var empty = TestJson.Root("""{ "Workspaces": { "step": {} } }""");
        Assert.Equal(new WorkspaceConfiguration { Name = "step" }, empty.GetWorkspace("step"));
        Assert.Equal(new WorkspaceManagerConfiguration(), From().GetWorkspaceManager());
    }

    [Fact]
    public void The_workspace_goes_over_the_defaults()
    {
        var configuration = TestJson.Root("""
            { "Workspaces": { "Defaults": { "MaxSize": "1 GiB", "MaxPlans": 4 }, "step": { "MaxSize": "64 MiB" }, "data": {} } }
            """);

        var step = configuration.GetWorkspace("step");
        Assert.Equal((64L << 20, 4), (step.MaxSize, step.MaxPlans));
        Assert.Equal(1L << 30, configuration.GetWorkspace("data").MaxSize);
        Assert.Equal(1L << 30, configuration.GetWorkspace("other").MaxSize);
    }

    [Fact]
    public void Names_and_keys_compare_without_case()
    {
        var configuration = TestJson.Root("""{ "workspaces": { "STEP": { "maxsize": "1 KiB" }, "defaults": { "MAXPLANS": 2 } } }""");
        var step = configuration.GetWorkspace("Step");

        Assert.Equal((1024L, 2), (step.MaxSize, step.MaxPlans));
    }

    [Fact]
    public void A_problem_of_the_defaults_is_said_of_the_defaults()
    {
        var configuration = TestJson.Root("""
            { "Workspaces": { "Defaults": { "MaxPlans": 0, "Checks": "Never", "Typo": 1 }, "step": {}, "data": {} } }
            """);

        string[] expected = ["Workspaces:Defaults:Checks", "Workspaces:Defaults:MaxPlans", "Workspaces:Defaults:Typo"];
        Assert.Equal(expected, Paths(() => configuration.GetWorkspace("step")).Order(StringComparer.Ordinal));
        Assert.Equal(expected, Paths(() => configuration.GetWorkspaces()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_idle_key_is_no_problem_when_it_is_inherited()
    {
        var configuration = TestJson.Root("""{ "Workspaces": { "Defaults": { "StepsNumber": 4, "MaxPlans": 3 }, "step": { "MaxSize": 4096 } } }""");

        WorkspaceConfiguration step = configuration.GetWorkspace("step");

        // Whoever opens the workspace checks again, and does not know what was inherited.
        step.ThrowIfInvalid();
        Assert.Equal((new WorkspaceConfiguration().StepsNumber, 3, 4096), (step.StepsNumber, step.MaxPlans, step.MaxSize));
    }

    [Fact]
    public void An_unreadable_policy_does_not_make_its_partner_a_problem() => Assert.Equal(
        ["Workspaces:step:PolicyLearning"],
        Paths(() => From(("Workspaces:step:PolicyLearning", "Trainig"), ("Workspaces:step:CyclesBeforeInitialization", "2"))
            .GetWorkspace("step")));

    [Fact]
    public void Everything_is_said_at_once()
    {
        var configuration = TestJson.Root("""
            { "Workspaces": { "step": { "MinSize": "2 MiB", "MaxSize": "1 MiB", "PolicySpill": "Never", "MaxPlans": 0, "Foo": {} } } }
            """);

        Assert.Equal(
            ["Workspaces:step:Foo", "Workspaces:step:PolicySpill", "Workspaces:step:MinSize", "Workspaces:step:MaxPlans"],
            Paths(() => configuration.GetWorkspace("step")));
    }

    [Theory]
    [InlineData("Manager")]
    [InlineData("defaults")]
    [InlineData("")]
    [InlineData("a:b")]
    [InlineData("step:MaxSize")]
    public void Names_that_are_no_workspace_are_refused(string name)
    {
        var configuration = From(("Workspaces:step:MaxSize", "1 MiB"), ("Workspaces:Manager:MaxWorkspaces", "2"));

        Assert.Single(Assert.Throws<ConfigurationException>(() => configuration.GetWorkspace(name)).Problems);
    }

    [Fact]
    public void A_key_without_a_workspace_is_refused()
    {
        Assert.Equal(["Workspaces:MaxSize"], Paths(() => From(("Workspaces:MaxSize", "1 MiB")).GetWorkspace("step")));
        Assert.Equal(["Workspaces"], Paths(() => From(("Workspaces", "on")).GetWorkspaceManager()));
    }

    [Fact]
    public void The_manager_is_bound()
    {
        var manager = TestJson.Root("""
            { "Workspaces": { "Manager": { "WorkspaceMode": "None", "MaxWorkspaces": 8 } } }
            """).GetWorkspaceManager();

        Assert.Equal(new WorkspaceManagerConfiguration { WorkspaceMode = WorkspaceMode.None, MaxWorkspaces = 8 }, manager);
    }

    [Fact]
    public void Limits_of_the_process_are_bound()
    {
        var manager = TestJson.Root("""
            { "Workspaces": { "Manager": { "MemoryLimit": "2 GiB", "Quotas": { "step": "1 GiB" }, "TrimSeconds": 5, "TrimPressure": 0.75 } } }
            """).GetWorkspaceManager();

        Assert.Equal((2L << 30, 5, 0.75), (manager.MemoryLimit, manager.TrimSeconds, manager.TrimPressure));
        Assert.Equal(1L << 30, manager.Quotas["STEP"]);
    }

    [Fact]
    public void Everything_wrong_with_the_manager_is_said_at_once()
    {
        var configuration = TestJson.Root("""
            { "Workspaces": { "Manager": {
                "DebugMode": "Loud", "MemoryLimit": "1 MiB", "MaxWorkspaces": -1, "Quotas": { "step": "2 MiB" }, "X": 1 } } }
            """);

        Assert.Equal(
            [
                "Workspaces:Manager:DebugMode", "Workspaces:Manager:MaxWorkspaces", "Workspaces:Manager:Quotas:step",
                "Workspaces:Manager:X",
            ],
            Paths(() => configuration.GetWorkspaceManager()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void All_workspaces_are_read_together()
    {
        var configuration = TestJson.Root("""
            { "Workspaces": { "Manager": {}, "Defaults": { "MaxPlans": 2 }, "step": {}, "data": { "MaxPlans": 3 } } }
            """);

        Assert.Equal([("data", 3), ("step", 2)], configuration.GetWorkspaces().Select(w => (w.Name!, w.MaxPlans)));
        Assert.Equal(
            ["Workspaces:Manager:A", "Workspaces:data:C", "Workspaces:step:B"],
            Paths(() => From(("Workspaces:step:B", "1"), ("Workspaces:data:C", "1"), ("Workspaces:Manager:A", "1")).GetWorkspaces())
                .Order(StringComparer.Ordinal));
    }

    private static IConfiguration From(params (string Key, string Value)[] values) => new ConfigurationBuilder()
        .AddInMemoryCollection(values.Select(value => new KeyValuePair<string, string?>(value.Key, value.Value))).Build();

    private static IEnumerable<string> Paths(Func<object> read) =>
        Assert.Throws<ConfigurationException>(read).Problems.Select(problem => problem.Path);
}
