namespace Workspaces.Memory.Planning;

/// <summary>
/// A segment tree over the sections. Each node keeps two unions of occupied offsets: of the buffers that cover the node as a canonical piece
/// of their life, and of everything placed in its subtree. The buffers that a query meets are found in the second of its own pieces and the
/// first of their ancestors: O(log n) unions, however many buffers they stand for.
/// </summary>
internal sealed class SectionTreeIndex : PlacementIndex
{
    private readonly int _leaves;
    private readonly OccupiedRanges?[] _covering, _within;
    private readonly OccupiedRanges[] _met;
    private readonly int[] _cursor;
    private int _metCount;

    internal SectionTreeIndex(int sections)
    {
        _leaves = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, sections));
        _covering = new OccupiedRanges?[2 * _leaves];
        _within = new OccupiedRanges?[2 * _leaves];
        _met = new OccupiedRanges[256];
        _cursor = new int[256];
    }

    internal override void Clear()
    {
        foreach (OccupiedRanges? ranges in _covering) ranges?.Clear();
        foreach (OccupiedRanges? ranges in _within) ranges?.Clear();
    }

    internal override void Add(int first, int end, long offset, long size)
    {
        long high = offset + size;
        int left = first + _leaves, right = end + _leaves;
        for (int l = left, r = right; l < r; l >>= 1, r >>= 1)
        {
            if ((l & 1) != 0) Cover(l++, offset, high);
            if ((r & 1) != 0) Cover(--r, offset, high);
        }

        // Every proper ancestor of a piece is an ancestor of the first or the last section.
        for (int a = left >> 1, b = (right - 1) >> 1; a >= 1; a >>= 1, b >>= 1)
        {
            (_within[a] ??= new()).Add(offset, high);
            if (b != a) (_within[b] ??= new()).Add(offset, high);
        }
    }

    internal override long Find(int first, int end, long size, GapRule rule)
    {
        Meet(first + _leaves, end + _leaves);
        return rule == GapRule.Lowest ? Lowest(size) : Smallest(size);
    }

    private void Cover(int node, long low, long high)
    {
        (_covering[node] ??= new()).Add(low, high);
        (_within[node] ??= new()).Add(low, high);
    }

    private void Meet(int left, int right)
    {
        _metCount = 0;
        for (int l = left, r = right; l < r; l >>= 1, r >>= 1)
        {
            if ((l & 1) != 0) Meet(_within[l++]);
            if ((r & 1) != 0) Meet(_within[--r]);
        }

        for (int a = left >> 1, b = (right - 1) >> 1; a >= 1; a >>= 1, b >>= 1)
        {
            Meet(_covering[a]);
            if (b != a) Meet(_covering[b]);
        }
    }

    private void Meet(OccupiedRanges? ranges)
    {
        if (ranges is null || ranges.Count == 0) return;
        _met[_metCount] = ranges;
        _cursor[_metCount++] = 0;
    }

    private long Lowest(long size)
    {
        long free = 0;
        for (int quiet = 0, k = 0; quiet < _metCount; k = k + 1 == _metCount ? 0 : k + 1)
        {
            OccupiedRanges ranges = _met[k];
            int at = _cursor[k] = ranges.FirstEndingAbove(free, _cursor[k]);
            if (at < ranges.Count && ranges.Low(at) - free < size)
            {
                free = ranges.High(at);
                quiet = 0;
            }
            else
            {
                quiet++;
            }
        }

        return free;
    }

    private long Smallest(long size)
    {
        long best = -1, bestGap = long.MaxValue, from = 0;
        while (true)
        {
            long free = LowestFrom(from);
            long ceiling = long.MaxValue;
            for (int k = 0; k < _metCount; k++)
            {
                if (_cursor[k] < _met[k].Count) ceiling = Math.Min(ceiling, _met[k].Low(_cursor[k]));
            }

            if (ceiling == long.MaxValue) return best >= 0 ? best : free;
            long gap = ceiling - free;
            if (gap >= size && gap < bestGap) (best, bestGap) = (free, gap);
            from = ceiling;
        }
    }

    /// <summary>The first free byte at or above an offset; leaves every cursor at its first range above it.</summary>
    private long LowestFrom(long free)
    {
        for (int quiet = 0, k = 0; quiet < _metCount; k = k + 1 == _metCount ? 0 : k + 1)
        {
            OccupiedRanges ranges = _met[k];
            int at = _cursor[k] = ranges.FirstEndingAbove(free, _cursor[k]);
            if (at < ranges.Count && ranges.Low(at) <= free)
            {
                free = ranges.High(at);
                quiet = 0;
            }
            else
            {
                quiet++;
            }
        }

        return free;
    }
}
