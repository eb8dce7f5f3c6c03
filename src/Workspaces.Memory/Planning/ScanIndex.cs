namespace Workspaces.Memory.Planning;

/// <summary>Placed buffers in one array sorted by offset: a query walks all of it, at about a nanosecond an entry.</summary>
internal sealed class ScanIndex(int capacity) : PlacementIndex
{
    private readonly Entry[] _entries = new Entry[capacity];
    private int _count;

    internal override void Clear() => _count = 0;

    internal override long Find(int first, int end, long size, GapRule rule) =>
        rule == GapRule.Lowest ? Lowest(first, end, size) : Smallest(first, end, size);

    internal override void Add(int first, int end, long offset, long size)
    {
        int low = 0, high = _count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_entries[middle].Low <= offset) low = middle + 1;
            else high = middle;
        }

        _entries.AsSpan(low, _count - low).CopyTo(_entries.AsSpan(low + 1));
        _entries[low] = new Entry { Low = offset, High = offset + size, First = first, End = end };
        _count++;
    }

    private long Lowest(int first, int end, long size)
    {
        long free = 0;
        foreach (ref readonly Entry entry in _entries.AsSpan(0, _count))
        {
            if (entry.First >= end || entry.End <= first || entry.High <= free) continue;
            if (entry.Low - free >= size) break;
            free = entry.High;
        }

        return free;
    }

    private long Smallest(int first, int end, long size)
    {
        long free = 0, best = -1, bestGap = long.MaxValue;
        foreach (ref readonly Entry entry in _entries.AsSpan(0, _count))
        {
            if (entry.First >= end || entry.End <= first || entry.High <= free) continue;
            long gap = entry.Low - free;
            if (gap >= size && gap < bestGap) (best, bestGap) = (free, gap);
            free = entry.High;
        }

        return best >= 0 ? best : free;
    }

    private struct Entry
    {
        internal long Low, High;
        internal int First, End;
    }
}
