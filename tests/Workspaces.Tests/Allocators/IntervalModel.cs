namespace Workspaces.Tests.Allocators;

/// <summary>Best fit over a plain list of live intervals: slow, obvious, and the truth for the best-fit allocator.</summary>
internal sealed class IntervalModel
{
    private const long Granule = 64;

    private readonly long _start;
    private readonly List<(long From, long To)> _live = [];

    public IntervalModel(long start) => _start = PeakTop = start;

    public long PeakTop { get; private set; }

    public long Top => _live.Count == 0 ? _start : _live[^1].To;

    public long LiveBytes => _live.Sum(b => b.To - b.From);

    public int LiveCount => _live.Count;

    public IReadOnlyList<(long From, long To)> Live => _live;

    public long? Allocate(long bytes, long limit, bool freshOnly)
    {
        long size = (bytes + Granule - 1) / Granule * Granule;
        long at = freshOnly ? PeakTop : BestHole(size) ?? Top;
        if (at + size > Math.Max(limit / Granule * Granule, Top))
            return null;
        _live.Add((at, at + size));
        _live.Sort();
        PeakTop = Math.Max(PeakTop, Top);
        return at;
    }

    public void Free(long from)
    {
        int index = _live.FindIndex(b => b.From == from);
        Assert.True(index >= 0, $"the model has no block at {from}");
        _live.RemoveAt(index);
    }

    /// <summary>The gaps below the highest live byte, in address order: what coalescing must leave.</summary>
    public List<(long From, long To)> Holes()
    {
        List<(long From, long To)> holes = [];
        long at = _start;
        foreach ((long from, long to) in _live)
        {
            if (from > at)
                holes.Add((at, from));
            at = to;
        }
        return holes;
    }

    private long? BestHole(long size)
    {
        (long Size, long From)? best = null;
        foreach ((long from, long to) in Holes())
        {
            if (to - from >= size && (best is null || to - from < best.Value.Size))
                best = (to - from, from);
        }
        return best?.From;
    }
}
