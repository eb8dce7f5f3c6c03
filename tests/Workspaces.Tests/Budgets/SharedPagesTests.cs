using Workspaces.Memory;
using Workspaces.Tests.Memory;
using Workspaces.Tests.Planned;
using static Workspaces.Tests.Budgets.LimitedManager;

namespace Workspaces.Tests.Budgets;

/// <summary>Workspaces that are never open together need no more pages than the largest of them.</summary>
[Collection(nameof(AloneCollection))]
public sealed class SharedPagesTests
{
    [Theory]
    [InlineData(12, 12)]
    [InlineData(3, 12)]
    [InlineData(12, 3)]
    public void Two_workspaces_used_in_turn_commit_what_the_larger_one_needs(int first, int second)
    {
        using var limited = new LimitedManager();
        for (int round = 0; round < 6; round++)
        {
            limited.RunOnce("a", first);
            limited.RunOnce("b", second);
        }

        long most = Math.Max(Alone(first), Alone(second));
        Assert.InRange(limited.Pages.Peak, 1, most);
        limited.AssertBooksAreTrue();
    }

    [Fact]
    public void In_the_steady_state_turns_cost_no_call_to_the_system_no_garbage_and_no_plan()
    {
        using var limited = new LimitedManager();
        WorkspaceConfiguration[] names = [new() { Name = "a" }, new() { Name = "b" }];
        long deviations = 0;
        int planned = 0;
        void Turns()
        {
            foreach (WorkspaceConfiguration name in names)
            {
                Workspace workspace = limited.Manager.LeasePooled(name);
                Pass pass = workspace.Enter();
                workspace.MemoryManager.Allocate(name == names[0] ? 6 * Mebi : 4 * Mebi);
                workspace.MemoryManager.Allocate(Mebi);
                pass.Dispose();
                deviations += workspace.Deviations;
                if (workspace.State == WorkspaceState.Planned) planned++;
                workspace.EndLeaseOf(workspace.LeaseSerial);
            }
        }

        for (int i = 0; i < PlannedWorkspace.WarmUp; i++) Turns();
        long commits = limited.Pages.Commits;
        planned = 0;
        Garbage.AssertNone(200, Turns);
        Assert.Equal(commits, limited.Pages.Commits);
        Assert.Equal(0, deviations);
        Assert.True(planned > 0 && planned % (2 * 200) == 0, $"{planned} passes were planned");
        Assert.InRange(limited.Pages.Peak, 1, Alone(8));
    }

    [Fact]
    public void Handles_of_the_workspace_that_the_pages_came_from_stay_stale()
    {
        using var limited = new LimitedManager();
        Block old;
        RawBlock raw;
        using (Workspace a = limited.Manager.Lease(new() { Name = "a" }))
        using (a.Enter())
        {
            raw = Filled(a, 2, value: 1);
            old = raw.Handle;
        }

        using Workspace b = limited.Manager.Lease(new() { Name = "b" });
        using Pass pass = b.Enter();
        RawBlock now = RawBlock.From(b, 2 * Mebi);
        Assert.Equal(raw.Address, now.Address);
        Assert.True(now.IsFilledWith(0xFF)); // a workspace that has learned nothing finds no bytes of others
        Assert.Throws<StaleAccessException>(() => old.CopyFrom(new byte[2 << 20]));
        Assert.True(now.IsFilledWith(0xFF));
    }

    [Fact]
    public void Workspaces_that_are_open_together_keep_to_themselves_and_what_was_borrowed_beyond_need_goes_back()
    {
        using var limited = new LimitedManager();
        limited.RunOnce("large", 20);
        Workspace small = limited.Manager.LeasePooled(new() { Name = "small" });
        using (small.Enter()) Filled(small, 1);
        Workspace large = limited.Manager.LeasePooled(new() { Name = "large" });
        using (large.Enter()) Filled(large, 20);
        large.EndLeaseOf(large.LeaseSerial);
        small.EndLeaseOf(small.LeaseSerial);
        Assert.InRange(limited.Manager.Memory.Committed, 21 * Mebi, Alone(20) + Alone(1));
        for (int i = 0; i < 3; i++)
        {
            using Workspace both = limited.Manager.Lease(new() { Name = "large" });
            using Workspace inner = limited.Manager.Lease(new() { Name = "small" });
            using Pass outerPass = both.Enter();
            RawBlock kept = Filled(both, 20, value: 2);
            using Pass pass = inner.Enter();
            Filled(inner, 1, value: 3);
            Assert.True(kept.IsFilledWith(2));
        }

        Assert.InRange(limited.Manager.Memory.Committed, 21 * Mebi, Alone(20) + Alone(1));
        limited.AssertBooksAreTrue();
    }

    [Fact]
    public void Workspaces_with_sizes_of_their_own_and_unnamed_ones_neither_give_nor_take()
    {
        using var limited = new LimitedManager();
        limited.RunOnce("a", 4);
        foreach (WorkspaceConfiguration configuration in new WorkspaceConfiguration[] { new(), new() { Name = "min", MinSize = Mebi }, new() { Name = "max", MaxSize = 8 * Mebi } })
        {
            using Workspace workspace = limited.Manager.Lease(configuration);
            using Pass pass = workspace.Enter();
            Filled(workspace, 4);
            Assert.Equal(Alone(4), limited.Manager.Budget.Holders.Single(static share => share.Name == "a").UsedBytes);
        }

        limited.RunOnce("b", 4);
        Assert.Equal(0, limited.Manager.Budget.Holders.Single(static share => share.Name == "a").UsedBytes);
        limited.AssertBooksAreTrue();
    }

    [Fact]
    public void Pages_that_would_pass_the_quota_of_the_borrower_stay_where_they_are()
    {
        using var limited = new LimitedManager(0, ("b", 4));
        limited.RunOnce("a", 8);
        limited.RunOnce("b", 2);
        Assert.Equal(Alone(8) + Alone(2), limited.Manager.Memory.Committed);
        limited.AssertBooksAreTrue();
    }

    /// <summary>What a workspace commits for so many mebibytes: whole granules of 2 MiB and the page behind.</summary>
    private static long Alone(int mebi) => (mebi < 2 ? mebi : (mebi + 1) / 2 * 2) * Mebi + Environment.SystemPageSize;
}
