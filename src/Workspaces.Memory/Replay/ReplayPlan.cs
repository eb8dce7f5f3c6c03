namespace Workspaces.Memory.Replay;

/// <summary>
/// A plan in the form that replay runs on: slots in request order, each with its offset and its predecessors. Immutable, and shared by any number of
/// frames and leases. Predecessors are always computed from the offsets, never read from a file, so that a wrong plan costs spills and never bytes.
/// </summary>
internal sealed class ReplayPlan
{
    private readonly PlanSlot[] _slots;
    private readonly int[] _more;
    private readonly ulong[] _indexKeys;
    private readonly int[] _indexSlots;
    private PlanSplit? _split;

    /// <summary>Makes a plan of a record and the offsets of its requests.</summary>
    /// <param name="record">The requests that the plan is for.</param>
    /// <param name="offsets">Offset of each request in granules.</param>
    /// <param name="lowerBound">Most bytes live at one moment.</param>
    /// <param name="planner">What found the offsets.</param>
    internal ReplayPlan(PassRecord record, ReadOnlySpan<uint> offsets, long lowerBound, string planner)
    {
        Record = record;
        LowerBound = lowerBound;
        Planner = planner;
        _slots = new PlanSlot[record.Count + 1];
        long end = 0;
        for (int i = 0; i < record.Count; i++)
        {
            _slots[i + 1] = new PlanSlot { Key = RequestKey.Valid(record.Keys[i]), Offset = offsets[i] };
            if (RequestKey.Granules(record.Keys[i]) > 0) end = Math.Max(end, offsets[i] + RequestKey.Granules(record.Keys[i]));
        }

        Peak = end * Granule.Bytes;
        LastRequired = record.Count;
        while (LastRequired > 0 && record.IsOptional(LastRequired - 1)) LastRequired--;
        _more = new Skyline().Predecessors(_slots);
        _indexSlots = new int[record.Count];
        for (int i = 0; i < record.Count; i++) _indexSlots[i] = i + 1;
        _indexKeys = [.. record.Keys];
        Array.Sort(_indexKeys, _indexSlots);
        SortSlotsOfEqualKeys();
    }

    /// <summary>The requests that it was made for.</summary>
    internal PassRecord Record { get; }

    /// <summary>Number of slots; they are numbered from 1.</summary>
    internal int Count => _slots.Length - 1;

    /// <summary>Bytes that the plan needs: blocks beyond the plan lie above.</summary>
    internal long Peak { get; }

    /// <summary>
    /// Bytes that a plan of the same requests needs where nothing caps it. Who made a plan for a cap has made the other one before; of a plan from a file it is
    /// found out when somebody asks.
    /// </summary>
    internal long UncappedPeak
    {
        get => field > 0 ? field : field = Planner == CappedPlanMaker.Name && PlanMaker.First(Record) is { } free ? free.Peak : Peak;
        set;
    }

    /// <summary>Most bytes live at one moment.</summary>
    internal long LowerBound { get; }

    /// <summary>What found the offsets.</summary>
    internal string Planner { get; }

    /// <summary>Managed bytes of the plan.</summary>
    internal long Bytes => (_slots.Length * 24L) + (_more.Length * 4L) + (_indexKeys.Length * 12L) + Record.Bytes;

    /// <summary>The last slot that every pass of the record has asked for.</summary>
    internal int LastRequired { get; }

    /// <summary>How the plan lies in an arena that may have only so many bytes, and outside it; the last answer is kept.</summary>
    internal PlanSplit SplitAt(long limit)
    {
        if (_split is { } known && known.Limit == limit) return known;
        return _split = new PlanSplit(this, limit);
    }

    /// <summary>The first request expected.</summary>
    internal ulong FirstKey => Count == 0 ? RequestKey.None : _slots[1].Key;

    /// <summary>Slots in request order, from index 1.</summary>
    internal PlanSlot[] Slots => _slots;

    /// <summary>Lists of further predecessors, each ended by 0.</summary>
    internal int[] More => _more;

    /// <summary>Uses after which a block is dead, by request number; 0 for one that lives until it is released.</summary>
    internal ReadOnlySpan<int> Uses => Record.Uses;

    /// <summary>First byte of a request, counted from 0; -1 for one without bytes.</summary>
    internal long OffsetOf(int request) => RequestKey.Granules(_slots[request + 1].Key) == 0 ? -1 : _slots[request + 1].Offset * (long)Granule.Bytes;

    /// <summary>The first slot after <paramref name="slot"/> with exactly this key, or 0.</summary>
    internal int FindAfter(int slot, ulong key)
    {
        int low = 0, high = _indexKeys.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_indexKeys[middle] < key || (_indexKeys[middle] == key && _indexSlots[middle] <= slot)) low = middle + 1;
            else high = middle;
        }

        return low < _indexKeys.Length && _indexKeys[low] == key ? _indexSlots[low] : 0;
    }

    private void SortSlotsOfEqualKeys()
    {
        for (int begin = 0, end; begin < _indexKeys.Length; begin = end)
        {
            end = begin + 1;
            while (end < _indexKeys.Length && _indexKeys[end] == _indexKeys[begin]) end++;
            Array.Sort(_indexSlots, begin, end - begin);
        }
    }
}
