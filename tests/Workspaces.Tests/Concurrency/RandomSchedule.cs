using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.Memory;

namespace Workspaces.Tests.Concurrency;

/// <summary>
/// Threads that do to shared workspaces whatever the numbers of a seed say: passes of their own and of others, tensors handed around and used late, tasks
/// that outlive their pass, lanes, releases, trims, leases that end while others are at work. Every tensor is full of one number, so that a read of bytes
/// that are not its own shows.
/// </summary>
internal sealed class RandomSchedule(int seed, int threads) : IDisposable
{
    private const int Names = 3, Posts = 8;
    private readonly WorkspaceManager _manager = new();
    private readonly Handed?[] _posts = new Handed?[Posts];
    private readonly Task[] _stragglers = new Task[threads];

    private sealed record Handed(Tensor Tensor, float Value);

    /// <summary>Results that were right.</summary>
    internal int Right;

    /// <summary>Plans that were made, over all leases.</summary>
    internal long PlansMade;

    /// <summary>Uses that were refused.</summary>
    internal int Refused;

    /// <summary>Results that were wrong: there must be none.</summary>
    internal int Wrong;

    /// <summary>The first exception that no use may end in.</summary>
    internal Exception? Unexpected;

    public void Dispose() => _manager.Dispose();

    /// <summary>Runs so many turns on each thread, and asserts that nothing is left.</summary>
    internal void Run(int turns)
    {
        using var begin = new Barrier(threads);
        var workers = new Thread[threads];
        for (int i = 0; i < threads; i++)
        {
            int worker = i;
            _stragglers[i] = Task.CompletedTask;
            workers[i] = new Thread(() =>
            {
                begin.SignalAndWait();
                var random = new Random((seed * 1000) + worker);
                for (int turn = 0; turn < turns && Unexpected is null; turn++) Attempt(() => Lease(random, worker));
            });
        }

        foreach (Thread worker in workers) worker.UnsafeStart();
        foreach (Thread worker in workers) worker.Join();
        Outside.Join(_stragglers);
        Array.Clear(_posts);
        _manager.Trim();
    }

    /// <summary>Bytes that are allocated still.</summary>
    internal long Left => _manager.Memory.Allocated + _manager.Memory.External;

    private void Lease(Random random, int worker)
    {
        int name = random.Next(Names);
        var configuration = new WorkspaceConfiguration
        {
            Name = $"shared {name}",
            Lifetimes = name == 1 ? LifetimePolicy.LastUse : LifetimePolicy.Released,
            MaxSize = name == 2 ? 60_000 : 0,
        };
        using Workspace workspace = _manager.Lease(configuration);
        int passes = random.Next(1, 9);
        bool repeats = random.Next(2) == 0; // then passes are alike, and run on a plan that the other threads disturb
        for (int i = 0; i < passes; i++)
        {
            Random choices = repeats ? new Random(name) : random;
            if (choices.Next(4) == 0) OnThread(workspace, choices, worker);
            else using (workspace.Enter()) Steps(workspace, choices, worker, depth: 1);
        }

        Interlocked.Add(ref PlansMade, workspace.PlansMade);
    }

    private void OnThread(Workspace workspace, Random random, int worker)
    {
        using ThreadPass pass = workspace.EnterOnThread();
        Steps(workspace, random, worker, depth: 2);
    }

    private void Steps(Workspace workspace, Random random, int worker, int depth)
    {
        int steps = random.Next(2, 12);
        for (int i = 0; i < steps; i++) Attempt(() => Step(workspace, random, worker, depth));
    }

    private void Step(Workspace workspace, Random random, int worker, int depth)
    {
        int post = random.Next(Posts), value = random.Next(1, 100);
        switch (random.Next(10))
        {
            case 0 or 1: Volatile.Write(ref _posts[post], new Handed(Made(random, value), value)); break;
            case 2 or 3: Read(post); break;
            case 4: Volatile.Read(ref _posts[post])?.Tensor.Dispose(); break;
            case 5 when depth < 3: using (workspace.Enter()) Steps(workspace, random, worker, depth + 1); break;
            case 6 when depth == 1: Fork(workspace, random, value); break;
            case 7: Straggle(worker, post); break;
            case 8 when random.Next(8) == 0: _manager.Trim(); break;
            default: using (Tensor own = Made(random, value)) Compare(own, value); break;
        }
    }

    /// <summary>A tensor of one number, by a chain of ops.</summary>
    private static Tensor Made(Random random, int value)
    {
        using Tensor one = Tensor.Full([random.Next(1, 1200)], value - 1);
        return one + 1;
    }

    private void Read(int post)
    {
        if (Volatile.Read(ref _posts[post]) is not { } handed) return;
        using Tensor twice = handed.Tensor * 2;
        Compare(twice, handed.Value * 2);
        Compare(handed.Tensor, handed.Value);
    }

    private void Compare(Tensor tensor, float value)
    {
        foreach (float seen in tensor.ToArray<float>())
        {
            if (seen == value) continue;
            Interlocked.Increment(ref Wrong);
            return;
        }

        Interlocked.Increment(ref Right);
    }

    /// <summary>Work that goes on whatever becomes of the pass that it was started in.</summary>
    private void Straggle(int worker, int post)
    {
        if (!_stragglers[worker].IsCompleted) return;
        Action work = () =>
        {
            for (int i = 0; i < 20; i++) Attempt(() => Read((post + i) % Posts));
        };
        if (post % 2 == 0)
        {
            _stragglers[worker] = Task.Run(work);
            return;
        }

        var done = new TaskCompletionSource();
        _stragglers[worker] = done.Task;
        ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                work();
                done.SetResult();
            },
            null);
    }

    private void Fork(Workspace workspace, Random random, int value)
    {
        using Pass pass = workspace.Enter();
        using Lanes lanes = pass.Fork(2);
        int length = random.Next(1, 500);
        Parallel.For(0, 2, branch =>
        {
            using Pass lane = lanes.Enter(branch);
            Tensor x = Tensor.Full([length], value), y = x + branch;
            Compare(y, value + branch);
        });
    }

    private void Attempt(Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (error is WorkspaceException or ObjectDisposedException
            || error is AggregateException all && all.InnerExceptions.All(static inner => inner is WorkspaceException or ObjectDisposedException))
        {
            Interlocked.Increment(ref Refused);
        }
        catch (Exception error)
        {
            Interlocked.CompareExchange(ref Unexpected, error, null);
        }
    }
}
