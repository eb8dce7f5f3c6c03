using Workspaces.Memory;
using Workspaces.Memory.Budgets;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Scratch;
using Workspaces.Tests.Memory;
using static Workspaces.Tests.Budgets.LimitedManager;

namespace Workspaces.Tests.Budgets;

/// <summary>One limit over everything, and quotas by name: what is idle gives way, what is in use never does.</summary>
public sealed class MemoryLimitTests
{
    [Fact]
    public void A_request_above_the_limit_names_the_limit_and_the_biggest_holders_and_leaves_the_workspace_usable()
    {
        using var limited = new LimitedManager(16);
        using Workspace big = limited.Manager.Lease(new() { Name = "big" });
        using Pass outer = big.Enter();
        RawBlock live = Filled(big, 8, value: 3);
        using Workspace small = limited.Manager.Lease(new() { Name = "small" });
        using Pass inner = small.Enter();
        RawBlock mine = Filled(small, 2);
        OutOfWorkspaceException error = Assert.Throws<OutOfWorkspaceException>(() => small.MemoryManager.Allocate(7 * Mebi, purpose: "MatMul"));
        Assert.Contains($"allocate {7 * Mebi} bytes", error.Message, StringComparison.Ordinal);
        Assert.Contains("MatMul in pass 2 of workspace 'small'", error.Message, StringComparison.Ordinal);
        Assert.Contains($"Workspaces:Manager:MemoryLimit is {16 * Mebi} bytes", error.Message, StringComparison.Ordinal);
        Assert.Matches("biggest holders of [0-9]+ bytes: 'big' 8[0-9]{6}, 'small' 2[0-9]{6}", error.Message);
        Assert.Contains("raise Workspaces:Manager:MemoryLimit", error.Message, StringComparison.Ordinal);
        RawBlock next = Filled(small, 4);
        Assert.True(live.IsFilledWith(3) && mine.IsFilledWith(7) && next.IsAlive);
        limited.AssertBooksAreTrue();
    }

    [Fact]
    public void A_quota_holds_over_all_leases_of_its_name_and_no_other()
    {
        using var limited = new LimitedManager(0, ("step", 8));
        WorkspaceConfiguration step = new() { Name = "Step" };
        using Workspace first = limited.Manager.Lease(step);
        Filled(first, 4);
        using Workspace second = limited.Manager.Lease(step);
        OutOfWorkspaceException error = Assert.Throws<OutOfWorkspaceException>(() => second.MemoryManager.Allocate(5 * Mebi));
        Assert.Contains($"Workspaces:Manager:Quotas:step is {8 * Mebi} bytes", error.Message, StringComparison.Ordinal);
        using Workspace free = limited.Manager.Lease(new() { Name = "free" });
        Filled(free, 20);
        Assert.Equal(8 * Mebi, limited.Manager.Budget.Holders.Single(static share => share.Name == "step").QuotaBytes);
        limited.AssertBooksAreTrue();
    }

    [Fact]
    public void Pages_of_workspaces_that_nobody_has_leased_are_given_back_first()
    {
        using var limited = new LimitedManager(16);
        limited.RunOnce("a", 10);
        using Workspace lease = limited.Manager.Lease(new() { Name = "b", MinSize = 1 }); // takes no pages of others as they are
        using Pass pass = lease.Enter();
        Filled(lease, 12);
        limited.AssertBooksAreTrue();
    }

    [Fact]
    public void Only_what_is_wanted_is_given_back_and_never_the_least_size()
    {
        using var limited = new LimitedManager(16);
        using (Workspace keeping = limited.Manager.Lease(new() { Name = "a", MinSize = 6 * Mebi }))
        using (keeping.Enter())
        {
            Filled(keeping, 10);
        }

        using Workspace lease = limited.Manager.Lease(new() { Name = "b" });
        using Pass pass = lease.Enter();
        Filled(lease, 7);
        Assert.InRange(limited.Manager.Budget.Holders.Single(static share => share.Name == "a").UsedBytes, 8 * Mebi, 9 * Mebi);
        Assert.Throws<OutOfWorkspaceException>(() => lease.MemoryManager.Allocate(4 * Mebi));
        Assert.InRange(limited.Manager.Budget.Holders.Single(static share => share.Name == "a").UsedBytes, 6 * Mebi, (6 * Mebi) + (1 << 16));
        limited.AssertBooksAreTrue();
    }

    [Fact]
    public void A_request_that_could_never_fit_costs_idle_workspaces_nothing()
    {
        using var limited = new LimitedManager(16);
        limited.RunOnce("a", 10);
        using Workspace lease = limited.Manager.Lease(new() { Name = "b", MinSize = 1 });
        Assert.Throws<OutOfWorkspaceException>(() => lease.MemoryManager.Allocate(17 * Mebi));
        Assert.InRange(limited.Manager.Budget.UsedBytes, 10 * Mebi, 16 * Mebi);
    }

    [Fact]
    public void Arenas_of_a_leased_workspace_give_way_between_its_passes_and_its_plan_stays()
    {
        using var limited = new LimitedManager(16);
        using Workspace a = limited.Manager.Lease(new() { Name = "a" });
        using Workspace b = limited.Manager.Lease(new() { Name = "b" });
        for (int i = 0; i < 4; i++)
        {
            using (a.Enter()) Filled(a, 12);
            using (b.Enter()) Filled(b, 12);
        }

        Assert.Equal((WorkspaceState.Planned, WorkspaceState.Planned), (a.State, b.State));
        Assert.Equal(0, a.Deviations + b.Deviations);
        limited.AssertBooksAreTrue();
    }

    [Fact]
    public void What_lies_above_the_plan_of_an_open_pass_gives_way_and_the_pass_runs_as_planned()
    {
        using var limited = new LimitedManager(16);
        using Workspace roomy = limited.Manager.Lease(new() { Name = "a", PolicyAllocation = AllocationPolicy.Overallocate, OverallocationLimit = 1 });
        for (int i = 0; i < 3; i++)
        {
            using (roomy.Enter()) Filled(roomy, 6);
        }

        using Pass pass = roomy.Enter();
        RawBlock planned = Filled(roomy, 6, value: 9);
        Assert.InRange(limited.Pages.Committed, 12 * Mebi, 13 * Mebi);
        using Workspace other = limited.Manager.Lease(new() { Name = "b" });
        using (other.Enter()) Filled(other, 8);
        Assert.True(planned.IsFilledWith(9));
        pass.Dispose();
        Assert.Equal((WorkspaceState.Planned, 0L), (roomy.State, roomy.Deviations));
        limited.AssertBooksAreTrue();
    }

    [Fact]
    public void The_rest_of_a_plan_gives_way_before_a_request_is_refused()
    {
        using var limited = new LimitedManager(16);
        using Workspace a = limited.Manager.Lease(new() { Name = "a" });
        for (int i = 0; i < 2; i++)
        {
            using Pass planning = a.Enter();
            Filled(a, 1);
            Filled(a, 9);
        }

        using Pass pass = a.Enter();
        RawBlock first = Filled(a, 1, value: 5);
        using (Workspace b = limited.Manager.Lease(new() { Name = "b" }))
        using (b.Enter())
        {
            Filled(b, 12);
            Assert.Throws<OutOfWorkspaceException>(() => a.MemoryManager.Allocate(9 * Mebi));
        }

        RawBlock second = Filled(a, 9, value: 6);
        Assert.True(first.IsFilledWith(5) && second.IsFilledWith(6));
        limited.AssertBooksAreTrue();
    }

    [Fact]
    public void Persistent_memory_scratch_and_blocks_that_own_their_memory_count_too()
    {
        using var limited = new LimitedManager(16, ("persistent", 6), ("scratch", 4));
        RawBlock parameter = RawBlock.From(limited.Manager.Persistent.State, 5 * Mebi);
        OutOfWorkspaceException error = Assert.Throws<OutOfWorkspaceException>(() => RawBlock.From(limited.Manager.Persistent.State, 2 * Mebi));
        Assert.Contains("Quotas:persistent", error.Message, StringComparison.Ordinal);
        using (ScratchLease scratch = limited.Manager.Scratch.Rent())
        {
            scratch.Take<byte>(3 << 20);
            bool refused = false;
            try
            {
                scratch.Take<byte>(2 << 20);
            }
            catch (OutOfWorkspaceException full)
            {
                refused = full.Message.Contains("Quotas:scratch", StringComparison.Ordinal);
            }

            Assert.True(refused);
        }

        using (Workspace own = limited.Manager.Lease(new() { Name = "own", WorkspaceMode = WorkspaceMode.None }))
        {
            RawBlock block = RawBlock.From(own, 10 * Mebi); // 5 + 10 and a little: idle scratch gave way
            Assert.Throws<OutOfWorkspaceException>(() => own.MemoryManager.Allocate(Mebi));
            limited.AssertBooksAreTrue();
            block.Release();
            RawBlock.From(own, 10 * Mebi);
        }

        Assert.True(parameter.IsAlive);
        limited.AssertBooksAreTrue();
    }

    [Fact]
    public void Pages_above_the_last_persistent_block_are_trimmed_and_those_below_stay()
    {
        using var limited = new LimitedManager(16);
        RawBlock low = RawBlock.From(limited.Manager.Persistent.State, Mebi), high = RawBlock.From(limited.Manager.Persistent.State, 12 * Mebi);
        low.Fill(4);
        high.Release();
        using Workspace lease = limited.Manager.Lease(new() { Name = "a" });
        limited.Manager.Trim();
        Assert.InRange(limited.Pages.Committed, Mebi, 2 * Mebi);
        using (lease.Enter()) Filled(lease, 12);
        Assert.True(low.IsFilledWith(4));
        limited.AssertBooksAreTrue();
    }

    [Fact]
    public void An_initial_size_that_cannot_be_had_is_an_error_with_the_holders()
    {
        using var limited = new LimitedManager(8);
        using Workspace a = limited.Manager.Lease(new() { Name = "a" });
        Filled(a, 6);
        OutOfWorkspaceException error = Assert.Throws<OutOfWorkspaceException>(() => limited.Manager.Lease(new() { Name = "b", InitialSize = 4 * Mebi }));
        Assert.Contains("when the workspace is created", error.Message, StringComparison.Ordinal);
        Assert.Contains("'a' 6", error.Message, StringComparison.Ordinal);
        a.Dispose();
        using Workspace b = limited.Manager.Lease(new() { Name = "b", InitialSize = 4 * Mebi });
        Assert.Equal(WorkspaceState.Learning, b.State);
        limited.AssertBooksAreTrue();
    }

    [Fact]
    public void Values_that_make_no_sense_are_named_with_their_paths() => Assert.Equal(
        ["Workspaces:Manager:TrimPressure", "Workspaces:Manager:TrimSeconds"],
        new WorkspaceManagerConfiguration { TrimSeconds = -1, TrimPressure = double.NaN }.Validate().Select(static problem => problem.Path).Order(StringComparer.Ordinal));
}
