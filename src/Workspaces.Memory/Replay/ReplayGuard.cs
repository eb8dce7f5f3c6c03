using System.Runtime.CompilerServices;

namespace Workspaces.Memory.Replay;

/// <summary>
/// Serves the requests of one pass from a plan, and never a byte that a live block still has: request k gets its planned place only when every
/// predecessor, the slots whose blocks lay there last, is known to be clear.
/// <para>
/// Invariant: <c>_clear[j] == _epoch</c> means that no live block of a slot up to j touches the range of j. The cursor only rises, so no later slot is
/// placed before k, and a slot is placed at most once in a pass. A slot that was placed and released was clear when placed; for one that was not placed
/// the same holds by looking through to its own predecessors. Nothing else of the plan is trusted: recorded deaths are not used here.
/// </para>
/// </summary>
/// <remarks>Called inside the frame's gate. 8 bytes a slot, made as long as the longest plan; a new epoch voids all stamps at once.</remarks>
internal sealed class ReplayGuard
{
    private const int Window = 8;
    private const int StraysBeforeIndex = 4;
    private const int MaxDepth = 64;

    private uint[] _clear = [];
    private uint[] _placed = [];
    private PlanSlot[] _slots = [];
    private int[] _more = [];
    private uint _epoch;
    private int _cursor;
    private int _strayAt;
    private int _strays;

    /// <summary>The plan that runs, or null.</summary>
    internal ReplayPlan? Plan { get; private set; }

    /// <summary>Tells the passes apart that the stamps belong to.</summary>
    internal uint Epoch => _epoch;

    /// <summary>True when the pass has come to the end of its plan, not counting what only some passes ask for.</summary>
    internal bool IsThrough => Plan is { } plan && !IsStopped && _cursor > plan.LastRequired;

    /// <summary>Begins a pass on a plan.</summary>
    internal void Begin(ReplayPlan plan)
    {
        if (_clear.Length < plan.Slots.Length)
        {
            uint[] clear = new uint[plan.Slots.Length], placed = new uint[plan.Slots.Length];
            (_clear, _placed) = (clear, placed);
        }

        Plan = plan;
        if (!ReferenceEquals(_slots, plan.Slots)) (_slots, _more) = (plan.Slots, plan.More); // a store of a reference is dearer than a comparison
        if (++_epoch == 0) Restart();
        _cursor = 1;
        _strayAt = 0;
        _clear[0] = _epoch;
    }

    /// <summary>The pass is over, or goes on without a plan.</summary>
    internal void End()
    {
        Plan = null;
        _cursor = int.MaxValue; // the slots stay, for the next pass on the same plan
    }

    /// <summary>Takes the slot of a request, if its bytes are free.</summary>
    /// <param name="key">The request.</param>
    /// <param name="mayReuse">False while an op elsewhere may still read dead blocks: then nothing is taken from the plan.</param>
    /// <param name="offset">First byte of the slot.</param>
    /// <returns>The slot, or 0 for a request that must be served elsewhere.</returns>
    internal int Take(ulong key, bool mayReuse, out long offset)
    {
        offset = 0;
        int slot = mayReuse ? TakeNext(key, out offset) : 0;
        return slot != 0 ? slot : TakeSlowly(key, mayReuse, out offset);
    }

    /// <summary>Takes the next slot if the request is the one expected there and its bytes are free; changes nothing otherwise.</summary>
    /// <param name="key">The request.</param>
    /// <param name="offset">First byte of the slot.</param>
    /// <returns>The slot, or 0.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int TakeNext(ulong key, out long offset)
    {
        int k = _cursor;
        PlanSlot[] slots = _slots;
        if ((uint)k < (uint)slots.Length)
        {
            ref PlanSlot slot = ref slots[k];
            uint[] clear = _clear;
            uint epoch = _epoch;
            if (RequestKey.Fits(slot.Key, key) && clear[slot.P0] == epoch && clear[slot.P1] == epoch && slot.More == 0)
            {
                _placed[k] = epoch;
                _cursor = k + 1;
                offset = slot.Offset * (long)Granule.Bytes;
                return k;
            }
        }

        offset = 0;
        return 0;
    }

    /// <summary>The last hold of a block in a slot is gone. Stamps the epoch of the block, not the current one: a straggler of an ended pass clears nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Release(int slot, uint epoch) => _clear[slot] = epoch;

    /// <summary>True when the rest of the plan was given up in this pass.</summary>
    internal bool IsStopped => _cursor == int.MaxValue;

    /// <summary>Takes no more slots in this pass; those taken are released as before.</summary>
    internal void Stop() => _cursor = int.MaxValue;

    /// <summary>For tests of the wrap-around.</summary>
    internal void SetEpoch(uint epoch) => _epoch = epoch;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int TakeSlowly(ulong key, bool mayReuse, out long offset)
    {
        offset = 0;
        int slot = Find(key);
        if (slot == 0) return 0;
        _cursor = slot + 1;
        if (!mayReuse || !PredecessorsAreClear(slot, 0)) return 0;
        _placed[slot] = _epoch;
        offset = _slots[slot].Offset * (long)Granule.Bytes;
        return slot;
    }

    /// <summary>
    /// The slot of a request: the next one, else the first match a few slots on, not counting those that only some passes ask for; after several strangers
    /// in a row, the first of exactly its size anywhere beyond.
    /// </summary>
    private int Find(ulong key)
    {
        int k = _cursor;
        if (k >= _slots.Length || key == RequestKey.None) return 0;
        if (RequestKey.Fits(_slots[k].Key, key)) return k;
        bool[]? optional = Plan!.Record.Optional;
        bool afterOptional = IsOptional(optional, k);
        int j = k + 1;
        for (int steps = afterOptional ? 0 : 1; steps <= Window && j < _slots.Length; j++)
        {
            bool isOptional = IsOptional(optional, j);
            if (afterOptional && !isOptional ? RequestKey.Fits(_slots[j].Key, key) : RequestKey.IsNear(_slots[j].Key, key)) return j;
            afterOptional &= isOptional;
            if (!isOptional) steps++;
        }

        if (_strayAt != k) (_strayAt, _strays) = (k, 0);
        return ++_strays <= StraysBeforeIndex ? 0 : Plan.FindAfter(j - 1, key);
    }

    private static bool IsOptional(bool[]? optional, int slot) => optional is not null && optional[slot - 1];

    private bool PredecessorsAreClear(int k, int depth)
    {
        ref PlanSlot slot = ref _slots[k];
        if (!IsClear(slot.P0, depth) || !IsClear(slot.P1, depth)) return false;
        if (slot.More == 0) return true;
        for (int i = slot.More; _more[i] != 0; i++)
        {
            if (!IsClear(_more[i], depth)) return false;
        }

        return true;
    }

    /// <summary>A yes is stamped and so paid for once; a no stops at the first live block found.</summary>
    private bool IsClear(int slot, int depth)
    {
        if (_clear[slot] == _epoch) return true;
        if (_placed[slot] == _epoch || depth == MaxDepth) return false;
        if (!PredecessorsAreClear(slot, depth + 1)) return false;
        _clear[slot] = _epoch;
        return true;
    }

    private void Restart()
    {
        Array.Clear(_clear);
        Array.Clear(_placed);
        _epoch = 1;
    }
}
