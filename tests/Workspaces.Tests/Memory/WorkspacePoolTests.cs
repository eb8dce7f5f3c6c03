using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Tracking;
using Workspaces.Tests.Planned;

namespace Workspaces.Tests.Memory;

/// <summary>Workspaces rented per worker or request, for servers.</summary>
[Collection(nameof(AloneCollection))]
public sealed class WorkspacePoolTests : IDisposable
{
    private const long Kibi = 1 << 10;
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    [Fact]
    public void The_first_request_of_the_second_worker_runs_on_the_plan_that_the_first_worker_made()
    {
        using WorkspacePool pool = NewPool(2);
        using WorkspaceLease first = pool.Rent();
        Serve(first);
        Serve(first);
        Assert.Equal(WorkspaceState.Planned, first.Workspace.State);
        using WorkspaceLease second = pool.Rent();
        Assert.NotSame(first.Workspace, second.Workspace);
        Serve(second);
        Assert.Equal((WorkspaceState.Planned, 0L), (second.Workspace.State, second.Workspace.Deviations));
        Assert.Equal(first.Workspace.PlansMade, second.Workspace.PlansMade);
    }

    [Fact]
    public void Renting_makes_nothing_ambient_until_a_pass_is_entered()
    {
        using WorkspacePool pool = NewPool(1);
        using WorkspaceLease lease = pool.Rent();
        Assert.Null(Ambient.Current);
        using (Pass pass = lease.Enter())
        {
            Assert.Same(lease.Workspace, Ambient.Current!.Workspace);
            using Pass nested = lease.Workspace.Enter();
            Assert.True(pass.IsOpen && nested.IsOpen);
        }

        Assert.Null(Ambient.Current);
        using (ThreadPass onThread = lease.EnterOnThread()) Assert.True(onThread.Pass.IsOpen);
        Assert.DoesNotContain(_manager.Findings, static finding => finding.Severity != FindingSeverity.Information);
    }

    [Fact]
    public async Task A_lease_rented_in_one_flow_is_entered_in_another_and_given_back_in_a_third()
    {
        using WorkspacePool pool = NewPool(1);
        WorkspaceLease lease = await Task.Run(async () => await pool.RentAsync());
        await Task.Run(async () =>
        {
            using Pass pass = lease.Enter();
            Block block = lease.Workspace.MemoryManager.Allocate(100);
            await Task.Yield();
            Assert.Same(lease.Workspace, Ambient.Current!.Workspace);
            block.CopyFrom(new byte[100]);
        });
        await Task.Run(lease.Dispose);
        Assert.Equal(0, pool.Rented);
        Assert.DoesNotContain(_manager.Findings, static finding => finding.Severity != FindingSeverity.Information);
    }

    [Fact]
    public void Two_flows_cannot_use_one_lease_at_once()
    {
        using WorkspacePool pool = NewPool(1);
        using WorkspaceLease lease = pool.Rent();
        using Pass pass = lease.Enter();
        Exception? other = null;
        using (ExecutionContext.SuppressFlow())
        {
            var thread = new Thread(() => other = Record.Exception(() => lease.Enter()));
            thread.Start();
            thread.Join();
        }

        Assert.Contains("open in another flow", Assert.IsType<WorkspaceException>(other).Message, StringComparison.Ordinal);
        Assert.True(pass.IsOpen);
    }

    [Fact]
    public void Who_finds_all_rented_waits_until_one_comes_back()
    {
        using WorkspacePool pool = NewPool(1);
        WorkspaceLease lease = pool.Rent();
        Workspace known = lease.Workspace, got = null!;
        Assert.False(pool.TryRent(out _));
        var waiter = new Thread(() =>
        {
            using WorkspaceLease mine = pool.Rent();
            got = mine.Workspace;
        });
        waiter.Start();
        Assert.True(SpinWait.SpinUntil(() => pool.Waiting == 1, 10_000));
        lease.Dispose();
        waiter.Join();
        Assert.Same(known, got);
        Assert.Equal((0, 0), (pool.Rented, pool.Waiting));
    }

    [Fact]
    public async Task A_wait_ends_with_its_cancellation_and_takes_no_place()
    {
        using WorkspacePool pool = NewPool(1);
        using var cancel = new CancellationTokenSource();
        WorkspaceLease lease = pool.Rent();
        Task<WorkspaceLease> waits = pool.RentAsync(cancel.Token).AsTask();
        Task blocks = Task.Run(() => pool.Rent(cancel.Token));
        Assert.True(SpinWait.SpinUntil(() => pool.Waiting == 2, 10_000));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waits);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => blocks);
        lease.Dispose();
        Assert.Equal(0, pool.Waiting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await pool.RentAsync(cancel.Token));
        Assert.Throws<OperationCanceledException>(() => pool.Rent(cancel.Token));
        Assert.True(pool.TryRent(out lease));
        lease.Dispose();
    }

    [Fact]
    public async Task Disposing_wakes_all_who_wait_and_leaves_leases_good_that_are_out()
    {
        WorkspacePool pool = NewPool(1);
        WorkspaceLease lease = pool.Rent();
        Task<WorkspaceLease>[] waits = [.. Enumerable.Range(0, 3).Select(_ => pool.RentAsync().AsTask())];
        Task blocks = Task.Run(() => pool.Rent());
        Assert.True(SpinWait.SpinUntil(() => pool.Waiting == 4, 10_000));
        pool.Dispose();
        pool.Dispose();
        foreach (Task<WorkspaceLease> wait in waits) await Assert.ThrowsAsync<ObjectDisposedException>(() => wait);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => blocks);
        Serve(lease);
        lease.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pool.Rent());
    }

    [Fact]
    public void A_lease_is_given_back_once_and_cannot_be_used_afterwards()
    {
        using WorkspacePool pool = NewPool(2);
        WorkspaceLease lease = pool.Rent(), copy = lease;
        Block block = lease.Workspace.MemoryManager.Allocate(100);
        lease.Dispose();
        WorkspaceLease next = pool.Rent();
        copy.Dispose();
        lease.Dispose();
        Assert.Equal(1, pool.Rented);
        Assert.True(next.Workspace.OuterPass.IsOpen);
        Assert.Throws<StaleAccessException>(() => copy.Workspace);
        Assert.Throws<StaleAccessException>(() => block.CopyFrom(new byte[100]));
        Assert.Throws<StaleAccessException>(() => default(WorkspaceLease).Workspace);
        default(WorkspaceLease).Dispose();
        next.Dispose();
    }

    [Fact]
    public void A_workspace_disposed_behind_the_lease_ends_nobody_elses_lease()
    {
        using WorkspacePool pool = NewPool(1);
        WorkspaceLease lease = pool.Rent();
        Workspace workspace = lease.Workspace;
        workspace.Dispose(); // does nothing: it goes back with its lease
        Assert.Equal(1, pool.Rented);
        Serve(lease);
        lease.Dispose();
        using Workspace again = _manager.Lease(pool.Configuration);
        Assert.Same(workspace, again);
        lease.Dispose();
        Assert.True(again.OuterPass.IsOpen);
        Assert.Equal(0, pool.Rented);
        again.Dispose();

        WorkspaceLease next = pool.Rent();
        Assert.Same(workspace, next.Workspace);
        workspace.Dispose(); // by whoever had the first lease
        Serve(next);
        next.Dispose();
        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public void Threads_that_end_leave_nothing_behind()
    {
        using WorkspacePool pool = NewPool(2);
        var seen = new HashSet<Workspace>();
        for (int i = 0; i < 100; i++)
        {
            var thread = new Thread(() =>
            {
                using WorkspaceLease lease = pool.Rent();
                Serve(lease);
                lock (seen) seen.Add(lease.Workspace);
            });
            thread.Start();
            thread.Join();
        }

        Assert.Single(seen);
        Assert.InRange(_manager.Memory.Committed, 1, 1 << 20);
        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public void Many_workers_share_a_few_workspaces_and_one_plan_and_no_more_are_ever_open()
    {
        const int Workers = 8, Requests = 200;
        using WorkspacePool pool = NewPool(3);
        var seen = new HashSet<Workspace>();
        int most = 0, wrong = 0;
        void Work()
        {
            for (int i = 0; i < Requests; i++)
            {
                using WorkspaceLease lease = pool.Rent();
                int rented = pool.Rented;
                lock (seen)
                {
                    seen.Add(lease.Workspace);
                    most = Math.Max(most, rented);
                }

                if (!Serve(lease)) Interlocked.Increment(ref wrong);
            }
        }

        Thread[] threads = [.. Enumerable.Range(0, Workers).Select(_ => new Thread(Work))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.Equal(0, wrong);
        Assert.InRange(most, 1, 3);
        Assert.InRange(seen.Count, 1, 3);
        Assert.Equal(0, pool.Rented);
        Assert.DoesNotContain(_manager.Findings, static finding => finding.Severity != FindingSeverity.Information);
    }

    [Fact]
    public void Serving_makes_no_garbage()
    {
        using WorkspacePool pool = NewPool(2);
        void Request()
        {
            using WorkspaceLease lease = pool.Rent();
            using Pass pass = lease.Enter();
            lease.Workspace.MemoryManager.Allocate(64 * Kibi);
        }

        for (int i = 0; i < PlannedWorkspace.WarmUp; i++) Request();
        Garbage.AssertNone(200, Request);
    }

    [Fact]
    public void An_idle_lease_keeps_no_persistent_bytes_from_reuse_and_one_with_an_open_pass_does()
    {
        using WorkspacePool pool = NewPool(1);
        using WorkspaceLease lease = pool.Rent();
        RawBlock first = RawBlock.From(_manager.Persistent.State, 1000);
        Serve(lease);
        first.Release();
        RawBlock second = RawBlock.From(_manager.Persistent.State, 1000);
        Assert.Equal(first.Address, second.Address);
        using (lease.Enter())
        {
            second.Release();
            Assert.NotEqual(second.Address, RawBlock.From(_manager.Persistent.State, 1000).Address);
        }

        Assert.Equal(second.Address, RawBlock.From(_manager.Persistent.State, 1000).Address);
        using Lanes lanes = lease.Workspace.OuterPass.Fork(1);
        RawBlock third = RawBlock.From(_manager.Persistent.State, 5000);
        third.Release();
        Assert.NotEqual(third.Address, RawBlock.From(_manager.Persistent.State, 5000).Address);
    }

    [Fact]
    public void A_failed_lease_gives_its_place_back()
    {
        using var manager = new WorkspaceManager(new WorkspaceManagerConfiguration { MemoryLimit = 4 << 20, MaxWorkspaces = 2 });
        using var pool = new WorkspacePool(manager, new() { Name = "serve", InitialSize = 3 << 20 }, 2);
        using (WorkspaceLease lease = pool.Rent())
        {
            lease.Workspace.MemoryManager.Allocate(3 << 20); // an arena that no pass uses would give way
            Assert.Throws<OutOfWorkspaceException>(() => pool.Rent());
            Assert.Equal(1, pool.Rented);
        }

        using (Workspace a = manager.Lease(new()), b = manager.Lease(new())) Assert.Throws<WorkspaceException>(() => pool.Rent());
        using WorkspaceLease again = pool.Rent();
        Assert.Equal(1, pool.Rented);
    }

    [Fact]
    public void A_pool_that_cannot_work_is_refused_at_once()
    {
        Assert.Contains("set Name", Assert.Throws<WorkspaceException>(() => new WorkspacePool(_manager, new(), 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => NewPool(0));
        Assert.Throws<ConfigurationException>(() => new WorkspacePool(_manager, new() { Name = "a", MaxPlans = -1 }, 1));
        using var manager = new WorkspaceManager(new WorkspaceManagerConfiguration { MaxWorkspaces = 2 });
        Assert.Contains("MaxWorkspaces is 2", Assert.Throws<WorkspaceException>(() => new WorkspacePool(manager, new() { Name = "a" }, 3)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Leases_that_are_out_when_the_manager_ends_come_back_without_a_fault()
    {
        var manager = new WorkspaceManager();
        using var pool = new WorkspacePool(manager, new() { Name = "serve" }, 2);
        WorkspaceLease lease = pool.Rent();
        manager.Dispose();
        lease.Dispose();
        Assert.Equal(0, pool.Rented);
        Assert.Throws<ObjectDisposedException>(() => pool.Rent());
    }

    private static bool Serve(WorkspaceLease lease)
    {
        using Pass pass = lease.Enter();
        RawBlock input = RawBlock.From(lease.Workspace, 16 * Kibi, op: "input"), hidden = RawBlock.From(lease.Workspace, 64 * Kibi, op: "hidden");
        input.Fill(1);
        hidden.Fill(2);
        input.Release();
        RawBlock output = RawBlock.From(lease.Workspace, 4 * Kibi, op: "output");
        output.Fill(3);
        return hidden.IsFilledWith(2) && output.IsFilledWith(3);
    }

    private WorkspacePool NewPool(int capacity) => new(_manager, new WorkspaceConfiguration { Name = "serve" }, capacity);
}
