using Workspaces.Memory.Budgets;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Telemetry;

/// <summary>
/// The workspaces, managers and pools of the process, for those who watch it; it keeps none of them alive. What workspaces have counted stays when they go, under
/// their names, of which there are at most 64.
/// </summary>
internal static class WorkspaceRegister
{
    internal const string Other = "(other)";
    private const int MostNames = 64;
    private const int LeastToPrune = 16;
    private static readonly object Sync = new();
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase);
    private static readonly Dictionary<string, PassCounts> Ended = new(StringComparer.OrdinalIgnoreCase);
    private static readonly List<PassCounts> Live = [];
    private static readonly WeakList<WorkspaceManager> Managers = new();
    private static readonly WeakList<WorkspacePool> Pools = new();
    private static int _pruneAt = LeastToPrune;

    internal static PassCounts Add(Workspace workspace)
    {
        lock (Sync)
        {
            if (Live.Count >= _pruneAt) Prune();
            var counts = new PassCounts(Label(workspace.DisplayName), workspace.Reference) { Index = Live.Count };
            Live.Add(counts);
            return counts;
        }
    }

    /// <summary>The workspace is gone; its counts stay under its name.</summary>
    internal static void Remove(PassCounts counts)
    {
        lock (Sync)
        {
            if (counts.Index >= 0) Take(counts);
        }
    }

    internal static void Add(WorkspaceManager manager)
    {
        lock (Sync) Managers.Add(manager);
    }

    internal static void Remove(WorkspaceManager manager)
    {
        lock (Sync) Managers.Remove(manager);
    }

    internal static void Add(WorkspacePool pool)
    {
        lock (Sync) Pools.Add(pool);
    }

    internal static void Remove(WorkspacePool pool)
    {
        lock (Sync) Pools.Remove(pool);
    }

    /// <summary>The name, or <see cref="Other"/> when there were too many, so that no series of measurements grows without an end.</summary>
    internal static string LabelOf(string name)
    {
        lock (Sync) return Label(name);
    }

    /// <summary>The rows of all names. Everything is copied under the lock and looked at outside it, because managers take this lock inside theirs.</summary>
    internal static IReadOnlyList<WorkspaceStatistics> Workspaces()
    {
        var rows = new SortedDictionary<string, StatisticsSum>(StringComparer.OrdinalIgnoreCase);
        PassCounts[] live;
        List<WorkspaceManager> managers;
        lock (Sync)
        {
            Prune();
            live = [.. Live];
            foreach (PassCounts ended in Ended.Values) Row(rows, ended.Label).Add(ended);
            foreach (PassCounts counts in live) Row(rows, counts.Label).Add(counts);
            managers = Managers.ToList();
        }

        foreach (PassCounts counts in live)
        {
            if (counts.Owner!.TryGetTarget(out Workspace? workspace)) Row(rows, counts.Label).Add(workspace);
        }

        foreach (WorkspaceManager manager in managers)
        {
            Row(rows, "persistent").Add(manager.Persistent.Memory);
            Row(rows, "scratch").Add(manager.Scratch.Memory);
            if (manager.SharedMemory is { } shared) Row(rows, "(shared)").Add(shared);
        }

        return [.. rows.Select(static row => row.Value.ToStatistics(row.Key))];
    }

    internal static IReadOnlyList<PoolStatistics> PoolRows()
    {
        List<WorkspacePool> pools;
        lock (Sync) pools = Pools.ToList();
        return [.. pools.GroupBy(static pool => LabelOf(pool.Configuration.Name!), StringComparer.OrdinalIgnoreCase)
            .OrderBy(static group => group.Key, StringComparer.OrdinalIgnoreCase)
            .Select(static group => new PoolStatistics(
                group.Key, group.Sum(static pool => pool.Rented), group.Sum(static pool => pool.Capacity), group.Sum(static pool => pool.Waiting)))];
    }

    /// <summary>Used and allowed bytes of all budgets; of those without a limit the first only.</summary>
    internal static (long Used, long Limit) Budget()
    {
        long used = 0, limit = 0;
        foreach (WorkspaceManager manager in LiveManagers())
        {
            BudgetReport report = manager.Budget;
            used += report.UsedBytes;
            limit += report.LimitBytes;
        }

        return (used, limit);
    }

    internal static TelemetrySnapshot Snapshot()
    {
        List<WorkspaceManager> managers = LiveManagers();
        var findings = new List<Finding>();
        int leaked = 0;
        long late = 0;
        foreach (WorkspaceManager manager in managers)
        {
            findings.AddRange(manager.Findings);
            LeakCounts leaks = manager.Leaks;
            leaked += leaks.LeakedWorkspaces;
            late += leaks.LateUses;
        }

        (long used, long limit) = Budget();
        return new TelemetrySnapshot
        {
            Workspaces = Workspaces(),
            Pools = PoolRows(),
            Findings = findings,
            Managers = managers.Count,
            BudgetUsedBytes = used,
            BudgetLimitBytes = limit,
            LeakedWorkspaces = leaked,
            LateUses = late,
        };
    }

    private static List<WorkspaceManager> LiveManagers()
    {
        lock (Sync) return Managers.ToList();
    }

    private static StatisticsSum Row(SortedDictionary<string, StatisticsSum> rows, string label)
    {
        if (!rows.TryGetValue(label, out StatisticsSum? row)) rows.Add(label, row = new StatisticsSum());
        return row;
    }

    private static string Label(string name)
    {
        if (Names.Contains(name)) return name;
        if (Names.Count >= MostNames) return Other;
        Names.Add(name);
        return name;
    }

    /// <summary>Takes out those whose workspace was collected with a manager that nobody disposed.</summary>
    private static void Prune()
    {
        for (int i = Live.Count - 1; i >= 0; i--)
        {
            if (!Live[i].Owner!.TryGetTarget(out _)) Take(Live[i]);
        }

        _pruneAt = Math.Max(LeastToPrune, 2 * Live.Count);
    }

    private static void Take(PassCounts counts)
    {
        PassCounts last = Live[^1];
        Live[counts.Index] = last;
        last.Index = counts.Index;
        Live.RemoveAt(Live.Count - 1);
        counts.Index = -1;
        if (!Ended.TryGetValue(counts.Label, out PassCounts? sum)) Ended.Add(counts.Label, sum = new PassCounts(counts.Label, null));
        sum.Add(counts);
    }
}
