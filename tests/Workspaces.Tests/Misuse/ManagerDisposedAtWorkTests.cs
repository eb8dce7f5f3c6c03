using Workspaces.Memory;
using Workspaces.NN;
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
    public void A_manager_waits_for_a_reader_and_then_frees_everything()
    {
        var manager = new WorkspaceManager();
        using var reading = new ManualResetEventSlim();
        using var model = new Linear(8, 8, manager: manager);
        Exception? end = null;
        float seen = -1;
        var thread = new Thread(() => end = Record.Exception(() =>
        {
            using Workspace workspace = manager.Lease(new WorkspaceConfiguration());
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
