using Workspaces.Memory.Planning;
using Workspaces.Memory.Simulation;

namespace Workspaces.Tests.Simulation;

public sealed class CachingTraceAllocatorTests : TraceAllocatorConformance
{
    private const long Mebi = 1L << 20;

    protected override string Name => "caching";

    /// <summary>Segments as lists of pieces; every search walks all of them.</summary>
    protected override long[] Expected(PlanningProblem problem, long cap)
    {
        var answers = new List<long>();
        var segments = new List<(bool Small, List<(long From, long Size, int Owner)> Pieces)>();
        long held = 0;
        foreach ((_, bool isRequest, int buffer) in TraceModel.Events(problem))
        {
            if (!isRequest)
            {
                foreach ((_, List<(long From, long Size, int Owner)> pieces) in segments) Release(pieces, buffer);
                continue;
            }

            long size = Up(TraceModel.Size(problem, buffer), Math.Max(512, problem.Alignment));
            bool small = size <= Mebi;
            (long Size, long From, int Segment, int Piece) best = (long.MaxValue, 0, -1, -1);
            for (int s = 0; s < segments.Count; s++)
            {
                for (int p = 0; segments[s].Small == small && p < segments[s].Pieces.Count; p++)
                {
                    (long from, long length, int owner) = segments[s].Pieces[p];
                    if (owner < 0 && length >= size && (length, from).CompareTo((best.Size, best.From)) < 0) best = (length, from, s, p);
                }
            }

            if (best.Segment < 0)
            {
                long segment = Up(small ? 2 * Mebi : size < 10 * Mebi ? 20 * Mebi : size, Math.Max(2 * Mebi, problem.Alignment));
                if (segment > cap - held)
                {
                    answers.Add(-1);
                    continue;
                }

                segments.Add((small, [(held, segment, -1)]));
                best = (segment, held, segments.Count - 1, 0);
                held += segment;
            }

            List<(long From, long Size, int Owner)> home = segments[best.Segment].Pieces;
            long rest = best.Size - size;
            bool splits = small ? rest > 0 : rest > Mebi;
            home[best.Piece] = (best.From, splits ? size : best.Size, buffer);
            if (splits) home.Insert(best.Piece + 1, (best.From + size, rest, -1));
            answers.Add(best.From);
        }

        return [.. answers];
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(1 << 20, 2)]
    [InlineData((1 << 20) + 1, 20)]
    [InlineData((10 << 20) - 512, 20)]
    [InlineData((10 << 20) - 511, 10)]
    [InlineData(10 << 20, 10)]
    [InlineData((10 << 20) + 1, 12)]
    public void A_single_request_takes_a_segment_of_its_class(long bytes, long segmentMebi) => Assert.Equal(segmentMebi * Mebi, Peak(new PlanBuffer(0, 0, 1, bytes)));

    [Fact]
    public void Small_requests_share_a_segment_until_it_is_full()
    {
        Assert.Equal(2 * Mebi, Peak([.. Enumerable.Range(0, 4096).Select(i => new PlanBuffer(i, 0, 1, 1))]));
        Assert.Equal(4 * Mebi, Peak([.. Enumerable.Range(0, 4097).Select(i => new PlanBuffer(i, 0, 1, 1))]));
    }

    [Fact]
    public void What_a_large_request_leaves_serves_other_large_ones_but_no_small_one()
    {
        Assert.Equal(20 * Mebi, Peak(new PlanBuffer(0, 0, 3, 9 * Mebi), new PlanBuffer(1, 0, 3, 9 * Mebi), new PlanBuffer(2, 1, 3, 2 * Mebi)));
        Assert.Equal(22 * Mebi, Peak(new PlanBuffer(0, 0, 3, 9 * Mebi), new PlanBuffer(1, 1, 3, Mebi)));
    }

    [Fact]
    public void Released_neighbours_are_joined_and_segments_are_kept() =>
        Assert.Equal(22 * Mebi, Peak(
            new PlanBuffer(0, 0, 1, 6 * Mebi), new PlanBuffer(1, 0, 1, 6 * Mebi), new PlanBuffer(2, 0, 1, 6 * Mebi), new PlanBuffer(3, 1, 2, (10 * Mebi) - 512), new PlanBuffer(4, 1, 2, 8)));

    private static long Peak(params PlanBuffer[] buffers)
    {
        var schedule = new TraceSchedule(new PlanningProblem(buffers));
        using var allocator = new CachingTraceAllocator(schedule);
        TraceReplay.Replay(schedule.Events, allocator, new long[schedule.RequestCount]);
        return allocator.PeakBytes;
    }

    private static long Up(long bytes, long step) => (bytes + step - 1) / step * step;

    private static void Release(List<(long From, long Size, int Owner)> pieces, int buffer)
    {
        int at = pieces.FindIndex(piece => piece.Owner == buffer);
        if (at < 0) return;
        pieces[at] = pieces[at] with { Owner = -1 };
        if (at + 1 < pieces.Count && pieces[at + 1].Owner < 0)
        {
            pieces[at] = pieces[at] with { Size = pieces[at].Size + pieces[at + 1].Size };
            pieces.RemoveAt(at + 1);
        }

        if (at == 0 || pieces[at - 1].Owner >= 0) return;
        pieces[at - 1] = pieces[at - 1] with { Size = pieces[at - 1].Size + pieces[at].Size };
        pieces.RemoveAt(at);
    }
}
