using System.Collections.Concurrent;
using Workspaces.Memory.Telemetry;

namespace Workspaces.Memory.Tracking;

/// <summary>Keeps the last findings and hands each to the observers, outside every lock of the core.</summary>
internal sealed class FindingLog
{
    private const int Kept = 256;
    private readonly ConcurrentQueue<Finding> _pending = new();
    private readonly Queue<Finding> _recent = new();
    private readonly List<Finding> _leaks = [];
    private IWorkspaceObserver[] _observers = [];
    private int _pendingCount;

    internal IReadOnlyList<Finding> Recent
    {
        get
        {
            lock (_recent) return [.. _recent];
        }
    }

    /// <summary>The first warnings of leaks.</summary>
    internal IReadOnlyList<Finding> Leaks
    {
        get
        {
            lock (_recent) return [.. _leaks];
        }
    }

    /// <summary>Adds a receiver; returns how many there are.</summary>
    internal int Add(IWorkspaceObserver observer)
    {
        lock (_recent)
        {
            _observers = [.. _observers, observer];
            return _observers.Length;
        }
    }

    internal void Remove(IWorkspaceObserver observer)
    {
        lock (_recent) _observers = Array.FindAll(_observers, known => !ReferenceEquals(known, observer));
    }

    internal void Queue(Finding finding)
    {
        _pending.Enqueue(finding);
        Interlocked.Increment(ref _pendingCount);
        lock (_recent)
        {
            _recent.Enqueue(finding);
            if (_recent.Count > Kept) _recent.Dequeue();
            if (_leaks.Count < Kept && finding.Severity == FindingSeverity.Warning && FindingCodes.IsLeak(finding.Code)) _leaks.Add(finding);
        }

        LeakScope.Current?.Add(finding);
    }

    internal void Deliver()
    {
        if (Volatile.Read(ref _pendingCount) == 0) return;
        while (_pending.TryDequeue(out Finding? finding))
        {
            Interlocked.Decrement(ref _pendingCount);
            WorkspaceMeter.Count(finding); // here, because who listens may do anything
            WorkspaceEventSource.Log.Tell(finding);
            foreach (IWorkspaceObserver observer in Volatile.Read(ref _observers)) Tell(observer, finding);
        }
    }

    /// <summary>True when somebody receives what is told.</summary>
    internal bool HasObservers => Volatile.Read(ref _observers).Length > 0;

    internal void Tell(in PassReport pass)
    {
        if (pass is { Deviations: 0, SpilledRequests: 0 }) return;
        foreach (IWorkspaceObserver observer in Volatile.Read(ref _observers))
        {
            try
            {
                observer.OnIrregularPass(pass);
            }
            catch (Exception)
            {
                // As below.
            }
        }
    }

    internal void Tell(PlanReport plan)
    {
        foreach (IWorkspaceObserver observer in Volatile.Read(ref _observers))
        {
            try
            {
                observer.OnPlan(plan);
            }
            catch (Exception)
            {
                // As below.
            }
        }
    }

    private static void Tell(IWorkspaceObserver observer, Finding finding)
    {
        try
        {
            observer.OnFinding(finding);
        }
        catch (Exception)
        {
            // An observer's own failure must not change what it watches.
        }
    }
}
