using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.Memory;

namespace Workspaces.Tests.Concurrency;

/// <summary>Passes used from several threads in the ways that programs do: each way works or throws.</summary>
public sealed class ParallelUseTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    [Fact]
    public void Parallel_branches_of_one_pass_compute_what_they_would_alone()
    {
        using Workspace workspace = _manager.Lease(new() { Name = "branches" });
        for (int turn = 0; turn < 20; turn++)
        {
            using Pass pass = workspace.Enter();
            Tensor shared = Tensor.Full([257], 2);
            float[] results = new float[8];
            Parallel.For(0, results.Length, branch =>
            {
                Tensor x = shared * branch;
                for (int i = 0; i < 10; i++)
                {
                    Tensor next = x + 1;
                    x.Dispose();
                    x = next;
                }

                Assert.All(x.ToArray<float>(), value => Assert.Equal((2f * branch) + 10, value));
                results[branch] = x.Mean().Item();
            });
            Assert.Equal(Enumerable.Range(0, 8).Select(static branch => (2f * branch) + 10), results);
        }

        Assert.Equal(0, workspace.Memory.Allocated);
    }

    [Fact]
    public void Many_workspaces_serve_many_threads()
    {
        Task[] workers = [.. Enumerable.Range(0, 6).Select(worker => Task.Factory.StartNew(
            () => Outside.Run(() =>
            {
                for (int turn = 0; turn < 30; turn++)
                {
                    using Workspace workspace = _manager.Lease(new() { Name = $"worker {worker % 3}" });
                    for (int i = 0; i < 3; i++)
                    {
                        using Pass pass = workspace.Enter();
                        Tensor x = Tensor.Full([100], worker), y = (x + x).Tanh();
                        Assert.Equal(MathF.Tanh(2 * worker), y.Mean().Item(), 1e-6f);
                    }
                }
            }),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        Outside.Join(workers);
    }

    [Fact]
    public async Task A_pass_holds_over_await_with_and_without_the_captured_context()
    {
        using Workspace workspace = _manager.Lease(new());
        for (int i = 0; i < 50; i++)
        {
            using Pass pass = workspace.Enter();
            Tensor x = Tensor.Ones([64]);
            await Task.Yield();
            Tensor y = x + 1;
            await Task.Run(() => y = y * 2).ConfigureAwait(false);
            Tensor z = y + x;
            await Inner(z).ConfigureAwait(false);
            Assert.Equal(5f, z.Mean().Item());
            Assert.Same(workspace, z.Workspace);
        }

        Assert.Equal(0, workspace.Memory.Allocated);

        async Task Inner(Tensor z)
        {
            using Pass nested = workspace.Enter();
            await Task.Yield();
            Assert.Equal(6f, (z + 1).Mean().Item());
        }
    }

    [Fact]
    public async Task What_is_fired_and_forgotten_throws_once_its_pass_is_over()
    {
        using Workspace workspace = _manager.Lease(new());
        using var over = new ManualResetEventSlim();
        Task<Exception?> queued, unsafeQueued;
        var done = new TaskCompletionSource<Exception?>();
        using (workspace.Enter())
        {
            Tensor x = Tensor.Ones([64]);
            queued = Task.Run<Exception?>(() =>
            {
                over.Wait();
                return Record.Exception(() => x + 1);
            });
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    over.Wait();
                    done.SetResult(Record.Exception(() => x + 1));
                },
                null);
            unsafeQueued = done.Task;
        }

        using (workspace.Enter())
        {
            Tensor other = Tensor.Full([64], 7);
            over.Set();
            Outside.Join(queued, unsafeQueued);
            Assert.All(other.ToArray<float>(), static value => Assert.Equal(7f, value));
        }

        Assert.IsType<StaleAccessException>(await queued);
        Assert.IsType<StaleAccessException>(await unsafeQueued);
    }

    [Fact]
    public async Task Work_queued_without_the_context_is_outside_the_pass_and_may_still_read_its_tensors()
    {
        using Workspace workspace = _manager.Lease(new());
        using Pass pass = workspace.Enter();
        Tensor x = Tensor.Full([64], 3);
        var done = new TaskCompletionSource<(float Mean, bool Inside)>();
        ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                try
                {
                    using Tensor sum = x + 1;
                    done.SetResult((sum.Mean().Item(), sum.Workspace is not null));
                }
                catch (Exception error)
                {
                    done.SetException(error);
                }
            },
            null);
        Assert.Equal((4f, false), await done.Task);
    }

    [Fact]
    public async Task A_cancellation_in_the_middle_of_a_pass_leaves_the_workspace_as_it_was()
    {
        using Workspace workspace = _manager.Lease(new() { Name = "cancelled" });
        for (int turn = 0; turn < 12; turn++)
        {
            using var cancellation = new CancellationTokenSource();
            Exception? thrown = await Record.ExceptionAsync(() => Steps(workspace, turn % 4 == 3 ? turn : -1, cancellation));
            Assert.Equal(turn % 4 == 3, thrown is OperationCanceledException);
            Assert.Equal(0, workspace.Memory.Allocated);
        }

        Assert.Equal((WorkspaceState.Planned, 1L), (workspace.State, workspace.PlansMade));
    }

    [Fact]
    public void Disposing_a_workspace_while_others_compute_in_it_ends_in_results_or_exceptions()
    {
        for (int turn = 0; turn < 30; turn++)
        {
            Workspace workspace = _manager.Lease(new() { Name = "gone" });
            workspace.Enter();
            using var begin = new Barrier(3);
            int wrong = 0, unexpected = 0;
            Task[] readers = [.. Enumerable.Range(0, 2).Select(reader => Task.Factory.StartNew(
                () =>
                {
                    begin.SignalAndWait();
                    try
                    {
                        for (int i = 0; i < 1_000; i++)
                        {
                            using Tensor x = Tensor.Full([90], reader), y = x + 1;
                            float[] values = y.ToArray<float>();
                            if (Array.Exists(values, value => value != reader + 1)) Interlocked.Increment(ref wrong);
                        }
                    }
                    catch (Exception error) when (error is StaleAccessException or ObjectDisposedException or WorkspaceException)
                    {
                    }
                    catch (Exception)
                    {
                        Interlocked.Increment(ref unexpected);
                        throw;
                    }
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
            begin.SignalAndWait();
            Thread.SpinWait(turn * 300);
            workspace.Dispose();
            Outside.Join(readers);
            Assert.Equal((0, 0), (wrong, unexpected));
        }

        _manager.Trim();
        Assert.Equal(0, _manager.Memory.Allocated);
    }

    private static async Task Steps(Workspace workspace, int stopAt, CancellationTokenSource cancellation)
    {
        using Pass pass = workspace.Enter();
        Tensor x = Tensor.Ones([100]);
        for (int i = 0; i < 12; i++)
        {
            if (i == stopAt) await cancellation.CancelAsync();
            cancellation.Token.ThrowIfCancellationRequested();
            await Task.Yield();
            Tensor next = x * 2;
            x.Dispose();
            x = next;
        }

        Assert.Equal(4096f, x.Mean().Item());
    }
}
