using Workspaces.Memory.Allocators;

namespace Workspaces.Tests.Allocators;

/// <summary>Runs one random program on the allocator and on the model and compares everything after every step.</summary>
internal sealed class ModelRun
{
    private readonly BestFitAllocator _allocator = new(capacity: 4);
    private readonly List<(int Node, long Offset)> _blocks = [];
    private IntervalModel _model;

    public ModelRun(long start)
    {
        _allocator.Reset(start);
        _model = new IntervalModel(_allocator.Start);
    }

    /// <summary>Around this many blocks, frees become likelier than requests.</summary>
    public int TypicalLive { get; init; } = 12;

    public void Step(int number)
    {
        uint bits = (uint)number;
        uint kind = bits % 64;
        uint rest = bits / 64;
        if (kind == 63 && rest % 256 == 0)
            Reset(rest % 5_000);
        else if (_blocks.Count > 0 && kind * 2 * TypicalLive < 63 * _blocks.Count)
            Free((int)(rest % _blocks.Count));
        else
            Allocate(Size(rest), Limit(rest), freshOnly: rest % 9 == 0);
        Compare();
    }

    // Small sizes are frequent, so that equal holes and exact fits are; zero sizes and large ones occur.
    private static long Size(uint rest) => rest % 17 == 0 ? rest % 20_000 : rest % 700;

    private long Limit(uint rest) => rest % 13 == 0 ? _model.PeakTop + (rest % 100) - 30 : long.MaxValue;

    private void Allocate(long bytes, long limit, bool freshOnly)
    {
        bool served = _allocator.TryAllocate(bytes, limit, out long offset, out int node, freshOnly);
        if (bytes == 0)
        {
            Assert.True(served);
            Assert.Equal((_model.Top, BestFitAllocator.NoNode), (offset, node));
            return;
        }
        long? expected = _model.Allocate(bytes, limit, freshOnly);
        Assert.Equal(expected is not null, served);
        if (!served)
            return;
        Assert.Equal(expected, offset);
        Assert.Equal((bytes + 63) / 64 * 64, _allocator.SizeOf(node));
        _blocks.Add((node, offset));
    }

    private void Free(int index)
    {
        _allocator.Free(_blocks[index].Node);
        _model.Free(_blocks[index].Offset);
        _blocks.RemoveAt(index);
    }

    private void Reset(long start)
    {
        _allocator.Reset(start);
        _model = new IntervalModel(_allocator.Start);
        _blocks.Clear();
    }

    private void Compare()
    {
        Assert.Equal(
            (_model.LiveBytes, _model.LiveCount, _model.Top, _model.PeakTop),
            (_allocator.LiveBytes, _allocator.LiveCount, _allocator.Top, _allocator.PeakTop));
        Assert.Equal(_model.PeakTop - _allocator.Start - _model.LiveBytes, _allocator.UnreferencedBytes);

        List<(long From, long To)> holes = _model.Holes();
        Assert.Equal(holes.Count, _allocator.HoleCount);
        int live = _model.LiveCount;
        int node = BestFitAllocator.NoNode;
        while ((node = _allocator.Before(node, out long offset, out long bytes, out bool isLive)) != BestFitAllocator.NoNode)
        {
            (long From, long To) expected = isLive ? _model.Live[--live] : holes[^1];
            Assert.Equal(expected, (offset, offset + bytes));
            if (!isLive)
                holes.RemoveAt(holes.Count - 1);
        }
        Assert.Equal((0, 0), (live, holes.Count));
    }
}
