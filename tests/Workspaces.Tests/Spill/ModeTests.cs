using Workspaces.Memory;
using Workspaces.Memory.Allocators;
using Workspaces.Memory.Configuration;
using Workspaces.Memory.Tracking;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.IO;
using Workspaces.Tests.Memory;

namespace Workspaces.Tests.Spill;

/// <summary><c>DebugMode</c>, <c>WorkspaceMode: Single</c> and <c>PolicyMirroring: Enabled</c>.</summary>
public sealed class ModeTests
{
    private const long Kibi = 1 << 10;

    [Theory]
    [InlineData(SpillPolicy.External, false)]
    [InlineData(SpillPolicy.External, true)]
    [InlineData(SpillPolicy.Reallocate, false)]
    [InlineData(SpillPolicy.Reallocate, true)]
    public void SpillEverything_uses_no_byte_of_the_arena_and_learns_nothing(SpillPolicy policy, bool wholeManager)
    {
        using var manager = new WorkspaceManager(wholeManager ? new() { DebugMode = DebugMode.SpillEverything } : null);
        WorkspaceConfiguration configuration = new() { Name = "step", PolicySpill = policy };
        using Workspace workspace = manager.Lease(wholeManager ? configuration : configuration with { DebugMode = DebugMode.SpillEverything });
        for (int i = 0; i < 3; i++)
        {
            using (workspace.Enter())
            {
                SpillBooks.AssertKept(SpillBooks.Fill(workspace, 1000, 0, 100 * Kibi));
                Assert.Equal((0, 0), (workspace.Memory.Committed, workspace.PeakBytes));
                Assert.True(workspace.Memory.External >= 100 * Kibi);
            }

            Assert.Equal(0, workspace.Memory.External);
            Assert.Equal((i + 1) * (1024 + (100 * Kibi)), workspace.SpilledBytes);
        }

        Assert.Equal((WorkspaceState.Learning, 0L), (workspace.State, workspace.PlansMade));
    }

    [Fact]
    public void SpillEverything_that_may_not_spill_is_refused_at_creation_from_either_side()
    {
        using var manager = new WorkspaceManager(new() { DebugMode = DebugMode.SpillEverything });
        var error = Assert.Throws<ConfigurationException>(() => manager.Lease(new() { Name = "step", PolicySpill = SpillPolicy.Fail }));
        Assert.Contains("every request would throw", error.Message, StringComparison.Ordinal);
        using Workspace other = manager.Lease(new() { Name = "step" }); // the name is free still
        Assert.True(other.MemoryManager.Allocate(1).IsAlive);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void BypassEverything_gives_every_request_memory_of_its_own(bool wholeManager)
    {
        var statistics = new StatisticsAllocator(new NativeAllocator());
        using var manager = new WorkspaceManager(wholeManager ? new() { DebugMode = DebugMode.BypassEverything } : null, statistics);
        WorkspaceConfiguration configuration = new() { Name = "step" };
        using Workspace workspace = manager.Lease(wholeManager ? configuration : configuration with { DebugMode = DebugMode.BypassEverything });
        using (workspace.Enter())
        {
            SpillBooks.AssertKept(SpillBooks.Fill(workspace, 1000, 5000));
            Assert.Equal((2L, 0L), ((long)statistics.Statistics.LiveCount, workspace.Memory.Committed));
        }

        Assert.Equal(0, statistics.Statistics.LiveCount);
    }

    [Fact]
    public void Every_mode_computes_the_same_bits()
    {
        static float[] Compute(WorkspaceConfiguration configuration, WorkspaceManagerConfiguration? all = null)
        {
            using var manager = new WorkspaceManager(all);
            using Workspace workspace = manager.Lease(configuration with { Name = "step" });
            float[] result = [];
            for (int i = 0; i < 4; i++)
            {
                using Pass pass = workspace.Enter();
                Tensor x = Tensor.Arange(0, 4096).Reshape([64, 64]);
                for (int k = 0; k < 5; k++) x = (x * 0.5) + Tensor.Ones([64, 64]);
                result = x.ToArray<float>();
            }

            return result;
        }

        using var folder = new TemporaryFolder();
        float[] expected = Compute(new());
        Assert.Equal(expected, Compute(new() { DebugMode = DebugMode.SpillEverything }));
        Assert.Equal(expected, Compute(new() { DebugMode = DebugMode.SpillEverything, PolicySpill = SpillPolicy.Reallocate }));
        Assert.Equal(expected, Compute(new() { DebugMode = DebugMode.BypassEverything }));
        Assert.Equal(expected, Compute(new() { WorkspaceMode = WorkspaceMode.Single }));
        Assert.Equal(expected, Compute(new() { MaxSize = 40_000 }));
        Assert.Equal(expected, Compute(new() { PolicyLocation = LocationPolicy.Mmap, TempFilePath = Path.Combine(folder.Path, "mode.ws") }));
        Assert.Equal(expected, Compute(new(), new() { WorkspaceMode = WorkspaceMode.Single, DebugMode = DebugMode.SpillEverything }));
    }

    [Fact]
    public void In_mode_Single_names_that_are_open_in_turn_share_one_arena()
    {
        using var manager = new WorkspaceManager(new() { WorkspaceMode = WorkspaceMode.Single });
        long committed = 0;
        foreach (string name in (string[])["a", "b", "c"])
        {
            using Workspace workspace = manager.Lease(new() { Name = name });
            using (workspace.Enter()) SpillBooks.AssertKept(SpillBooks.Fill(workspace, 300 * Kibi, 300 * Kibi));
            if (committed == 0) committed = manager.Memory.Committed;
            Assert.Equal(committed, manager.Memory.Committed);
            Assert.Single(workspace.Arenas.Arenas);
        }

        Assert.True(committed > 600 * Kibi);
        manager.Destroy("a");
        manager.Destroy("b");
        Assert.Equal(committed, manager.Memory.Committed);
        manager.Destroy("c"); // the last one takes the memory along
        Assert.Equal(0, manager.Memory.Committed);
    }

    [Fact]
    public void In_mode_Single_names_that_are_open_at_once_share_the_cap_and_no_byte()
    {
        using var manager = new WorkspaceManager(new() { WorkspaceMode = WorkspaceMode.Single });
        using Workspace outer = manager.Lease(new() { Name = "a", MaxSize = 512 * Kibi, PolicySpill = SpillPolicy.Fail });
        List<RawBlock> kept = SpillBooks.Fill(outer, 300 * Kibi);
        using (Workspace inner = manager.Lease(new() { Name = "b", MaxSize = 512 * Kibi, PolicySpill = SpillPolicy.Fail }))
        {
            SpillBooks.AssertKept(SpillBooks.Fill(inner, 200 * Kibi));
            Assert.Throws<OutOfWorkspaceException>(() => SpillBooks.Fill(inner, 100 * Kibi));
            Assert.Equal(inner.Memory, outer.Memory);
            Assert.Equal(outer.Memory.Committed, manager.Memory.Committed);
        }

        SpillBooks.AssertKept(kept);
        var error = Assert.Throws<WorkspaceException>(() => manager.Lease(new() { Name = "c", MaxSize = 1024 * Kibi, PolicySpill = SpillPolicy.Fail }));
        Assert.Contains("MaxSize", error.Numbers, StringComparison.Ordinal);
    }

    [Fact]
    public void Mirroring_without_a_device_runs_as_HostOnly_and_says_so_once()
    {
        using var manager = new WorkspaceManager();
        for (int i = 0; i < 2; i++)
        {
            using Workspace workspace = manager.Lease(new() { Name = "step", PolicyMirroring = MirroringPolicy.Full });
            using (workspace.Enter()) SpillBooks.AssertKept(SpillBooks.Fill(workspace, 1000));
        }

        Finding finding = Assert.Single(manager.Findings, static finding => finding.Code == FindingCodes.NoDevice);
        Assert.Equal((FindingSeverity.Information, "step"), (finding.Severity, finding.Workspace));
        Assert.Contains("HostOnly", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Mirroring_that_may_not_fall_back_is_an_error_at_creation()
    {
        using var manager = new WorkspaceManager();
        var error = Assert.Throws<ConfigurationException>(
            () => manager.Lease(new() { Name = "step", PolicyMirroring = MirroringPolicy.Enabled, HelperAllowFallback = false }));
        Assert.Contains("Workspaces:step:PolicyMirroring", error.Message, StringComparison.Ordinal);
        Assert.Contains("HelperAllowFallback", error.Message, StringComparison.Ordinal);
        Assert.Contains("HostOnly", error.Message, StringComparison.Ordinal);
    }
}
