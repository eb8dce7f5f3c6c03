namespace Workspaces.Memory.Replay;

/// <summary>
/// A plan that needs more than its arena may have, seen through two windows. Blocks keep the offsets of the plan; those that end above the limit lie in
/// the spill file, at the same distance from <see cref="SpillStart"/>. Two blocks that share no byte of the plan share none in either window.
/// <code>
///   plan    0 ........ ArenaEnd ... limit ......................... Peak
///   arena   |█████████████|
///   file             SpillStart |██████████████████████████████████████|
/// </code>
/// </summary>
internal sealed class PlanSplit
{
    private readonly PlanSlot[] _slots;
    private readonly long _limit;
    private readonly ReplayPlan _plan;

    internal PlanSplit(ReplayPlan plan, long limit)
    {
        _plan = plan;
        Limit = limit;
        _limit = limit / Granule.Bytes;
        _slots = plan.Slots;
        SpillStart = plan.Peak;
        for (int k = 1; k < _slots.Length; k++)
        {
            if (RequestKey.Granules(_slots[k].Key) == 0) continue;
            long start = _slots[k].Offset * (long)Granule.Bytes;
            if (IsOutside(k)) SpillStart = Math.Min(SpillStart, start);
            else ArenaEnd = Math.Max(ArenaEnd, start + (RequestKey.Granules(_slots[k].Key) * Granule.Bytes));
        }
    }

    /// <summary>Bytes that the arena may have.</summary>
    internal long Limit { get; }

    /// <summary>Highest end of a block in the arena.</summary>
    internal long ArenaEnd { get; }

    /// <summary>Lowest byte of a block outside, in the plan.</summary>
    internal long SpillStart { get; }

    /// <summary>Bytes of the file that the plan needs.</summary>
    internal long SpillBytes => _plan.Peak - SpillStart;

    /// <summary>True for a slot that does not fit below the limit.</summary>
    internal bool IsOutside(int slot) => _slots[slot].Offset + RequestKey.Granules(_slots[slot].Key) > _limit;
}
