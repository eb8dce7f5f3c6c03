using Workspaces.Memory.Passes;

namespace Workspaces.Memory.Tracking;

/// <summary>
/// Watches what this flow takes, and what it starts takes, and names what of it was not given back: leases, managers, memory that outlives passes, and what the leak
/// detector finds meanwhile. For tests; flows that run beside it are not its business.
/// <code>
///   using var scope = LeakScope.Begin();
///   RunTheCode();
///   scope.AssertNoLeaks();
/// </code>
/// </summary>
/// <remarks>While a scope is open, leases remember where they were taken, which costs microseconds each.</remarks>
public sealed class LeakScope : IDisposable
{
    private static readonly AsyncLocal<LeakScope?> Flow = new();
    private static int _open;

    private readonly object _sync = new();
    private readonly LeakScope? _outer;
    private readonly List<(WeakReference<Workspace> Workspace, long Serial)> _leases = [];
    private readonly List<WorkspaceManager> _managers = [];
    private readonly List<(BlockHeader Header, ulong Birth)> _persistent = [];
    private readonly List<Finding> _findings = [];
    private bool _closed;

    private LeakScope() => _outer = Flow.Value;

    /// <summary>Begins to watch this flow.</summary>
    /// <returns>The scope; dispose it in the same flow.</returns>
    public static LeakScope Begin()
    {
        var scope = new LeakScope();
        Interlocked.Increment(ref _open);
        Flow.Value = scope;
        return scope;
    }

    /// <summary>The scope that watches this flow, or null; cheap while there is none anywhere.</summary>
    internal static LeakScope? Current => Volatile.Read(ref _open) == 0 ? null : Flow.Value;

    /// <summary>What was taken since the beginning and is not given back, and the warnings of the leak detector; empty when all is well.</summary>
    /// <returns>One finding each.</returns>
    public IReadOnlyList<Finding> Find()
    {
        List<Finding> leaks;
        List<WorkspaceManager> managers;
        List<(WeakReference<Workspace> Workspace, long Serial)> leases;
        List<(BlockHeader Header, ulong Birth)> persistent;
        lock (_sync) (leaks, managers, leases, persistent) = ([.. _findings], [.. _managers], [.. _leases], [.. _persistent]);
        managers.RemoveAll(static manager => manager.IsDisposed);
        foreach ((WeakReference<Workspace> reference, long serial) in leases)
        {
            if (!reference.TryGetTarget(out Workspace? workspace) || workspace.LeaseSerial != serial) continue;
            if (!managers.Contains(workspace.Manager)) leaks.Add(LeakFindings.NotClosed(workspace, abandoned: false));
        }

        foreach (WorkspaceManager manager in managers) leaks.Add(LeakFindings.ManagerOpen(manager.Leaks.LiveWorkspaces));
        persistent.RemoveAll(held => !held.Header.Keeps(held.Birth) || managers.Contains(held.Header.Frame.Manager));
        if (persistent.Count > 0) leaks.Add(PersistentAlive(persistent));
        return leaks;
    }

    /// <summary>Throws when <see cref="Find"/> finds anything.</summary>
    /// <exception cref="LeakException">With all findings.</exception>
    public void AssertNoLeaks() => LeakException.ThrowIfAny("a leak scope", [.. Find()]);

    /// <summary>Ends the watch; reports nothing. A second call does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _closed, true)) return;
        if (ReferenceEquals(Flow.Value, this)) Flow.Value = _outer;
        Interlocked.Decrement(ref _open);
    }

    internal void Add(Workspace workspace)
    {
        lock (_sync) _leases.Add((workspace.Reference, workspace.LeaseSerial));
    }

    internal void Add(WorkspaceManager manager)
    {
        lock (_sync) _managers.Add(manager);
    }

    internal void Add(BlockHeader persistent)
    {
        lock (_sync) _persistent.Add((persistent, persistent.Birth));
    }

    internal void Add(Finding finding)
    {
        if (finding.Severity != FindingSeverity.Warning || !FindingCodes.IsLeak(finding.Code)) return;
        lock (_sync) _findings.Add(finding);
    }

    private static Finding PersistentAlive(List<(BlockHeader Header, ulong Birth)> held)
    {
        string which = string.Join(", ", held.Take(3).Select(static block => $"{block.Header.Op ?? "a block"} of {block.Header.Bytes} bytes"));
        return LeakFindings.PersistentAlive(held.Count, held.Sum(static block => Granule.RoundUp(block.Header.Bytes)), which);
    }
}
