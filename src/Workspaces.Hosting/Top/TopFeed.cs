using System.Diagnostics;
using System.Reflection;
using Workspaces.Memory.Telemetry;
using Workspaces.Memory.Tracking;

namespace Workspaces.Hosting.Top;

/// <summary>Makes what is shown; clients that ask within a tenth of a second get the same, so that many cost no more than one.</summary>
internal sealed class TopFeed : IDisposable
{
    private const int MostFindings = 20;
    private const int LongestText = 600;
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(100);
    private readonly object _sync = new();
    private readonly TrainingWatch _training = new();
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly string _process;
    private TopSnapshot? _last;
    private long _taken;

    internal TopFeed()
    {
        using Process process = Process.GetCurrentProcess();
        _process = Assembly.GetEntryAssembly()?.GetName().Name ?? process.ProcessName; // a program that 'dotnet' runs has a name of its own
    }

    public void Dispose() => _training.Dispose();

    internal TopSnapshot Take()
    {
        lock (_sync)
        {
            if (_last is not null && Stopwatch.GetElapsedTime(_taken) < Fresh) return _last;
            _last = Make();
            _taken = Stopwatch.GetTimestamp();
            return _last;
        }
    }

    /// <summary>What a client gets that is not served.</summary>
    internal TopSnapshot Refuse(string text) => new() { Pid = Environment.ProcessId, Process = _process, Refusal = text };

    private TopSnapshot Make()
    {
        TelemetrySnapshot seen = WorkspaceTelemetry.Snapshot();
        return new TopSnapshot
        {
            Pid = Environment.ProcessId,
            Process = _process,
            Seconds = Stopwatch.GetElapsedTime(_began).TotalSeconds,
            WorkingSetBytes = Environment.WorkingSet,
            ManagedBytes = GC.GetTotalMemory(forceFullCollection: false),
            GcCollections = GC.CollectionCount(0),
            BudgetUsedBytes = seen.BudgetUsedBytes,
            BudgetLimitBytes = seen.BudgetLimitBytes,
            LeakedWorkspaces = seen.LeakedWorkspaces,
            Training = _training.Training,
            Workspaces = [.. seen.Workspaces.Select(RowOf)],
            Pools = [.. seen.Pools.Select(static pool => new TopPool(pool.Name, pool.Rented, pool.Capacity, pool.Waiting))],
            FindingCount = seen.Findings.Count,
            Findings = [.. seen.Findings.TakeLast(MostFindings).Select(FindingOf)],
        };
    }

    private static TopFinding FindingOf(Finding finding) => new(
        finding.Code, finding.Severity.ToString(), finding.Workspace, finding.Text.Length > LongestText ? finding.Text[..LongestText] + "…" : finding.Text);

    private static TopWorkspace RowOf(WorkspaceStatistics row) => new()
    {
        Name = row.Name,
        Leases = row.Leases,
        CommittedBytes = row.Memory.Committed,
        AllocatedBytes = row.Memory.Allocated,
        UnreferencedBytes = row.Memory.Unreferenced,
        FreeBytes = row.Memory.Free,
        BookkeepingBytes = row.Memory.Bookkeeping,
        ExternalBytes = row.Memory.External,
        GradientBytes = row.Memory.Gradient,
        PeakBytes = row.PeakBytes,
        PlanPeakBytes = row.PlanPeakBytes,
        LowerBoundBytes = row.LowerBoundBytes,
        Plans = row.Plans,
        PlannedPasses = row.PlannedPasses,
        DeviatedPasses = row.DeviatedPasses,
        LearningPasses = row.LearningPasses,
        UnplannedPasses = row.UnplannedPasses,
        Deviations = row.Deviations,
        SpilledRequests = row.SpilledRequests,
        SpilledBytes = row.SpilledBytes,
    };
}
