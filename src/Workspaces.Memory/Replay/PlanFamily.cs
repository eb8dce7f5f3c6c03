namespace Workspaces.Memory.Replay;

/// <summary>Signatures that begin with the same kind of request at the same place; a larger plan of one may serve a smaller pass of another.</summary>
internal sealed class PlanFamily(ulong key)
{
    private const int WindowPasses = 100;
    private const int MostPlansInWindow = 4;
    private const int WindowsBeforeStop = 3;
    private const int GrowthsBeforeRounding = 2;
    private int _passes;
    private int _plans;
    private int _restlessWindows;
    private int _growths;
    private long _largest;

    internal ulong Key { get; } = key;

    internal List<SignaturePlans> Members { get; } = [];

    /// <summary>True when plans did not settle: no more are made, and what does not fit is served online.</summary>
    internal bool IsStopped { get; private set; }

    /// <summary>True when plans were outgrown twice: sizes are rounded up from now on.</summary>
    internal bool Rounds => _growths >= GrowthsBeforeRounding;

    /// <summary>Counts a pass; returns true when it is the one that planning stops with.</summary>
    internal bool CountPass()
    {
        if (IsStopped || ++_passes < WindowPasses) return false;
        _restlessWindows = _plans > MostPlansInWindow ? _restlessWindows + 1 : 0;
        _passes = _plans = 0;
        IsStopped = _restlessWindows == WindowsBeforeStop;
        return IsStopped;
    }

    /// <summary>Counts a new plan. Growth in rounded sizes comes to an end by itself and is no sign of unrest.</summary>
    /// <param name="record">What the plan is for.</param>
    /// <param name="isSameLength">Whether a plan of as many requests is known; then a record larger than all before has grown in its sizes.</param>
    internal void CountPlan(PassRecord record, bool isSameLength)
    {
        long bytes = record.LowerBoundBytes();
        bool grown = isSameLength && bytes > _largest;
        _largest = Math.Max(_largest, bytes);
        if (!grown || !Rounds) _plans++;
        if (grown) _growths++;
    }

    /// <summary>The smallest plan whose first request is as large as this one, or null.</summary>
    internal ReplayPlan? Smallest(ulong firstKey)
    {
        ReplayPlan? best = null;
        foreach (SignaturePlans member in Members)
        {
            if (member.Plan is not { } plan || !RequestKey.Fits(plan.FirstKey, firstKey)) continue;
            if (best is null || plan.Peak < best.Peak) best = plan;
        }

        return best;
    }
}
