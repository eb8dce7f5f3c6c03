using Workspaces.Memory.Planning;

namespace Workspaces.Tests.Planning;

/// <summary>
/// The least peak of a tiny problem by trying every order: each buffer goes on top of the earlier ones that it meets. A best plan in which
/// every buffer has sunk as far as it can comes back when its buffers are taken in order of offset, so orders of rising offsets suffice.
/// </summary>
internal static class BruteForce
{
    internal static long LeastPeak(PlanningProblem problem) =>
        Extend(problem.Buffers, new long[problem.Count], new bool[problem.Count], 0, 0, 0, long.MaxValue);

    private static long Extend(ReadOnlySpan<PlanBuffer> buffers, long[] tops, bool[] placed, int count, long last, long peak, long best)
    {
        if (peak >= best || count == buffers.Length) return Math.Min(peak, best);
        for (int i = 0; i < buffers.Length; i++)
        {
            if (placed[i]) continue;
            long offset = 0;
            for (int j = 0; j < buffers.Length; j++)
            {
                if (placed[j] && buffers[i].Lower < buffers[j].Upper && buffers[j].Lower < buffers[i].Upper) offset = Math.Max(offset, tops[j]);
            }

            if (offset < last) continue;
            placed[i] = true;
            tops[i] = offset + buffers[i].Size;
            best = Extend(buffers, tops, placed, count + 1, offset, Math.Max(peak, tops[i]), best);
            placed[i] = false;
        }

        return best;
    }
}
