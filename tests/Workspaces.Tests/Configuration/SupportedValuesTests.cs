using Workspaces.Memory;

namespace Workspaces.Tests.Configuration;

/// <summary>A row moves from one list to the other when its behaviour is built.</summary>
public class SupportedValuesTests
{
    public static TheoryData<string, WorkspaceConfiguration> ToCome => new()
    {
        { "UseCycleDetector", new() { UseCycleDetector = true } },
    };

    public static TheoryData<WorkspaceConfiguration> Built => new()
    {
        new WorkspaceConfiguration { PolicyAllocation = AllocationPolicy.Strict },
        new WorkspaceConfiguration { PolicyAllocation = AllocationPolicy.Overallocate },
        new WorkspaceConfiguration { PolicyAllocation = AllocationPolicy.Always },
        new WorkspaceConfiguration { PolicyLearning = LearningPolicy.FirstLoop },
        new WorkspaceConfiguration { PolicyLearning = LearningPolicy.None, InitialSize = 4096 },
        new WorkspaceConfiguration { PolicyLearning = LearningPolicy.OverTime },
        new WorkspaceConfiguration { PolicySpill = SpillPolicy.Fail },
        new WorkspaceConfiguration { PolicySpill = SpillPolicy.Reallocate },
        new WorkspaceConfiguration { PolicySpill = SpillPolicy.External },
        new WorkspaceConfiguration { PolicyMirroring = MirroringPolicy.Disabled },
        new WorkspaceConfiguration { PolicyMirroring = MirroringPolicy.HostOnly },
        new WorkspaceConfiguration { PolicyMirroring = MirroringPolicy.Full },
        new WorkspaceConfiguration { PolicyReset = ResetPolicy.BlockLeft },
        new WorkspaceConfiguration { PolicyReset = ResetPolicy.EndOfBufferReached, StepsNumber = 1024 },
        new WorkspaceConfiguration { PolicyLocation = LocationPolicy.Ram },
        new WorkspaceConfiguration { PolicyLocation = LocationPolicy.Mmap, TempFilePath = "arena.bin" },
        new WorkspaceConfiguration { UseCycleDetector = false },
        new WorkspaceConfiguration { WorkspaceMode = WorkspaceMode.None },
        new WorkspaceConfiguration { WorkspaceMode = WorkspaceMode.Single },
        new WorkspaceConfiguration { DebugMode = DebugMode.Disabled },
        new WorkspaceConfiguration { DebugMode = DebugMode.SpillEverything },
        new WorkspaceConfiguration { DebugMode = DebugMode.BypassEverything },
        new WorkspaceConfiguration { Checks = CheckMode.Off },
        new WorkspaceConfiguration { Checks = CheckMode.Span },
        new WorkspaceConfiguration { Checks = CheckMode.Element },
        new WorkspaceConfiguration { Checks = CheckMode.Protect },
        new WorkspaceConfiguration { Lifetimes = LifetimePolicy.Released },
        new WorkspaceConfiguration { Lifetimes = LifetimePolicy.LastUse },
        new WorkspaceConfiguration { HelperAllowFallback = false, HelperMinSize = 0, MaxPlans = 1, TempBlockSize = 4096 },
    };

    [Theory]
    [MemberData(nameof(ToCome))]
    public void A_written_value_that_does_not_run_yet_is_the_only_problem(string key, WorkspaceConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var problem = Assert.Single((configuration with { Name = "step" }).Validate());

        Assert.Equal($"Workspaces:step:{key}", problem.Path);
        Assert.Contains("not built yet", problem.Asked, StringComparison.Ordinal);
        Assert.Contains("this version runs", problem.Numbers, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Built))]
    public void A_value_that_runs_is_accepted(WorkspaceConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        Assert.Empty(configuration.Validate());
    }

    [Fact]
    public void The_remedy_names_what_runs() =>
        Assert.Equal(
            "Write false, or leave the key out",
            Assert.Single(new WorkspaceConfiguration { UseCycleDetector = true }.Validate()).Remedy);

    [Fact]
    public void Defaults_to_come_are_replaced_and_described()
    {
        var defaults = new WorkspaceConfiguration();

        Assert.Equal(new WorkspaceConfiguration { UseCycleDetector = false }, defaults.ToEffective());
        Assert.Equal("UseCycleDetector true runs as false, no cycle is looked for", defaults.DescribeStandIns());
    }

    [Fact]
    public void Nothing_is_replaced_when_everything_runs()
    {
        var written = new WorkspaceConfiguration { PolicySpill = SpillPolicy.Fail, UseCycleDetector = false };

        Assert.Same(written, written.ToEffective());
        Assert.Null(written.DescribeStandIns());
    }
}
