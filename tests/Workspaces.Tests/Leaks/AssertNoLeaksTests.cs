using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Tracking;
using Workspaces.Tests.Memory;

namespace Workspaces.Tests.Leaks;

/// <summary>AssertNoLeaks of a workspace and a manager, and scopes that watch a flow.</summary>
public sealed class AssertNoLeaksTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    [Fact]
    public void A_workspace_between_passes_has_no_leaks_whatever_its_outer_pass_holds()
    {
        using Workspace workspace = _manager.Lease(new() { Name = "clean" });
        workspace.MemoryManager.Allocate(100);
        using (workspace.Enter()) workspace.MemoryManager.Allocate(100);
        workspace.AssertNoLeaks();
    }

    [Fact]
    public void An_open_pass_or_lane_is_a_leak()
    {
        using Workspace workspace = _manager.Lease(new() { Name = "open" });
        Pass pass = workspace.Enter();
        Finding leak = Assert.Single(Assert.Throws<LeakException>(workspace.AssertNoLeaks).Leaks);
        Assert.Equal((FindingCodes.PassNotClosed, "open"), (leak.Code, leak.Workspace));
        pass.Dispose();
        workspace.AssertNoLeaks();

        Lanes lanes = workspace.OuterPass.Fork(2);
        Pass lane = lanes.Enter(1);
        Assert.Equal(FindingCodes.PassNotClosed, Assert.Single(Assert.Throws<LeakException>(workspace.AssertNoLeaks).Leaks).Code);
        lane.Dispose();
        lanes.Dispose();
        workspace.AssertNoLeaks();
    }

    [Fact]
    public void An_op_at_work_and_a_held_slot_are_leaks()
    {
        using Workspace workspace = _manager.Lease(new() { Name = "busy" });
        Frame frame = RawBlock.From(workspace, 8).Header.Frame;
        frame.BeginOp();
        Assert.Equal(FindingCodes.OpInFlightAtEnd, Assert.Single(Assert.Throws<LeakException>(workspace.AssertNoLeaks).Leaks).Code);
        frame.EndOp();
        workspace.AssertNoLeaks();

        using Workspace ring = _manager.Lease(new() { Name = "ring", PolicyReset = ResetPolicy.EndOfBufferReached });
        using (ring.Ring.Acquire()) Assert.Equal(FindingCodes.RingSlotsOpen, Assert.Single(Assert.Throws<LeakException>(ring.AssertNoLeaks).Leaks).Code);
    }

    [Fact]
    public void What_the_detector_has_warned_of_counts_for_the_workspace_of_that_name()
    {
        using (Workspace workspace = _manager.Lease(new() { Name = "warned" }))
        {
            Pass outer = workspace.Enter();
            workspace.Enter();
            outer.Dispose();
            Assert.Equal(1, _manager.Leaks.LeakedPasses);
            LeakException error = Assert.Throws<LeakException>(workspace.AssertNoLeaks);
            Assert.Equal(FindingCodes.ClosedOutOfOrder, Assert.Single(error.Leaks).Code);
            Assert.Contains("workspace 'warned'", error.By, StringComparison.Ordinal);
            Assert.Contains("WSF001", error.Message, StringComparison.Ordinal);
        }

        using Workspace other = _manager.Lease(new() { Name = "other" });
        other.AssertNoLeaks();
    }

    [Fact]
    public void A_manager_names_open_leases_and_live_persistent_memory()
    {
        _manager.AssertNoLeaks();
        RawBlock block = RawBlock.From(_manager.Persistent.State, 100);
        using (_manager.Lease(new() { Name = "leased" }))
        {
            LeakException error = Assert.Throws<LeakException>(_manager.AssertNoLeaks);
            Assert.Equal([FindingCodes.WorkspaceNotClosed, FindingCodes.PersistentNotDisposed], error.Leaks.Select(static leak => leak.Code));
            Assert.Equal("leased", error.Leaks[0].Workspace);
            Assert.Equal((1, 1L, 128L), (_manager.Leaks.LiveWorkspaces, _manager.Leaks.PersistentBlocks, _manager.Leaks.PersistentBytes));
        }

        block.Release();
        _manager.AssertNoLeaks();
    }

    [Fact]
    public void A_scope_names_what_was_taken_in_it_and_where()
    {
        using LeakScope scope = LeakScope.Begin();
        scope.AssertNoLeaks();
        Workspace workspace = _manager.Lease(new() { Name = "scoped" });
        RawBlock block = RawBlock.From(_manager.Persistent.State, 100, op: "weight");
        var manager = new WorkspaceManager();
        IReadOnlyList<Finding> leaks = scope.Find();
        Assert.Equal([FindingCodes.WorkspaceNotClosed, FindingCodes.LeaseNotDisposed, FindingCodes.PersistentNotDisposed], leaks.Select(static leak => leak.Code));
        Assert.Contains("(made at AssertNoLeaksTests.cs:", leaks[0].Text, StringComparison.Ordinal);
        Assert.Contains("weight of 100 bytes", leaks[2].Text, StringComparison.Ordinal);
        Assert.Equal(3, Assert.Throws<LeakException>(scope.AssertNoLeaks).Leaks.Count);

        workspace.Dispose();
        manager.Dispose();
        block.Release();
        scope.AssertNoLeaks();
    }

    [Fact]
    public async Task A_scope_sees_what_its_tasks_take_and_nothing_of_other_flows()
    {
        using LeakScope scope = LeakScope.Begin();
        Workspace other = Outside.Run(() => _manager.Lease(new() { Name = "elsewhere" }))!;
        scope.AssertNoLeaks();
        Workspace mine = await Task.Run(() => _manager.Lease(new() { Name = "task" }));
        Assert.Equal("task", Assert.Single(scope.Find()).Workspace);
        mine.Dispose();
        other.Dispose();
        scope.AssertNoLeaks();
    }

    [Fact]
    public void A_scope_fails_by_warnings_of_the_detector_in_its_flow()
    {
        using LeakScope scope = LeakScope.Begin();
        using (Workspace workspace = _manager.Lease(new() { Name = "warned" }))
        {
            Pass outer = workspace.Enter();
            workspace.Enter();
            outer.Dispose();
        }

        Assert.Equal(FindingCodes.ClosedOutOfOrder, Assert.Single(scope.Find()).Code);
    }

    [Fact]
    public void Scopes_nest_and_end_twice()
    {
        using LeakScope outer = LeakScope.Begin();
        LeakScope inner = LeakScope.Begin();
        Workspace workspace = _manager.Lease(new() { Name = "inner" });
        inner.Dispose();
        inner.Dispose();
        Workspace second = _manager.Lease(new() { Name = "outer" });
        Assert.Equal("outer", Assert.Single(outer.Find()).Workspace);
        Assert.Equal("inner", Assert.Single(inner.Find()).Workspace);
        second.Dispose();
        workspace.Dispose();
    }
}
