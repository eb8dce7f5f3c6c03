using Workspaces.Memory.Planning;

namespace Workspaces.Tests.Planning;

/// <summary>Gaps by their definition: the free ranges left by the buffers that meet a life, and the lowest or the smallest that is large enough.</summary>
internal sealed class PlainPlacements
{
    private readonly List<(int First, int End, long Low, long High)> _placed = [];

    internal void Add(int first, int end, long offset, long size) => _placed.Add((first, end, offset, offset + size));

    internal long Find(int first, int end, long size, GapRule rule)
    {
        (int First, int End, long Low, long High)[] met = [.. _placed.Where(p => p.First < end && first < p.End)];
        long top = met.Length == 0 ? 0 : met.Max(static p => p.High);
        long[] starts = [.. met.Select(static p => p.High).Append(0).Distinct().Order().Where(s => !met.Any(p => p.Low <= s && s < p.High))];
        (long Low, long Size)[] gaps = [.. starts.Where(s => s < top).Select(s => (s, met.Where(p => p.Low > s).Min(static p => p.Low) - s)).Where(g => g.Item2 >= size)];
        if (gaps.Length == 0) return top;
        return rule == GapRule.Lowest ? gaps[0].Low : gaps.MinBy(static g => (g.Size, g.Low)).Low;
    }
}
