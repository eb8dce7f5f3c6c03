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
///   parts   0 1 2 3 | 4 5 6 7       a word per thread: how many threads may take from it, the next part, and the one after the last;
///          caller --&gt; | &lt;-- steals    both ends move by a compare-exchange of the word
/// </code>
/// A word that a late thread has read of an earlier job, and that is the same again, hands out a part of the job of now, which is as good: a job stays in place
/// until all its parts are done, and it is read after the part is taken.
/// <para>
/// Whether another thread takes part in a job that is not worth all of them depends on time (which sleep, how far they are), so it decides nothing but who
/// computes: parts and scratch follow from the number of threads alone.
/// </para>
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

    /// <summary>Bits of a word for the next part and for the one after the last.</summary>
    private const int PartBits = 26;

    /// <summary>The most parts of a job that is shared.</summary>
    private const int MostParts = (1 << PartBits) - 1;

    /// <summary>Measurements of the round trip that count, and how long they are tried on a machine whose cores others have.</summary>
    private const int Answers = 8, MostMilliseconds = 200;

    private static readonly long SpinTicks = Stopwatch.Frequency * SpinMicroseconds / 1_000_000;

    private readonly KernelTeam _full;
    private readonly TeamReach _reach;
    private readonly TeamDistance _distance;
    private readonly TeamWaking _waking;
    private readonly long[] _runs;
    private readonly object _wake = new();
    private readonly TeamThreads _threads;
    private int _newest;
    private int _owners;
    private int _pending;
    private int _busy;
    private int _sleeping;
    private volatile bool _callerSleeps;
    private volatile bool _stopped;
    private void* _job;
    private delegate*<void*, int, int, void> _execute;
    private Exception? _failure;

    /// <summary>Makes a team; its threads start when first needed.</summary>
    /// <param name="threads">Threads that work at a time, the caller included; 1 starts none.</param>
    /// <param name="farNanoseconds">The round trip from which on a thread is far.</param>
    /// <param name="start">Starts a thread, or throws as the system does; for tests.</param>
    public KernelTeam(int threads, double farNanoseconds = TeamDistance.FarNanoseconds, Action<Thread>? start = null)
    {
        if (threads is < 1 or > 1024)
        {
            throw new ArgumentOutOfRangeException(
                nameof(threads), threads, "KernelTeam: a team has 1 to 1024 threads, the caller included.");
        }

        Threads = threads;
        _full = this;
        _runs = new long[(threads + 1) * Apart];
        _threads = new TeamThreads(threads - 1, WorkerLoop, start ?? (static thread => thread.UnsafeStart()));
        _distance = new TeamDistance(threads - 1, farNanoseconds);
        _waking = new TeamWaking();
        WhilePaying = new KernelTeam(this, TeamReach.Paying);
        WhileNear = new KernelTeam(this, TeamReach.Near);
        WhileAwake = new KernelTeam(this, TeamReach.Awake);
    }

    private KernelTeam(KernelTeam full, TeamReach reach)
    {
        _full = full;
        _reach = reach;
        _runs = [];
        _threads = full._threads;
        _distance = full._distance;
        _waking = full._waking;
        Threads = full.Threads;
        WhilePaying = this;
        WhileNear = this;
        WhileAwake = this;
    }

    /// <summary>Threads that work at a time, the caller included.</summary>
    public int Threads { get; }

    /// <summary>The same threads for jobs that alone are not worth waking anybody (see <see cref="TeamWaking"/>): when all sleep the caller mostly does them alone. Parts, and with
    /// them bits and scratch, are those of this team; dispose this one only.</summary>
    public KernelTeam WhilePaying { get; }

    /// <summary>As <see cref="WhilePaying"/>, for jobs that are not worth a thread that is far either.</summary>
    public KernelTeam WhileNear { get; }

    /// <summary>As <see cref="WhileNear"/>, for jobs that never wake anybody: those that spin help, and when all sleep the caller works alone.</summary>
    public KernelTeam WhileAwake { get; }

    /// <summary>Whether one of the threads was far when that was last measured.</summary>
    internal bool IsFar => _distance.IsFar;

    /// <summary>The number of the newest job; it may wrap around.</summary>
    private int CurrentJob => Volatile.Read(ref _newest);

    /// <summary>Whether no other thread would see a new job now.</summary>
    public bool IsAsleep => Volatile.Read(ref _sleeping) == _threads.Started;

    /// <summary>The team for a job that begins now, or null when the caller does it alone: for jobs that one thread does faster uncut.</summary>
    public KernelTeam? Now() => _full.IsWorth(_reach) ? _full : null;

    /// <summary>Runs parts 0 to <paramref name="parts"/> - 1 and returns when all have ended. The job may hold spans: it stays on the
    /// caller's stack.</summary>
    /// <exception cref="ObjectDisposedException">The team is disposed.</exception>
    /// <remarks>When parts throw, the others still run, and one of the exceptions is rethrown here.</remarks>
    public void Run<TJob>(int parts, ref TJob job)
        where TJob : struct, IKernelJob, allows ref struct => _full.Share(parts, Threads, Unsafe.AsPointer(ref job), &Invoke<TJob>, _reach);

    /// <summary>As <see cref="Run{TJob}"/>, for jobs whose parts share slots of scratch: as many threads work at a time as there are slots.</summary>
    /// <exception cref="ObjectDisposedException">The team is disposed.</exception>
    public void RunSlots<TJob>(int parts, int slots, ref TJob job)
        where TJob : struct, ISlotJob, allows ref struct =>
        _full.Share(parts, Math.Min(slots, Threads), Unsafe.AsPointer(ref job), &InvokeSlot<TJob>, _reach);

    /// <summary>
    /// Measures the round trip to the farthest of the threads now, the least of some attempts: some microseconds, up to 200 milliseconds where other programs have
    /// the cores. What the team has measured by itself stays as it is.
    /// </summary>
    /// <returns>Nanoseconds; NaN with one thread, and when a thread never answered.</returns>
    internal double MeasureRoundTrip()
    {
        double least = double.NaN;
        if (Threads == 1) return least;
        long begin = Stopwatch.GetTimestamp();
        int answered = 0;
        while (answered < Answers && Stopwatch.GetElapsedTime(begin).TotalMilliseconds < MostMilliseconds)
        {
            var nothing = default(NothingJob);
            Run(Threads, ref nothing); // wakes those that sleep
            if (Interlocked.CompareExchange(ref _busy, 1, 0) != 0) continue;
            try
            {
                double now = _distance.Measure(_threads.Started);
                if (!double.IsNaN(now)) answered++;
                least = double.MinNumber(least, now);
            }
            finally
            {
                Volatile.Write(ref _busy, 0);
            }
        }

        return least;
    }

    private void Share(int parts, int threads, void* job, delegate*<void*, int, int, void> execute, TeamReach reach)
    {
        ObjectDisposedException.ThrowIf(_stopped, this);
        if (parts <= 1 || threads <= 1 || parts > MostParts || !IsWorth(reach) || Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
        {
            RunAlone(parts, job, execute);
            return;
        }

        try
        {
            _threads.Start();
            _failure = null;
            _job = job;
            _execute = execute;
            _pending = parts;
            HandOut(parts, threads);
            Volatile.Write(ref _newest, unchecked(_newest + 1));
            Interlocked.MemoryBarrier();
            bool wakes = reach != TeamReach.Awake && Volatile.Read(ref _sleeping) > 0;
            if (wakes)
                Wake();
            _waking.Count(wakes);
            Work(thread: 0);
            WaitForParts();
            _job = null;
            _distance.Count(_threads.Started);
            if (_failure is { } failure)
                ExceptionDispatchInfo.Throw(failure);
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    private static void RunAlone(int parts, void* job, delegate*<void*, int, int, void> execute)
    {
        Exception? failure = null;
        for (int part = 0; part < parts; part++)
        {
            try
            {
                execute(job, part, 0);
            }
            catch (Exception e)
            {
                failure ??= e;
            }
        }

        if (failure is not null) ExceptionDispatchInfo.Throw(failure);
    }

    private bool IsWorth(TeamReach reach) => reach switch
    {
        TeamReach.All => true,
        TeamReach.Paying => !IsAsleep || _waking.Pays(),
        TeamReach.Near => !_distance.Keeps() && (!IsAsleep || _waking.Pays()),
        _ => !IsAsleep && !_distance.IsFar,
    };

    /// <summary>Ends the threads. Waits for a running job.</summary>
    public void Dispose()
    {
        while (Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
            Thread.Yield();
        _stopped = true;
        Wake();
        _threads.Join();
        Volatile.Write(ref _busy, 0);
    }

    private static void Invoke<TJob>(void* job, int part, int slot)
        where TJob : struct, IKernelJob, allows ref struct => Unsafe.AsRef<TJob>(job).Execute(part);

    private static void InvokeSlot<TJob>(void* job, int part, int slot)
        where TJob : struct, ISlotJob, allows ref struct => Unsafe.AsRef<TJob>(job).Execute(part, slot);

    private void WorkerLoop(int thread)
    {
        int done = 0;
        while (!_stopped)
        {
            done = WaitForJob(thread, done);
            Work(thread);
        }
    }

    /// <summary>Gives each thread its run of the parts; with fewer parts than threads, the first ones get one each.</summary>
    private void HandOut(int parts, int threads)
    {
        int owners = Math.Min(parts, threads);
        Volatile.Write(ref _owners, owners);
        for (int i = 0; i < owners; i++)
        {
            long first = (long)parts * i / owners, end = (long)parts * (i + 1) / owners;
            Volatile.Write(ref Run(i), ((long)threads << (2 * PartBits)) | (first << PartBits) | end);
        }
    }

    private ref long Run(int thread) => ref _runs[(thread + 1) * Apart];

    /// <summary>Works on the parts of the thread's own run, then on those that others have left. Parts are reported together at the end, because the count goes from
    /// core to core with each report; until then the job cannot end, so all of them are of one job.</summary>
    private void Work(int thread)
    {
        int owners = Volatile.Read(ref _owners), done = 0;
        for (int i = 0; i < owners; i++)
        {
            int owner = (thread + i) % owners;
            while (TryTake(ref Run(owner), thread, own: owner == thread, out int part))
            {
                try
                {
                    _execute(_job, part, thread);
                }
                catch (Exception e)
                {
                    Interlocked.CompareExchange(ref _failure, e, null);
                }

                done++;
            }
        }

        if (done > 0 && Interlocked.Add(ref _pending, -done) == 0 && _callerSleeps)
            Wake();
    }

    /// <summary>Takes the first part of the thread's own run, or the last of another's; none where only threads with lower numbers may work.</summary>
    private static bool TryTake(ref long run, int thread, bool own, out int part)
    {
        while (true)
        {
            long now = Volatile.Read(ref run);
            int threads = (int)(now >> (2 * PartBits)), next = (int)(now >> PartBits) & MostParts, end = (int)now & MostParts;
            part = own ? next : end - 1;
            if (thread >= threads || next >= end) return false;
            long rest = own ? now + (1L << PartBits) : now - 1;
            if (Interlocked.CompareExchange(ref run, rest, now) == now) return true;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pause()
    {
        if (X86Base.IsSupported) X86Base.Pause();
        else Thread.SpinWait(1);
    }

    private int WaitForJob(int thread, int done)
    {
        long end = Stopwatch.GetTimestamp() + SpinTicks;
        do
        {
            for (int i = 0; i < LooksPerTick; i++)
            {
                if (CurrentJob != done || _stopped)
                    return CurrentJob;
                _distance.Answer(thread);
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
