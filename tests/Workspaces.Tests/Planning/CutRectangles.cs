using Workspaces.Memory.Planning;

namespace Workspaces.Tests.Planning;

/// <summary>
/// Problems whose best peak is known: a rectangle of time and bytes is cut into buffers without rest, so that they fit exactly. A cut goes
/// straight through a piece, or turns around its middle, which no straight cuts can do:
/// <code>
/// +---+-------+
/// |   |       |
/// |   +---+---+
/// |   |   |   |
/// +---+---+   |
/// |       |   |
/// +-------+---+
/// </code>
/// </summary>
internal static class CutRectangles
{
    internal const long Granules = 512;

    private const long Times = 100;

    /// <summary>A problem of about so many buffers; a share of the pieces is left out, but never from the first moment.</summary>
    internal static PlanningProblem Create(int buffers, double turning, double leftOut, int seed)
    {
        var random = new Random(seed);
        var pieces = new List<(long Lower, long Upper, long Low, long High)> { (0, Times, 0, Granules) };
        while (pieces.Count < buffers)
        {
            int at = random.Next(pieces.Count);
            if (random.NextDouble() < turning) CutTurning(pieces, at, random);
            else CutStraight(pieces, at, random);
        }

        // What lives at time 0 stays, so that the load there and with it the lower bound is all of the rectangle.
        pieces.RemoveAll(piece => piece.Lower > 0 && random.NextDouble() < leftOut);
        PlanBuffer[] shuffled = [.. pieces.Select((piece, i) => new PlanBuffer(i, piece.Lower, piece.Upper, (piece.High - piece.Low) * 64))];
        random.Shuffle(shuffled);
        return new PlanningProblem(shuffled);
    }

    private static void CutStraight(List<(long Lower, long Upper, long Low, long High)> pieces, int at, Random random)
    {
        (long lower, long upper, long low, long high) = pieces[at];
        if (random.Next(2) == 0)
        {
            if (upper - lower < 2) return;
            long time = random.NextInt64(lower + 1, upper);
            pieces[at] = (lower, time, low, high);
            pieces.Add((time, upper, low, high));
        }
        else
        {
            if (high - low < 2) return;
            long middle = random.NextInt64(low + 1, high);
            pieces[at] = (lower, upper, low, middle);
            pieces.Add((lower, upper, middle, high));
        }
    }

    private static void CutTurning(List<(long Lower, long Upper, long Low, long High)> pieces, int at, Random random)
    {
        (long lower, long upper, long low, long high) = pieces[at];
        if (upper - lower < 3 || high - low < 3) return;
        long t1 = random.NextInt64(lower + 1, upper - 1), t2 = random.NextInt64(t1 + 1, upper);
        long b1 = random.NextInt64(low + 1, high - 1), b2 = random.NextInt64(b1 + 1, high);
        pieces[at] = (lower, t2, low, b1);
        pieces.Add((t2, upper, low, b2));
        pieces.Add((t1, upper, b2, high));
        pieces.Add((lower, t1, b1, high));
        pieces.Add((t1, t2, b1, b2));
    }
}
