using Workspaces.Memory;
using Workspaces.Memory.Passes;

namespace Workspaces.Tests.Memory;

/// <summary>How the ambient pass follows await, tasks, threads and contexts, and how it leaves other async locals alone.</summary>
public sealed class AmbientFlowTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    [Fact]
    public async Task A_pass_follows_await_onto_other_threads()
    {
        using Workspace workspace = _manager.Lease(new());
        using Pass pass = workspace.Enter();
        Frame? frame = Ambient.Current;
        Block before = workspace.MemoryManager.Allocate(64);
        await Task.Yield();
        Assert.Same(frame, Ambient.Current);
        await Task.Run(() => Assert.Same(frame, Ambient.Current)).ConfigureAwait(false);
        Assert.Same(frame, Ambient.Current);
        Assert.True(before.IsAlive);
        Assert.True(workspace.MemoryManager.Allocate(64).IsAlive);
    }

    [Fact]
    public async Task Ten_thousand_awaits_inside_passes_keep_scope_and_bytes()
    {
        using Workspace workspace = _manager.Lease(new());
        Frame? root = Ambient.Current;
        for (int i = 0; i < 1_000; i++)
        {
            using Pass pass = workspace.Enter();
            RawBlock block = RawBlock.From(workspace, 256);
            block.Fill((byte)i);
            for (int hop = 0; hop < 10; hop++)
            {
                await Task.Yield();
                RawBlock.From(workspace, 128).Fill(0);
            }

            Assert.True(block.IsAlive && block.IsFilledWith((byte)i));
        }

        Assert.Same(root, Ambient.Current);
        Assert.Equal(0, workspace.Memory.Allocated);
        Assert.True(workspace.PeakBytes <= 256 + (10 * 128));
        Assert.Empty(_manager.Findings);
    }

    [Fact]
    public void A_pass_follows_tasks_loops_and_threads_and_not_unsafe_ones()
    {
        using Workspace workspace = _manager.Lease(new());
        using Pass pass = workspace.Enter();
        Frame? frame = Ambient.Current;
        Outside.Join(Task.Run(() => Assert.Same(frame, Ambient.Current)));
        Parallel.For(0, 50, _ => Assert.Same(frame, Ambient.Current));
        Frame? seen = null;
        var thread = new Thread(() => seen = Ambient.Current);
        thread.Start();
        thread.Join();
        Assert.Same(frame, seen);
        Assert.Null(Outside.Run(() => Ambient.Current));
        Assert.Null(InUnsafePool(() => Ambient.Current));
        Assert.Null(Suppressed(() => InPool(() => Ambient.Current)));
        Assert.Same(frame, Ambient.Current);
    }

    [Fact]
    public void A_pass_entered_under_suppressed_flow_stays_on_its_thread()
    {
        using Workspace workspace = _manager.Lease(new());
        Frame? root = Ambient.Current;
        Suppressed(() =>
        {
            for (int i = 0; i < 3; i++)
            {
                using Pass pass = workspace.Enter();
                Assert.NotSame(root, Ambient.Current);
                Assert.True(workspace.MemoryManager.Allocate(8).IsAlive);
            }

            return 0;
        });
        Assert.Same(root, Ambient.Current);
        using Pass later = workspace.Enter();
        Outside.Join(Task.Run(() => Assert.Same(later.Workspace, Ambient.Current!.Workspace)));
    }

    [Fact]
    public async Task A_pass_entered_in_an_async_callee_does_not_reach_its_caller()
    {
        using Workspace workspace = _manager.Lease(new());
        Frame? root = Ambient.Current;
        Pass inner = await Callee();
        Assert.Same(root, Ambient.Current);
        Assert.True(inner.IsOpen);
        Assert.Throws<WorkspaceException>(() => workspace.Enter());
        inner.Dispose();
        Assert.Same(root, Ambient.Current);
        using (workspace.Enter()) Assert.NotSame(root, Ambient.Current);

        async Task<Pass> Callee()
        {
            Pass pass = workspace.Enter();
            Assert.NotSame(root, Ambient.Current);
            await Task.Yield();
            Assert.NotSame(root, Ambient.Current);
            return pass;
        }
    }

    [Fact]
    public void A_task_that_outlives_its_pass_throws_before_and_after_the_next_one_has_begun()
    {
        using Workspace workspace = _manager.Lease(new() { Name = "late" });
        using var ended = new Barrier(2);
        Pass first = workspace.Enter();
        Task straggler = Task.Run(() =>
        {
            Assert.NotNull(Ambient.Current);
            ended.SignalAndWait();
            ended.SignalAndWait(); // the pass has ended
            AssertStraggler(workspace);
            ended.SignalAndWait();
            ended.SignalAndWait(); // the next one has begun
            AssertStraggler(workspace);
            Assert.Throws<WorkspaceException>(() => workspace.Enter());
        });
        ended.SignalAndWait();
        first.Dispose();
        ended.SignalAndWait();
        ended.SignalAndWait();
        using Pass second = workspace.Enter();
        Block mine = workspace.MemoryManager.Allocate(100);
        ended.SignalAndWait();
        Outside.Join(straggler);
        Assert.True(mine.IsAlive && second.IsOpen);
        Assert.Equal(128, workspace.Memory.Allocated);
    }

    [Fact]
    public void A_straggler_may_lease_a_workspace_of_its_own_again_and_again()
    {
        Workspace workspace = _manager.Lease(new() { Name = "late" });
        using var ended = new ManualResetEventSlim();
        Task straggler = Task.Run(() =>
        {
            ended.Wait();
            Assert.Throws<StaleAccessException>(() => Ambient.Current);
            for (int i = 0; i < 5; i++)
            {
                using Workspace own = _manager.Lease(new() { Name = "late" });
                Assert.Same(own, Ambient.Current!.Workspace);
                using Pass pass = own.Enter();
                Assert.True(own.MemoryManager.Allocate(8).IsAlive);
            }

            Assert.Throws<StaleAccessException>(() => Ambient.Current);
        });
        workspace.Dispose();
        ended.Set();
        Outside.Join(straggler);
    }

    [Fact]
    public void A_straggler_inside_an_open_outer_pass_may_enter_again()
    {
        using Workspace workspace = _manager.Lease(new());
        using var ended = new ManualResetEventSlim();
        Pass pass = workspace.Enter();
        Task straggler = Task.Run(() =>
        {
            ended.Wait();
            Assert.Throws<StaleAccessException>(() => workspace.MemoryManager.Allocate(8));
            using Pass own = workspace.Enter();
            Assert.True(workspace.MemoryManager.Allocate(8).IsAlive);
        });
        pass.Dispose();
        ended.Set();
        Outside.Join(straggler);
    }

    [Fact]
    public void Other_async_locals_are_neither_lost_nor_resurrected()
    {
        var local = new AsyncLocal<string?>();
        using Workspace a = _manager.Lease(new() { Name = "a" });
        using Workspace b = _manager.Lease(new() { Name = "b" });
        for (int round = 0; round < 3; round++)
        {
            local.Value = $"before {round}";
            using (Pass pass = a.Enter())
            {
                Assert.Equal($"before {round}", local.Value);
                local.Value = $"inside {round}";
                using (b.Enter()) Assert.Equal($"inside {round}", local.Value);
                Assert.Equal($"inside {round}", local.Value);
            }

            Assert.Equal($"inside {round}", local.Value);
            using (a.Enter()) Assert.Equal($"inside {round}", local.Value);
            local.Value = null;
            using (a.Enter()) Assert.Null(local.Value);
            using (a.Enter()) Assert.Null(local.Value);
            Assert.Null(local.Value);
        }
    }

    [Fact]
    public void Random_programs_of_passes_and_async_locals_agree_with_a_model()
    {
        AsyncLocal<int>[] locals = [new(), new(), new()];
        Workspace[] workspaces = [_manager.Lease(new() { Name = "a" }), _manager.Lease(new() { Name = "b" })];
        var random = new Random(20);
        int[] values = new int[3];
        var open = new Stack<(Pass Pass, Frame? Outer)>();
        for (int step = 0; step < 20_000; step++)
        {
            switch (random.Next(4))
            {
                case 0 when open.Count < 6:
                    Frame? outer = Ambient.Current;
                    open.Push((workspaces[random.Next(2)].Enter(), outer));
                    break;
                case 1 when open.Count > 0:
                    (Pass pass, Frame? before) = open.Pop();
                    pass.Dispose();
                    Assert.Same(before, Ambient.Current);
                    break;
                case 2:
                    int changed = random.Next(3);
                    locals[changed].Value = values[changed] = random.Next(3);
                    break;
                default:
                    for (int i = 0; i < 3; i++) Assert.Equal(values[i], locals[i].Value);
                    break;
            }
        }

        while (open.Count > 0) open.Pop().Pass.Dispose();
        workspaces[1].Dispose();
        workspaces[0].Dispose();
        Assert.Null(Ambient.Current);
        for (int i = 0; i < 3; i++) Assert.Equal(values[i], locals[i].Value);
    }

    [Fact]
    public async Task Flows_side_by_side_each_see_their_own_pass()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(number => Task.Run(async () =>
        {
            using Workspace workspace = _manager.Lease(new() { Name = "flow" });
            for (int i = 0; i < 200; i++)
            {
                using Pass pass = workspace.Enter();
                RawBlock block = RawBlock.From(workspace, 500);
                block.Fill((byte)number);
                await Task.Yield();
                Assert.Same(workspace, Ambient.Current!.Workspace);
                Assert.True(block.IsFilledWith((byte)number));
            }
        })));
        Assert.Null(Ambient.Current);
    }

    [Fact]
    public void A_thread_pass_is_seen_on_its_thread_only()
    {
        using Workspace workspace = _manager.Lease(new());
        Frame? root = Ambient.Current;
        using (ThreadPass pass = workspace.EnterOnThread())
        {
            Frame? mine = Ambient.Current;
            Assert.NotSame(root, mine);
            Frame? seen = null;
            var thread = new Thread(() => seen = Ambient.Current);
            thread.Start();
            thread.Join();
            Assert.Same(root, seen);
            using (Pass nested = workspace.Enter())
            {
                Assert.Same(mine, Ambient.Current!.Up);
                Assert.True(workspace.MemoryManager.Allocate(8).IsAlive);
            }

            Assert.Same(mine, Ambient.Current);
        }

        Assert.Same(root, Ambient.Current);
        Assert.False(Ambient.IsOnThread);
    }

    [Fact]
    public void Thread_passes_nest_over_workspaces_and_survive_exceptions()
    {
        using Workspace a = _manager.Lease(new() { Name = "a" });
        using Workspace b = _manager.Lease(new() { Name = "b" });
        Frame? root = Ambient.Current;
        for (int i = 0; i < 3; i++)
        {
            Assert.Throws<DivideByZeroException>((Action)(() =>
            {
                using ThreadPass outer = a.EnterOnThread();
                using ThreadPass middle = b.EnterOnThread();
                using Pass inner = a.Enter();
                using Workspace leased = _manager.Lease(new() { Name = "c" });
                Assert.Same(leased, Ambient.Current!.Workspace);
                throw new DivideByZeroException();
            }));
            Assert.Same(root, Ambient.Current);
        }

        Assert.Empty(_manager.Findings);
    }

    [Fact]
    public void A_server_thread_enters_a_workspace_of_another_flow_unless_it_is_busy()
    {
        using Workspace workspace = _manager.Lease(new());
        Outside.Run(() =>
        {
            using ThreadPass pass = workspace.EnterOnThread();
            Assert.Same(workspace, Ambient.Current!.Workspace);
        });
        using Pass open = workspace.Enter();
        Outside.Run(() => Assert.Throws<WorkspaceException>(() => { workspace.EnterOnThread(); }));
    }

    private static void AssertStraggler(Workspace workspace)
    {
        StaleAccessException error = Assert.Throws<StaleAccessException>(() => Ambient.Current);
        Assert.Contains("await the task", error.Remedy, StringComparison.Ordinal);
        Assert.Contains("late", error.By, StringComparison.Ordinal);
        Assert.Throws<StaleAccessException>(() => workspace.MemoryManager.Allocate(8));
    }

    private static T Suppressed<T>(Func<T> work)
    {
        using (ExecutionContext.SuppressFlow()) return work();
    }

    private static T? InPool<T>(Func<T> work) => Queued(ThreadPool.QueueUserWorkItem, work);

    private static T? InUnsafePool<T>(Func<T> work) => Queued(ThreadPool.UnsafeQueueUserWorkItem, work);

    // Waits on an event and not on a task: a thread that waits for a task may run it itself, in its own context.
    private static T? Queued<T>(Func<WaitCallback, object?, bool> queue, Func<T> work)
    {
        using var done = new ManualResetEventSlim();
        T? result = default;
        queue(
            _ =>
            {
                result = work();
                done.Set();
            },
            null);
        done.Wait();
        return result;
    }
}
