using Workspaces.Memory.Passes;
using Workspaces.Memory.Replay;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Recording;

/// <summary>
/// Somebody's wish to have passes recorded, see <see cref="WorkspaceManager.RecordPasses"/>. Keeps the last pass of each kind (workspace, signature, way of
/// being served) with its blocks, and the order of all passes in short. Costs one comparison a pass while nobody records.
/// </summary>
public sealed class PassRecording : IDisposable
{
    private const int MostPasses = 64;
    private const int MostRuns = 4096;
    private readonly object _sync = new();
    private readonly WorkspaceManager _manager;
    private readonly Dictionary<(string Workspace, ulong Place, ulong Signature, RecordedPassState State), RecordedPass> _passes = [];
    private readonly List<PassRun> _runs = [];
    private IDisposable? _sites;
    private bool _disposed;

    internal PassRecording(WorkspaceManager manager)
    {
        _manager = manager;
        HasDetails = true;
    }

    /// <summary>
    /// Whether blocks are recorded with shapes, layers and places in the user's code (the default), or passes are only counted. Recording blocks makes a pass slower
    /// and leaves garbage; switch it off between passes once those of interest have been seen.
    /// </summary>
    public bool HasDetails
    {
        get => _sites is not null;
        set
        {
            if (value == HasDetails || (value && _disposed)) return;
            _sites?.Dispose();
            _sites = value ? _manager.RecordSites() : null;
        }
    }

    /// <summary>The passes, in the order in which their kinds were first seen; at most 64 kinds are kept.</summary>
    public IReadOnlyList<RecordedPass> Passes
    {
        get
        {
            lock (_sync) return [.. _passes.Values];
        }
    }

    /// <summary>All passes in order, at most 4,096 runs of equal ones; a later run is counted with the last.</summary>
    public IReadOnlyList<PassRun> Runs
    {
        get
        {
            lock (_sync) return [.. _runs];
        }
    }

    /// <summary>Ends the recording; what was recorded stays.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        HasDetails = false;
        _manager.Remove(this);
    }

    /// <summary>A pass has ended.</summary>
    /// <param name="frame">Its frame, closed.</param>
    /// <param name="trace">What it asked for.</param>
    /// <param name="blocks">Its blocks, by number of the request; null without details.</param>
    /// <param name="end">How it ran.</param>
    internal void Add(Frame frame, PassTrace trace, RecordedBlock[]? blocks, in PassEnd end)
    {
        if (trace.Count == 0) return;
        RecordedPassState state = end.IsShapesOnly ? RecordedPassState.Shapes
            : end.Deviations > 0 || end.Outside > 0 ? RecordedPassState.Spilled
            : end.Plan is null ? RecordedPassState.Learning : RecordedPassState.Planned;
        lock (_sync)
        {
            Count(new PassRun(frame.Name, trace.Signature, state, 1));
            if (blocks is null || !HasDetails || trace.Dropped > 0) return;
            (string, ulong, ulong, RecordedPassState) key = (frame.Name, frame.Place, trace.Signature.Key, state);
            if (_passes.Count >= MostPasses && !_passes.ContainsKey(key)) return;
            _passes[key] = new RecordedPass
            {
                Workspace = frame.Name,
                Signature = trace.Signature,
                Number = frame.PassNumber,
                State = state,
                Events = trace.Events,
                Blocks = RecordedPass.WithBytes(end.IsShapesOnly ? Placed(blocks, end.Plan) : blocks),
                PlanBytes = end.Plan?.Peak,
                PlanLowerBound = end.Plan?.LowerBound,
                Planner = end.Plan?.Planner,
                Deviations = end.Deviations,
                LastUseBound = trace.LowerBoundBytes(),
            };
        }
    }

    /// <summary>A pass without bytes lies where its plan will have it.</summary>
    private static RecordedBlock[] Placed(RecordedBlock[] blocks, ReplayPlan? plan)
    {
        if (plan is null || plan.Count != blocks.Length) return blocks;
        for (int i = 0; i < blocks.Length; i++)
        {
            if (plan.OffsetOf(i) >= 0) blocks[i] = blocks[i] with { Offset = plan.OffsetOf(i), IsPlanned = true };
        }

        return blocks;
    }

    private void Count(PassRun run)
    {
        if (_runs.Count > 0 && (_runs.Count == MostRuns || _runs[^1] with { Count = 1 } == run)) _runs[^1] = _runs[^1] with { Count = _runs[^1].Count + 1 };
        else _runs.Add(run);
    }
}
