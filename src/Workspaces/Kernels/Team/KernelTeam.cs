using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Workspaces.Kernels.Team;

/// <summary>
/// Persistent threads that run the parts of a job together with the caller, without garbage. Threads start at the first job that has
/// more than one part, spin shortly for the next job and then sleep. A call from inside a job, or while another thread's job
/// runs, runs all its parts in its caller.
/// </summary>
/// <remarks>
/// One 64-bit ticket word hands out the parts: the upper half is the job's number, the lower half the parts not yet taken. A thread
/// takes a part by
/// a compare-exchange of the whole word, so one that wakes late cannot take a part of a later job by mistake; and
/// the job stays in place until all parts taken are done.
/// </remarks>
internal sealed unsafe class KernelTeam : IDisposable
{
    /// <summary>Spins before sleeping: some 20 microseconds, about the time that waking a sleeping thread takes.</summary>
    private const int Spins = 400;

    private readonly Lock _start = new();
    private readonly object _wake = new();
    private Thread[]? _workers;
    private long _tickets;
    private int _pending;
    private int _busy;
    private int _sleeping;
    private volatile bool _callerSleeps;
    private volatile bool _stopped;
    private void* _job;
    private delegate*<void*, int, void> _execute;
    private Exception? _failure;

    /// <summary>Makes a team; its threads start when first needed.</summary>
    /// <param name="threads">Threads that work at a time, the caller included; 1 starts none.</param>
    public KernelTeam(int threads)
    {
        if (threads is < 1 or > 1024)
        {
            throw new ArgumentOutOfRangeException(
                nameof(threads), threads, "KernelTeam: a team has 1 to 1024 threads, the caller included.");
        }

        Threads = threads;
    }

    /// <summary>Threads that work at a time, the caller included.</summary>
    public int Threads { get; }

    /// <summary>The number of the newest job; it may wrap around.</summary>
    private int CurrentJob => (int)(Volatile.Read(ref _tickets) >> 32);

    /// <summary>Runs parts 0 to <paramref name="parts"/> - 1 and returns when all have ended. The job may hold spans: it stays on the
    /// caller's stack.</summary>
    /// <exception cref="ObjectDisposedException">The team is disposed.</exception>
    /// <remarks>When parts throw, the others still run, and one of the exceptions is rethrown here.</remarks>
    public void Run<TJob>(int parts, ref TJob job)
        where TJob : struct, IKernelJob, allows ref struct
    {
        ObjectDisposedException.ThrowIf(_stopped, this);
        if (parts <= 1 || Threads == 1 || Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
        {
            for (int part = 0; part < parts; part++)
                job.Execute(part);
            return;
        }

        try
        {
            EnsureStarted();
            _failure = null;
            _job = Unsafe.AsPointer(ref job);
            _execute = &Invoke<TJob>;
            _pending = parts;
            int number = unchecked(CurrentJob + 1);
            Volatile.Write(ref _tickets, ((long)number << 32) | (uint)parts);
            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref _sleeping) > 0)
                Wake();
            Work(number);
            WaitForParts();
            _job = null;
            if (_failure is { } failure)
                ExceptionDispatchInfo.Throw(failure);
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    /// <summary>Ends the threads. Waits for a running job.</summary>
    public void Dispose()
    {
        while (Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
            Thread.Yield();
        _stopped = true;
        Wake();
        lock (_start)
        {
            foreach (Thread worker in _workers ?? [])
                worker.Join();
            _workers = null;
        }

        Volatile.Write(ref _busy, 0);
    }

    private static void Invoke<TJob>(void* job, int part)
        where TJob : struct, IKernelJob, allows ref struct => Unsafe.AsRef<TJob>(job).Execute(part);

    private void EnsureStarted()
    {
        if (_workers is not null)
            return;
        lock (_start)
        {
            var workers = new Thread[Threads - 1];
            for (int i = 0; i < workers.Length; i++)
            {
                workers[i] = new Thread(WorkerLoop) { IsBackground = true, Name = $"Workspaces kernel {i + 1}" };
                workers[i].UnsafeStart();
            }

            _workers = workers;
        }
    }

    private void WorkerLoop()
    {
        int done = 0;
        while (!_stopped)
        {
            int number = WaitForJob(done);
            Work(number);
            done = number;
        }
    }

    /// <summary>Takes parts of job <paramref name="number"/> until none is left.</summary>
    private void Work(int number)
    {
        while (true)
        {
            long tickets = Volatile.Read(ref _tickets);
            if ((int)(tickets >> 32) != number || (uint)tickets == 0)
                return;
            if (Interlocked.CompareExchange(ref _tickets, tickets - 1, tickets) != tickets)
                continue;
            try
            {
                _execute(_job, (int)(uint)tickets - 1);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref _failure, e, null);
            }

            if (Interlocked.Decrement(ref _pending) == 0 && _callerSleeps)
                Wake();
        }
    }

    private int WaitForJob(int done)
    {
        for (int i = 0; i < Spins; i++)
        {
            if (CurrentJob != done || _stopped)
                return CurrentJob;
            Thread.SpinWait(10);
        }

        lock (_wake)
        {
            Interlocked.Increment(ref _sleeping);
            while (CurrentJob == done && !_stopped)
                Monitor.Wait(_wake);
            Interlocked.Decrement(ref _sleeping);
        }

        return CurrentJob;
    }

    private void WaitForParts()
    {
        for (int i = 0; i < Spins; i++)
        {
            if (Volatile.Read(ref _pending) == 0)
                return;
            Thread.SpinWait(10);
        }

        lock (_wake)
        {
            _callerSleeps = true;
            Interlocked.MemoryBarrier();
            while (Volatile.Read(ref _pending) != 0)
                Monitor.Wait(_wake);
            _callerSleeps = false;
        }
    }

    private void Wake()
    {
        lock (_wake)
            Monitor.PulseAll(_wake);
    }
}
