using System.Collections.Concurrent;

namespace Workspaces.Tests.Planned;

/// <summary>Runs continuations by turns on two threads, so that every <c>await</c> of <see cref="Task.Yield"/> is a hop to the other one.</summary>
internal sealed class AlternatingThreads : SynchronizationContext, IDisposable
{
    private readonly BlockingCollection<(SendOrPostCallback Work, object? State)>[] _queues = [[], []];
    private readonly Thread[] _threads;
    private int _turn;

    public AlternatingThreads()
    {
        _threads = [new Thread(() => Loop(0)), new Thread(() => Loop(1))];
        foreach (Thread thread in _threads) thread.Start();
    }

    public override void Post(SendOrPostCallback d, object? state) => _queues[Interlocked.Increment(ref _turn) & 1].Add((d, state));

    /// <summary>Runs asynchronous work here and waits for it.</summary>
    public void Run(Func<Task> work)
    {
        var done = new TaskCompletionSource();
        Post(
            async _ =>
            {
                try
                {
                    await work();
                    done.SetResult();
                }
                catch (Exception error)
                {
                    done.SetException(error);
                }
            },
            null);
        done.Task.GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        foreach (BlockingCollection<(SendOrPostCallback, object?)> queue in _queues) queue.CompleteAdding();
        foreach (Thread thread in _threads) thread.Join();
        foreach (BlockingCollection<(SendOrPostCallback, object?)> queue in _queues) queue.Dispose();
    }

    private void Loop(int number)
    {
        SetSynchronizationContext(this);
        foreach ((SendOrPostCallback work, object? state) in _queues[number].GetConsumingEnumerable()) work(state);
    }
}
