using Workspaces.Memory.Replay;

namespace Workspaces.Memory.Spill;

/// <summary>What one arena would need for its passes that spilled, were there no cap: what the finding about spills tells the user to set.</summary>
internal sealed class SpillNeed
{
    private ReplayPlan? _plan;
    private long _abovePlan;
    private long _online;

    /// <summary>Bytes with which none of the passes would have spilled; 0 when none did.</summary>
    internal long Bytes => Math.Max(_online, _plan is { } plan ? plan.UncappedPeak + _abovePlan : 0);

    /// <summary>A pass that spilled has ended.</summary>
    /// <param name="plan">What it ran on; null when it was served online.</param>
    /// <param name="abovePlan">Bytes of spilled requests that the plan did not know.</param>
    /// <param name="online">Most bytes in the arena and outside it.</param>
    internal void Note(ReplayPlan? plan, long abovePlan, long online)
    {
        if (plan is null)
        {
            _online = Math.Max(_online, online);
            return;
        }

        if (_plan is null || plan.LowerBound > _plan.LowerBound) _plan = plan;
        _abovePlan = Math.Max(_abovePlan, abovePlan);
    }
}
