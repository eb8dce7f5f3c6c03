namespace Workspaces.Memory.Pressure;

/// <summary>
/// Gives the pages of idle workspaces back: of those that nobody has leased for a whole round of its timer; and all of them when memory is nearly full,
/// which it looks at every round and after collections of the oldest generation. It never touches what a pass or an op uses, and runs on pool threads.
/// </summary>
internal sealed class IdleTrimmer(WorkspaceManager manager) : IThreadPoolWorkItem, IDisposable
{
    private readonly object _sync = new();
    private readonly TimeSpan _period = TimeSpan.FromSeconds(manager.Configuration.TrimSeconds);
    private readonly double _high = manager.Configuration.TrimPressure;
    private MemoryPressureGauge? _gauge;
    private ITimer? _timer;
    private long _round;
    private int _queued;
    private int _started;

    /// <summary>Rounds so far.</summary>
    internal long Round => Interlocked.Read(ref _round);

    /// <summary>Times that all idle pages were given back because memory was nearly full.</summary>
    internal long PressureTrims { get; private set; }

    internal bool IsDisposed { get; private set; }

    /// <summary>Begins with the first workspace that becomes idle; further calls do nothing.</summary>
    internal void Start()
    {
        if (Volatile.Read(ref _started) != 0 || Interlocked.Exchange(ref _started, 1) != 0) return;
        CollectionSignal.Start(this);
        if (_period == TimeSpan.Zero) return;
        var link = new TimerLink(this);
        AsyncFlowControl? flow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow(); // no pass of this flow is to be kept by a timer
        try
        {
            _timer = link.Timer = manager.Surroundings.Clock.CreateTimer(static state => ((TimerLink)state!).Tick(), link, _period, _period);
        }
        finally
        {
            flow?.Undo();
        }
    }

    /// <summary>The collector was at the oldest generation; called on the finalizer thread, which must not wait.</summary>
    internal void Collected()
    {
        if (Interlocked.Exchange(ref _queued, 1) == 0) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>After a collection: gives back only when memory is nearly full.</summary>
    public void Execute()
    {
        Volatile.Write(ref _queued, 0);
        lock (_sync) TrimUnderPressure();
    }

    public void Dispose()
    {
        lock (_sync)
        {
            IsDisposed = true;
            _timer?.Dispose();
            _gauge?.Dispose();
        }
    }

    private void Tick()
    {
        lock (_sync)
        {
            if (IsDisposed) return;
            long round = Interlocked.Increment(ref _round);
            if (!TrimUnderPressure()) manager.TrimUnused(round - 1);
        }
    }

    private bool TrimUnderPressure()
    {
        if (IsDisposed) return false;
        _gauge ??= new MemoryPressureGauge(manager.Surroundings.Files);
        if (_gauge.Read() < _high) return false;
        PressureTrims++;
        manager.TrimIdle();
        return true;
    }

    /// <summary>What the timer holds, so that it keeps no manager alive that nobody has disposed.</summary>
    private sealed class TimerLink(IdleTrimmer trimmer)
    {
        private readonly WeakReference<IdleTrimmer> _trimmer = new(trimmer);

        internal ITimer? Timer { get; set; }

        internal void Tick()
        {
            if (_trimmer.TryGetTarget(out IdleTrimmer? target)) target.Tick();
            else Timer?.Dispose();
        }
    }
}
