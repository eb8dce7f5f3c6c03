using Workspaces.Memory;

namespace Workspaces.Tests.Configuration;

/// <summary>Every value of every key runs; one that does not yet would be missing here and refused.</summary>
public class SupportedValuesTests
{
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
        new WorkspaceConfiguration { UseCycleDetector = true },
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
    [MemberData(nameof(Built))]
    public void A_value_that_runs_is_accepted(WorkspaceConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        Assert.Empty(configuration.Validate());
    }

    [Fact]
    public void Every_default_runs()
    {
        var defaults = new WorkspaceConfiguration();

        Assert.Same(defaults, defaults.ToEffective());
        Assert.Null(defaults.DescribeStandIns());
    }

    [Fact]
    public void Nothing_is_replaced_when_everything_runs()
    {
        var written = new WorkspaceConfiguration { PolicySpill = SpillPolicy.Fail, UseCycleDetector = false };

        Assert.Same(written, written.ToEffective());
        Assert.Null(written.DescribeStandIns());
    }
}
