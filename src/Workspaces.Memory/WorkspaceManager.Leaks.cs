using Workspaces.Memory.Passes;
using Workspaces.Memory.Sites;
using Workspaces.Memory.Telemetry;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory;

/// <summary>What the leak detector counts and reports for all workspaces of a manager.</summary>
public sealed partial class WorkspaceManager
{
    private const int ManyWorkspaces = 64;
    private const int ManyNames = 256;
    private const int ManyObservers = 16;
    private const int MostNews = 1024;
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private int _crowd = ManyWorkspaces;
    private int _crowdOfNames = ManyNames;
    private int _pooled;
    private int _abandoned;
    private long _leakedPasses;
    private long _lateUses;

    /// <summary>What is in use, and what has leaked.</summary>
    public LeakCounts Leaks
    {
        get
        {
            lock (_sync)
            {
                return new LeakCounts
                {
                    LiveWorkspaces = _open.Count - _abandoned,
                    LeakedWorkspaces = _abandoned,
                    LeakedPasses = Interlocked.Read(ref _leakedPasses),
                    PersistentBlocks = Persistent.LiveBlocks,
                    PersistentBytes = Persistent.ParameterBytes + Persistent.StateBytes,
                    LateUses = Interlocked.Read(ref _lateUses),
                };
            }
        }
    }

    /// <summary>
    /// Throws when a lease is open, when memory that outlives passes is alive (models, optimizers, tensors made outside every workspace), or when the leak detector has
    /// warned since the manager was made.
    /// </summary>
    /// <exception cref="LeakException">With everything that was found.</exception>
    public void AssertNoLeaks()
    {
        List<Workspace> open;
        lock (_sync) open = _open.ToList();
        var leaks = open.ConvertAll(static workspace => LeakFindings.NotClosed(workspace, abandoned: false));
        LeakCounts counts = Leaks;
        if (!IsDisposed && counts.PersistentBlocks > 0)
            leaks.Add(LeakFindings.PersistentAlive(counts.PersistentBlocks, counts.PersistentBytes, "memory that outlives passes"));
        leaks.AddRange(LeakWarnings);
        LeakException.ThrowIfAny("a manager", leaks);
    }

    /// <summary>The first warnings of leaks, at most 256.</summary>
    internal IReadOnlyList<Finding> LeakWarnings => _findings.Leaks;

    internal bool IsDisposed => Volatile.Read(ref _disposed);

    /// <summary>Called by a finalizer: nobody can reach an open lease. From now on this manager keeps it, so that it can end it.</summary>
    internal void Abandon(Workspace workspace)
    {
        lock (_sync)
        {
            if (!workspace.IsLeased || !_open.TryKeep(workspace)) return;
            workspace.IsAbandoned = true;
            _abandoned++;
            WorkspaceMeter.CountLeaked(1);
        }

        TellSoon(LeakFindings.NotClosed(workspace, abandoned: true));
    }

    /// <summary>For findings made where observers must not be called, and no end of a pass may be near.</summary>
    internal void TellSoon(Finding finding)
    {
        QueueFinding(finding);
        ThreadPool.UnsafeQueueUserWorkItem(static manager => manager.DeliverFindings(), this, preferLocal: false);
    }

    /// <summary>Counts a use of a handle whose pass has ended, and tells of it once for each workspace and op.</summary>
    /// <param name="owner">The block.</param>
    /// <param name="birth">The life that was meant.</param>
    internal static void NoteLateUse(BlockHeader owner, ulong birth)
    {
        Frame frame = owner.Frame;
        if (birth > frame.Floor || frame.Workspace is null) return;
        WorkspaceManager manager = frame.Manager;
        Interlocked.Increment(ref manager._lateUses);
        string what = owner.Birth == birth ? $"a block of {owner.Bytes} bytes made by {owner.Op ?? "the caller"}" : "a block";
        if (manager.IsNews($"{FindingCodes.HandleOutlivesPass} {frame.Name} {what}")) manager.QueueFinding(LeakFindings.LateUse(frame, what));
    }

    /// <summary>True the first time that something is to be said; never more than a bounded number of things.</summary>
    internal bool IsNews(string what)
    {
        lock (_told) return _told.Count < MostNews && _told.Add(what);
    }

    internal void CountLeakedPass() => Interlocked.Increment(ref _leakedPasses);

    /// <summary>Refuses a lease beyond the limit; called under the lock.</summary>
    private void ThrowIfCrowded(WorkspaceConfiguration configuration)
    {
        if (Configuration.MaxWorkspaces == 0 || _open.Count < Configuration.MaxWorkspaces) return;
        if (IsNews(FindingCodes.TooManyWorkspaces)) QueueFinding(LeakFindings.TooMany(_open.Count, DescribeCrowd(), Configuration.MaxWorkspaces));
        throw new WorkspaceException(
            "open another workspace", $"workspace '{configuration.Name ?? "(unnamed)"}'",
            $"{_open.Count} are open and Workspaces:Manager:MaxWorkspaces is {Configuration.MaxWorkspaces}",
            "dispose workspaces that are no longer used, or raise the limit");
    }

    /// <summary>A lease has begun; called under the lock. Leases of pools are as many as their pools allow, and are not counted.</summary>
    private void NoteOpened(Workspace workspace, LeaseKind kind)
    {
        WorkspaceMeter.CountOpen(1);
        if (kind == LeaseKind.Pooled) _pooled++;
        int open = _open.Count - _pooled;
        if (open >= _crowd)
        {
            _crowd = 2 * open;
            QueueFinding(LeakFindings.TooMany(open, DescribeCrowd(), limit: 0));
        }

        if (_named.Count < _crowdOfNames) return;
        _crowdOfNames = 2 * _named.Count;
        QueueFinding(LeakFindings.TooManyNames(_named.Count, workspace.DisplayName));
    }

    /// <summary>Where a lease is taken, as words to put behind a name; empty unless somebody wants to know.</summary>
    private string SiteOfLease() =>
        Sites is null && LeakScope.Current is null ? "" : $" (made at {AllocationSites.Capture()?.ToString() ?? "an unknown place"})";

    /// <summary>A lease has ended; called under the lock.</summary>
    private void NoteClosed(Workspace workspace)
    {
        if (!_open.Remove(workspace)) return;
        WorkspaceMeter.CountOpen(-1);
        if (workspace.IsPooled) _pooled--;
        if (!workspace.IsAbandoned) return;
        workspace.IsAbandoned = false;
        _abandoned--;
        WorkspaceMeter.CountLeaked(-1);
    }

    /// <summary>The names that most of the open leases have.</summary>
    private string DescribeCrowd() => string.Join(", ", _open.ToList().GroupBy(static workspace => workspace.DisplayName, StringComparer.OrdinalIgnoreCase)
        .OrderByDescending(static group => group.Count()).Take(3).Select(static group => $"{group.Count()} of '{group.Key}'{group.First().MadeAt}"));

    private void NoteObservers(int count)
    {
        if (count >= ManyObservers && IsNews(FindingCodes.HandlersPileUp)) QueueFinding(LeakFindings.HandlersPileUp("manager", "observers of a manager", count));
    }
}
