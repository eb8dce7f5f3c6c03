using Workspaces.Memory.Replay;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Telemetry;

/// <summary>Adds up what belongs to one name.</summary>
internal sealed class StatisticsSum
{
    private readonly long[] _passes = new long[4];
    private readonly HashSet<PlanCache> _caches = [];
    private MemoryReport _memory;
    private int _leases;
    private int _plans;
    private long _plansMade;
    private long _peak;
    private long _planPeak;
    private long _lowerBound;
    private long _deviations;
    private long _spilledRequests;
    private long _spilledBytes;

    internal void Add(PassCounts counts)
    {
        for (int i = 0; i < _passes.Length; i++) _passes[i] += counts.Passes((PassResult)i);
        _deviations += counts.Deviations;
        _spilledRequests += counts.SpilledRequests;
        _spilledBytes += counts.SpilledBytes;
    }

    internal void Add(MemoryReport memory) => _memory += memory;

    internal void Add(Workspace workspace)
    {
        _memory += workspace.OwnMemory;
        _peak += workspace.Configuration.WorkspaceMode == WorkspaceMode.Single ? 0 : workspace.PeakBytes;
        if (workspace.IsLeased) _leases++;
        if (!_caches.Add(workspace.Learned.Plans)) return; // leases of a name share them
        PlanCensus census = workspace.Learned.Plans.Census();
        _plans += census.Plans;
        _plansMade += census.PlansMade;
        if (census.PeakBytes <= _planPeak) return;
        _planPeak = census.PeakBytes;
        _lowerBound = census.LowerBoundBytes;
    }

    internal WorkspaceStatistics ToStatistics(string name) => new()
    {
        Name = name,
        Leases = _leases,
        Memory = _memory,
        PeakBytes = _peak,
        Plans = _plans,
        PlansMade = _plansMade,
        PlanPeakBytes = _planPeak,
        LowerBoundBytes = _lowerBound,
        PlannedPasses = _passes[(int)PassResult.Planned],
        DeviatedPasses = _passes[(int)PassResult.Deviated],
        LearningPasses = _passes[(int)PassResult.Learning],
        UnplannedPasses = _passes[(int)PassResult.Unplanned],
        Deviations = _deviations,
        SpilledRequests = _spilledRequests,
        SpilledBytes = _spilledBytes,
    };
}
