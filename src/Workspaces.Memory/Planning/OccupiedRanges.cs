namespace Workspaces.Memory.Planning;

/// <summary>A union of ranges of offsets, sorted and merged. Dense packings merge into few ranges, which is what makes the tree of them fast.</summary>
internal sealed class OccupiedRanges
{
    private long[] _low = new long[2], _high = new long[2];

    internal int Count { get; private set; }

    internal long Low(int index) => _low[index];

    internal long High(int index) => _high[index];

    internal void Clear() => Count = 0;

    /// <summary>First range at or after <paramref name="from"/> that ends above the offset; <see cref="Count"/> when there is none.</summary>
    internal int FirstEndingAbove(long offset, int from)
    {
        int count = Count;
        for (int near = Math.Min(count, from + 8); from < near; from++)
        {
            if (_high[from] > offset) return from;
        }

        int high = count;
        while (from < high)
        {
            int middle = (from + high) >>> 1;
            if (_high[middle] <= offset) from = middle + 1;
            else high = middle;
        }

        return from;
    }

    internal void Add(long low, long high)
    {
        // Ranges that touch [low, high] melt into it.
        int begin = FirstEndingAbove(low - 1, 0), end = begin;
        while (end < Count && _low[end] <= high)
        {
            low = Math.Min(low, _low[end]);
            high = Math.Max(high, _high[end]);
            end++;
        }

        if (end == begin) Open(begin);
        else if (end > begin + 1) Close(begin + 1, end);
        (_low[begin], _high[begin]) = (low, high);
    }

    private void Open(int at)
    {
        if (Count == _low.Length)
        {
            Array.Resize(ref _low, Count * 2);
            Array.Resize(ref _high, Count * 2);
        }

        _low.AsSpan(at, Count - at).CopyTo(_low.AsSpan(at + 1));
        _high.AsSpan(at, Count - at).CopyTo(_high.AsSpan(at + 1));
        Count++;
    }

    private void Close(int from, int to)
    {
        _low.AsSpan(to, Count - to).CopyTo(_low.AsSpan(from));
        _high.AsSpan(to, Count - to).CopyTo(_high.AsSpan(from));
        Count -= to - from;
    }
}
