using Workspaces.Memory;
using Workspaces.Memory.Tracking;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Parity;

/// <summary>How large a workspace becomes, when, and that it neither stays too small nor too large for good.</summary>
public sealed class LearningTests : IDisposable
{
    private const long Mebi = 1 << 20;
    private const long Granule = 2 * Mebi;
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    [InlineData(4.0)]
    public void Overallocate_commits_what_was_learned_and_its_head_room(double headRoom)
    {
        using Workspace workspace = _manager.Lease(new() { PolicyAllocation = AllocationPolicy.Overallocate, OverallocationLimit = headRoom });
        for (int i = 0; i < 3; i++) Pass(workspace, 8 * Mebi);
        long wanted = (long)(8 * Mebi * (1 + headRoom));
        Assert.InRange(workspace.Memory.Committed, wanted, wanted + Granule);
        for (int i = 0; i < 20; i++) Pass(workspace, 16 * Mebi); // the head-room is there after growing, too
        wanted *= 2;
        Assert.InRange(workspace.Memory.Committed, wanted, wanted + Granule);
    }

    [Theory]
    [InlineData(AllocationPolicy.Strict)]
    [InlineData(AllocationPolicy.Overallocate)]
    public void An_initial_size_is_what_it_says_and_does_not_stop_learning(AllocationPolicy policy)
    {
        using Workspace workspace = _manager.Lease(new() { InitialSize = Mebi, PolicyAllocation = policy });
        Assert.InRange(workspace.Memory.Committed, Mebi, Mebi + 8192);
        for (int i = 0; i < 4; i++) Pass(workspace, 4 * Mebi);
        Assert.Equal((WorkspaceState.Planned, 0L, 0L), (workspace.State, workspace.SpilledBytes, workspace.Memory.External));
        long calls = workspace.SystemCalls;
        for (int i = 0; i < 10; i++) Pass(workspace, 4 * Mebi);
        Assert.Equal(calls, workspace.SystemCalls);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(3, 4)]
    public void Learning_over_time_plans_after_the_passes_it_was_told_to_watch_and_goes_on(int cycles, int watched)
    {
        using Workspace workspace = _manager.Lease(new() { PolicyLearning = LearningPolicy.OverTime, CyclesBeforeInitialization = cycles });
        for (int i = 1; i <= watched; i++)
        {
            Assert.Equal(0, workspace.PlansMade);
            Pass(workspace, i * Mebi);
        }

        Pass(workspace, Mebi);
        Assert.Equal((WorkspaceState.Planned, 0L), (workspace.State, workspace.Deviations));
        for (int i = 0; i < 8; i++) Pass(workspace, 9 * Mebi);
        long deviations = workspace.Deviations, calls = workspace.SystemCalls;
        for (int i = 0; i < 8; i++) Pass(workspace, 9 * Mebi);
        Assert.Equal((deviations, calls, 0L), (workspace.Deviations, workspace.SystemCalls, workspace.SpilledBytes)); // it has grown
    }

    [Fact]
    public void The_trace_of_the_last_pass_tells_what_it_asked_for()
    {
        using Workspace workspace = _manager.Lease(new());
        for (int i = 1; i <= 100; i++)
        {
            using (workspace.Enter())
            {
                Tensor.Zeros([i, 10]);
                Tensor.Zeros([i], DType.F64);
            }

            PassTrace trace = workspace.LastTrace!;
            Assert.Equal([i * 40L, i * 8L], trace.Entries.ToArray().Select(static entry => entry.Bytes));
        }
    }

    [Theory]
    [InlineData(SpillPolicy.External)]
    [InlineData(SpillPolicy.Reallocate)]
    [InlineData(SpillPolicy.Fail)]
    public void One_pass_above_the_cap_does_not_make_later_ones_spill(SpillPolicy policy)
    {
        using Workspace workspace = _manager.Lease(new() { MaxSize = Mebi, PolicySpill = policy });
        if (policy == SpillPolicy.External) Pass(workspace, 2 * Mebi);
        else Assert.Throws<OutOfWorkspaceException>(() => Pass(workspace, 2 * Mebi));
        for (int i = 0; i < 8; i++) Pass(workspace, Mebi / 2);
        Assert.Equal(WorkspaceState.Planned, workspace.State);
        long spilled = workspace.SpilledBytes;
        for (int i = 0; i < 10; i++) Pass(workspace, Mebi / 2);
        Assert.Equal((spilled, 0L), (workspace.SpilledBytes, workspace.Memory.External));
    }

    [Fact]
    public void One_huge_pass_does_not_keep_its_pages_for_good()
    {
        using Workspace workspace = _manager.Lease(new() { MinSize = Mebi });
        for (int i = 0; i < 4; i++) Pass(workspace, 4 * Mebi);
        Pass(workspace, 100 * Mebi);
        Assert.True(workspace.Memory.Committed >= 100 * Mebi);
        for (int i = 0; i < 260; i++) Pass(workspace, 4 * Mebi);
        Assert.InRange(workspace.Memory.Committed, 4 * Mebi, (4 * Mebi) + Granule); // forgotten, without a call of ours
        workspace.Trim();
        Assert.InRange(workspace.Memory.Committed, Mebi, Mebi + Granule);
    }

    [Fact]
    public void A_huge_pass_of_one_lease_is_forgotten_by_the_leases_after_it()
    {
        var configuration = new WorkspaceConfiguration { Name = "step" };
        for (int i = 0; i < 270; i++)
        {
            using Workspace workspace = _manager.Lease(configuration);
            Pass(workspace, (i == 5 ? 100 : 4) * Mebi);
        }

        Assert.InRange(_manager.Memory.Committed, 4 * Mebi, (4 * Mebi) + Granule);
        _manager.Trim();
        using Workspace again = _manager.Lease(configuration);
        Assert.InRange(again.Memory.Committed, 4 * Mebi, (4 * Mebi) + Granule);
        Pass(again, 4 * Mebi);
        Assert.Equal(WorkspaceState.Planned, again.State);
    }

    private static void Pass(Workspace workspace, long bytes)
    {
        using Pass pass = workspace.Enter();
        Tensor x = Tensor.Empty([bytes / 8], DType.F32), y = Tensor.Empty([bytes / 8], DType.F32);
        x.Slice(0, 0, 4).FillInPlace(1);
        y.Slice(0, (bytes / 8) - 4, 4).FillInPlace(2);
        Assert.Equal((1f, 2f), (x.Select(0, 3).Item(), y.Select(0, -1).Item()));
    }
}
