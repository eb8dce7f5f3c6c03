namespace Workspaces.Memory.Replay;

/// <summary>
/// Finds for every slot the slots that had its bytes last. The slots are painted in request order on a line that remembers, for each stretch of the
/// arena, who painted it last; what is found under a slot are its predecessors.
/// <code>
///   before   | 1 | 1 |  3  |   2   | none …        stretches by their start
///   paint 4      [  4   ]                          predecessors of 4: 1, 3
///   after    | 1 |  4   | 3|   2   | none …
/// </code>
/// Each paint removes the stretches it covers and adds at most two, so all lists together have at most 4n entries.
/// </summary>
internal sealed class Skyline
{
    private readonly List<int> _more = [0];
    private readonly List<int> _found = [];
    private int[] _foundBy = []; // the last slot under which each slot was found, so that none is listed twice
    private long[] _start = new long[64];
    private int[] _owner = new int[64];
    private int _count = 1; // the stretch from 0 on, painted by nobody

    /// <summary>Writes the predecessors into the slots and returns the lists of those that have more than two.</summary>
    internal int[] Predecessors(PlanSlot[] slots)
    {
        _foundBy = new int[slots.Length];
        for (int k = 1; k < slots.Length; k++)
        {
            long begin = slots[k].Offset, end = begin + RequestKey.Granules(slots[k].Key);
            if (begin == end) continue;
            Paint(begin, end, k);
            Write(ref slots[k]);
        }

        return [.. _more];
    }

    private void Paint(long begin, long end, int slot)
    {
        int first = Array.BinarySearch(_start, 0, _count, begin);
        if (first < 0) first = ~first - 1;
        int last = Array.BinarySearch(_start, 0, _count, end);
        last = last < 0 ? ~last - 1 : last - 1;
        _found.Clear();
        for (int i = first; i <= last; i++)
        {
            int owner = _owner[i];
            if (owner == 0 || _foundBy[owner] == slot) continue;
            _foundBy[owner] = slot;
            _found.Add(owner);
        }

        bool keepsHead = _start[first] < begin;
        bool keepsTail = last + 1 == _count || _start[last + 1] > end;
        int tailOwner = _owner[last], at = keepsHead ? first + 1 : first;
        Replace(at, last + 1 - at, keepsTail ? 2 : 1);
        (_start[at], _owner[at]) = (begin, slot);
        if (keepsTail) (_start[at + 1], _owner[at + 1]) = (end, tailOwner);
    }

    /// <summary>Makes room for so many entries where others were.</summary>
    private void Replace(int at, int removed, int added)
    {
        int count = _count + added - removed;
        if (count > _start.Length)
        {
            Array.Resize(ref _start, count * 2);
            Array.Resize(ref _owner, count * 2);
        }

        Array.Copy(_start, at + removed, _start, at + added, _count - at - removed);
        Array.Copy(_owner, at + removed, _owner, at + added, _count - at - removed);
        _count = count;
    }

    private void Write(ref PlanSlot slot)
    {
        slot.P0 = _found.Count > 0 ? _found[0] : 0;
        slot.P1 = _found.Count > 1 ? _found[1] : 0;
        if (_found.Count <= 2) return;
        slot.More = _more.Count;
        for (int i = 2; i < _found.Count; i++) _more.Add(_found[i]);
        _more.Add(0);
    }
}
