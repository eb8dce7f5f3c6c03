using System.Runtime.ExceptionServices;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Rings;

namespace Workspaces.Data;

/// <summary>
/// Threads that fill the slots of a ring with the batches of an epoch. A slot and the number of its batch are claimed together, so the order of the ring is that
/// of the batches whoever fills them; a full ring makes the claim wait. Between epochs the threads sleep.
/// </summary>
internal sealed class BatchPrefetcher : IDisposable
{
    private readonly Ring _ring;
    private readonly Action<RingSlot, int, CancellationToken> _fill;
    private readonly Thread[] _threads;
    private readonly object _claims = new();
    private readonly SemaphoreSlim _rounds = new(0);
    private readonly object _idle = new();
    private CancellationTokenSource _stop = new();
    private ExceptionDispatchInfo? _failure;
    private int _next;
    private int _count;
    private int _taken;
    private int _working;
    private bool _disposed;

    /// <summary>Starts the threads, which sleep until <see cref="Start"/>.</summary>
    /// <param name="ring">The slots.</param>
    /// <param name="workers">Number of threads.</param>
    /// <param name="fill">Fills a slot with a batch; called on several threads at once.</param>
    /// <param name="name">What debuggers call the threads.</param>
    internal BatchPrefetcher(Ring ring, int workers, Action<RingSlot, int, CancellationToken> fill, string name)
    {
        _ring = ring;
        _fill = fill;
        MakeNode(_stop.Token);
        _threads = new Thread[workers];
        _working = workers; // each says when it is ready, so that none makes what it keeps of its own in a later epoch
        for (int i = 0; i < workers; i++)
        {
            _threads[i] = new Thread(Run) { IsBackground = true, Name = $"{name} {i}" };
            _threads[i].UnsafeStart(); // without the flow of the maker, whose ambient pass is none of theirs
        }
    }

    /// <summary>Begins an epoch of so many batches, from one of them on; the one before was stopped.</summary>
    internal void Start(int first, int count)
    {
        _next = _taken = first;
        _count = count;
        lock (_idle) _working = _threads.Length;
        _rounds.Release(_threads.Length);
    }

    /// <summary>The next batch in order; throws what filling it has thrown.</summary>
    internal RingLease Take(CancellationToken cancellationToken)
    {
        bool isBatch = false;
        RingLease lease;
        try
        {
            isBatch = _ring.Take(out lease, cancellationToken);
            _taken++;
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or ObjectDisposedException))
        {
            _taken++; // a failed batch was one of them too
            throw;
        }

        if (!isBatch) _failure?.Throw();
        return lease;
    }

    /// <summary>Ends the epoch: waits until no thread works on it, and drops what nobody took.</summary>
    internal void Stop()
    {
        if (_taken < _count) _stop.Cancel();
        lock (_idle)
        {
            while (_working > 0) Monitor.Wait(_idle); // by a monitor, because events make an object when somebody waits for them for the first time
        }

        _ring.DropReady();
        _count = _taken = 0;
        if (!_stop.IsCancellationRequested) return;
        _stop.Dispose();
        _stop = new CancellationTokenSource();
        MakeNode(_stop.Token);
    }

    /// <summary>
    /// The first wait that a token can end makes two objects, which all later ones use again. Here it happens when the token comes, and not in whichever step is the first
    /// to wait.
    /// </summary>
    internal static void MakeNode(CancellationToken token) => token.UnsafeRegister(static _ => { }, null).Dispose();

    /// <summary>Stops and ends the threads.</summary>
    public void Dispose()
    {
        Stop();
        _disposed = true;
        _rounds.Release(_threads.Length);
        foreach (Thread thread in _threads) thread.Join();
        _rounds.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        _ = FlowThread.Current;
        Rest();
        while (true)
        {
            _rounds.Wait();
            if (_disposed) return;
            try
            {
                FillAll(_stop.Token);
            }
            finally
            {
                Rest();
            }
        }
    }

    private void Rest()
    {
        lock (_idle)
        {
            if (--_working == 0) Monitor.PulseAll(_idle);
        }
    }

    private void FillAll(CancellationToken stop)
    {
        while (TryClaim(stop, out RingSlot slot, out int number))
        {
            try
            {
                _fill(slot, number, stop);
                slot.Publish();
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                slot.Dispose();
            }
            catch (Exception exception)
            {
                slot.Fail(exception); // the consumer's to handle, in the batch's turn
            }
        }
    }

    private bool TryClaim(CancellationToken stop, out RingSlot slot, out int number)
    {
        slot = default;
        lock (_claims)
        {
            number = _next;
            if (number >= _count || stop.IsCancellationRequested) return false;
            try
            {
                slot = _ring.Acquire(stop);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return false;
            }
            catch (Exception exception)
            {
                _failure = ExceptionDispatchInfo.Capture(exception);
                _ring.Complete(); // wakes the consumer, who is told
                return false;
            }

            _next++;
            return true;
        }
    }
}
