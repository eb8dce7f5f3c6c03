using Workspaces.Memory;

namespace Workspaces.Tests.Configuration;

/// <summary>Every value of every key runs.</summary>
public class EveryValueTests
{
    public static TheoryData<WorkspaceConfiguration> Values => new()
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
    [MemberData(nameof(Values))]
    public void Every_value_is_accepted(WorkspaceConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        Assert.Empty(configuration.Validate());
    }
}
