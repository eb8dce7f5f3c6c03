using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.Intrinsics.X86;

namespace Workspaces.Kernels.Team;

/// <summary>
/// Persistent threads that run the parts of a job together with the caller, without garbage. Threads start at the first job that has
/// more than one part, spin shortly for the next job and then sleep. A call from inside a job, or while another thread's job
/// runs, runs all its parts in its caller.
/// </summary>
/// <remarks>
/// Each thread owns a run of neighbouring parts, the same run of every job with as many parts, so that memory stays in the caches of the thread that worked on it
/// last; one that is through with its own takes the last parts of the others, so a thread that sleeps or is slow delays nobody:
/// <code>
///   parts   0 1 2 3 | 4 5 6 7       a word per thread: the next part, and the one after the last;
///          caller --&gt; | &lt;-- steals    both ends move by a compare-exchange of the word
/// </code>
/// A word that a late thread has read of an earlier job, and that is the same again, hands out a part of the job of now, which is as good: a job stays in place
/// until all its parts are done, and it is read after the part is taken.
/// </remarks>
internal sealed unsafe class KernelTeam : IDisposable
{
    /// <summary>How long a thread spins before it sleeps: ten times what waking it takes. By the clock, because a pause lasts 4 to 150 cycles by the
    /// processor.</summary>
    private const int SpinMicroseconds = 100;

    /// <summary>Looks at a word between looks at the clock, which costs as much as some of them.</summary>
    private const int LooksPerTick = 16;

    /// <summary>Words between those of two threads: two lines of the cache, because neighbours are fetched in pairs.</summary>
    private const int Apart = 16;

    private static readonly long SpinTicks = Stopwatch.Frequency * SpinMicroseconds / 1_000_000;

    private readonly KernelTeam? _full;
    private readonly object _start = new();
    private readonly long[] _runs;
    private readonly object _wake = new();
    private Thread[]? _workers;
    private int _newest;
    private int _owners;
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
        _runs = new long[(threads + 1) * Apart];
        WhileAwake = new KernelTeam(this);
    }

    private KernelTeam(KernelTeam full)
    {
        _full = full;
        _runs = [];
        Threads = full.Threads;
        WhileAwake = this;
    }

    /// <summary>Threads that work at a time, the caller included.</summary>
    public int Threads { get; }

    /// <summary>The same threads for jobs that are not worth waking anybody: those that spin help, and when all sleep the caller does the job alone. Parts, and
    /// with them bits and scratch, are those of this team; dispose this one only.</summary>
    public KernelTeam WhileAwake { get; }

    /// <summary>The number of the newest job; it may wrap around.</summary>
    private int CurrentJob => Volatile.Read(ref _newest);

    /// <summary>Whether no other thread would see a new job now.</summary>
    private bool IsAsleep => _workers is null || Volatile.Read(ref _sleeping) == Threads - 1;

    /// <summary>Runs parts 0 to <paramref name="parts"/> - 1 and returns when all have ended. The job may hold spans: it stays on the
    /// caller's stack.</summary>
    /// <exception cref="ObjectDisposedException">The team is disposed.</exception>
    /// <remarks>When parts throw, the others still run, and one of the exceptions is rethrown here.</remarks>
    public void Run<TJob>(int parts, ref TJob job)
        where TJob : struct, IKernelJob, allows ref struct
    {
        if (_full is { } full) full.Share(parts, ref job, wakes: false);
        else Share(parts, ref job, wakes: true);
    }

    private void Share<TJob>(int parts, ref TJob job, bool wakes)
        where TJob : struct, IKernelJob, allows ref struct
    {
        ObjectDisposedException.ThrowIf(_stopped, this);
        if (parts <= 1 || Threads == 1 || (!wakes && IsAsleep) || Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
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
            HandOut(parts);
            Volatile.Write(ref _newest, unchecked(_newest + 1));
            Interlocked.MemoryBarrier();
            if (wakes && Volatile.Read(ref _sleeping) > 0)
                Wake();
            Work(thread: 0);
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
                int thread = i + 1;
                workers[i] = new Thread(() => WorkerLoop(thread)) { IsBackground = true, Name = $"Workspaces kernel {i + 1}" };
                workers[i].UnsafeStart();
            }

            _workers = workers;
        }
    }

    private void WorkerLoop(int thread)
    {
        int done = 0;
        while (!_stopped)
        {
            done = WaitForJob(done);
            Work(thread);
        }
    }

    /// <summary>Gives each thread its run of the parts; with fewer parts than threads, the first ones get one each.</summary>
    private void HandOut(int parts)
    {
        int owners = Math.Min(parts, Threads);
        Volatile.Write(ref _owners, owners);
        for (int i = 0; i < owners; i++)
        {
            long first = (long)parts * i / owners, end = (long)parts * (i + 1) / owners;
            Volatile.Write(ref Run(i), (first << 32) | end);
        }
    }

    private ref long Run(int thread) => ref _runs[(thread + 1) * Apart];

    /// <summary>Works on the parts of the thread's own run, then on those that others have left.</summary>
    private void Work(int thread)
    {
        int owners = Volatile.Read(ref _owners);
        for (int i = 0; i < owners; i++)
        {
            int owner = (thread + i) % owners;
            while (TryTake(ref Run(owner), own: owner == thread, out int part))
            {
                try
                {
                    _execute(_job, part);
                }
                catch (Exception e)
                {
                    Interlocked.CompareExchange(ref _failure, e, null);
                }

                if (Interlocked.Decrement(ref _pending) == 0 && _callerSleeps)
                    Wake();
            }
        }
    }

    /// <summary>Takes the first part of the thread's own run, or the last of another's.</summary>
    private static bool TryTake(ref long run, bool own, out int part)
    {
        while (true)
        {
            long now = Volatile.Read(ref run);
            int next = (int)(now >> 32), end = (int)now;
            part = own ? next : end - 1;
            if (next >= end) return false;
            long rest = own ? now + (1L << 32) : now - 1;
            if (Interlocked.CompareExchange(ref run, rest, now) == now) return true;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pause()
    {
        if (X86Base.IsSupported) X86Base.Pause();
        else Thread.SpinWait(1);
    }

    private int WaitForJob(int done)
    {
        long end = Stopwatch.GetTimestamp() + SpinTicks;
        do
        {
            for (int i = 0; i < LooksPerTick; i++)
            {
                if (CurrentJob != done || _stopped)
                    return CurrentJob;
                Pause();
            }
        }
        while (Stopwatch.GetTimestamp() < end);

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
        long end = Stopwatch.GetTimestamp() + SpinTicks;
        do
        {
            for (int i = 0; i < LooksPerTick; i++)
            {
                if (Volatile.Read(ref _pending) == 0)
                    return;
                Pause();
            }
        }
        while (Stopwatch.GetTimestamp() < end);

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
