using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Ops;
using Workspaces.Tensors;
using Xunit;

namespace Workspaces.Tests.Misuse;

/// <summary>A manager that is disposed while other threads compute with its memory.</summary>
public class ManagerDisposedAtWorkTests
{
    [Fact]
    public void Disposing_a_manager_while_threads_read_its_parameters_ends_in_exceptions()
    {
        for (int round = 0; round < 5; round++)
        {
            var manager = new WorkspaceManager();
            var model = new Sequential(new Linear(256, 512, manager: manager), new ReLU(), new Linear(512, 512, manager: manager));
            using var running = new CountdownEvent(3);
            Exception?[] ends = new Exception?[3];
            Thread[] threads = [.. Enumerable.Range(0, 3).Select(i => new Thread(() => ends[i] = Record.Exception(() => Infer(manager, model, running))))];
            foreach (Thread thread in threads) thread.Start();
            running.Wait();
            manager.Dispose();
            foreach (Thread thread in threads) thread.Join();
            Assert.All(ends, static end => Assert.True(end is StaleAccessException or ObjectDisposedException, end?.ToString()));
        }
    }

    [Fact]
    public void A_first_backward_ends_in_an_exception_when_the_gradients_are_made_too_late()
    {
        for (int round = 0; round < 12; round++)
        {
            var manager = new WorkspaceManager();
            var weight = new Parameter([4096, 4096], manager: manager);
            using var ready = new ManualResetEventSlim();
            Exception? end = null;
            var thread = new Thread(() => end = Record.Exception(() =>
            {
                using Workspace workspace = manager.Lease(new WorkspaceConfiguration());
                using Pass pass = workspace.Enter();
                ready.Set();
                Tensor sum = Tensor.Ones([1, 4096]).MatMul(weight.Value).Sum();
                sum.Backward(); // clears 64 MiB before it writes there
            }));
            thread.Start();
            ready.Wait();
            Thread.Sleep(2 * round);
            manager.Dispose();
            thread.Join();
            Assert.True(end is null or StaleAccessException or WorkspaceException, end?.ToString());
        }
    }

    [Fact]
    public void Memory_that_a_pass_of_another_manager_reads_is_not_handed_out_again()
    {
        using WorkspaceManager weights = new(), passes = new();
        var weight = new Parameter([64, 64], manager: weights);
        long place = weight.SlabOffset;
        using (Workspace workspace = passes.Lease(new WorkspaceConfiguration { Name = "step" }))
        {
            using (workspace.Enter())
            {
                Tensor.Ones([1, 64]).MatMul(weight.Value).Dispose();
                weight.Dispose();
                using var next = new Parameter([64, 64], manager: weights);
                Assert.NotEqual(place, next.SlabOffset);
            }
        }

        using var after = new Parameter([64, 64], manager: weights);
        Assert.Equal(place, after.SlabOffset);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_manager_waits_for_a_reader_and_then_frees_everything(bool isGuest)
    {
        var manager = new WorkspaceManager();
        using var other = new WorkspaceManager();
        using var reading = new ManualResetEventSlim();
        using var model = new Linear(8, 8, manager: manager);
        Exception? end = null;
        float seen = -1;
        var thread = new Thread(() => end = Record.Exception(() =>
        {
            using Workspace workspace = (isGuest ? other : manager).Lease(new WorkspaceConfiguration());
            model.Parameters[0].Value.Read<float>(span =>
            {
                reading.Set();
                SpinWait.SpinUntil(() => !model.Parameters[0].Value.IsAlive);
                seen = span[^1];
            });
        }));
        float expected = model.Parameters[0].Value.ToArray<float>()[^1];
        thread.Start();
        reading.Wait();
        manager.Dispose();
        thread.Join();
        Assert.Equal(expected, seen);
        Assert.IsType<StaleAccessException>(end);
        Assert.Equal(0, manager.Memory.Committed);
    }

    private static void Infer(WorkspaceManager manager, Module model, CountdownEvent running)
    {
        using Workspace workspace = manager.Lease(new WorkspaceConfiguration { Name = "server" });
        for (int i = 0; ; i++)
        {
            using ThreadPass pass = workspace.EnterOnThread();
            model.Forward(Tensor.Ones(new Shape(64, 256)));
            if (i == 1) running.Signal();
        }
    }
}
