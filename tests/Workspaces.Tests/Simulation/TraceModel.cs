using Workspaces.Memory.Planning;

namespace Workspaces.Tests.Simulation;

/// <summary>
/// The answers that an allocator must give, found in the plainest way: events sorted as tuples, live blocks in a list that is searched from its
/// beginning. Answers stand in the order of requests.
/// </summary>
internal static class TraceModel
{
    /// <summary>Where a block goes among the live ones, which are sorted by address; null to refuse.</summary>
    internal delegate long? Place(IReadOnlyList<(long From, long To)> live, int buffer, long size);

    /// <summary>Events of the trace: time, then releases before requests, then place in the problem.</summary>
    internal static List<(long Time, bool IsRequest, int Buffer)> Events(PlanningProblem problem)
    {
        var events = new List<(long Time, bool IsRequest, int Buffer)>();
        for (int i = 0; i < problem.Count; i++)
        {
            events.Add((problem.Buffers[i].Lower, true, i));
            events.Add((problem.Buffers[i].Upper, false, i));
        }

        events.Sort();
        return events;
    }

    internal static long Size(PlanningProblem problem, int buffer) =>
        (problem.Buffers[buffer].Size + problem.Alignment - 1) / problem.Alignment * problem.Alignment;

    internal static long[] Answers(PlanningProblem problem, Place place)
    {
        var answers = new List<long>();
        var placeOf = new Dictionary<int, (long From, long To)>();
        foreach ((_, bool isRequest, int buffer) in Events(problem))
        {
            if (!isRequest)
            {
                placeOf.Remove(buffer);
                continue;
            }

            long size = Size(problem, buffer);
            long? at = place([.. placeOf.Values.Order()], buffer, size);
            answers.Add(at ?? -1);
            if (at is { } from) placeOf.Add(buffer, (from, from + size));
        }

        return [.. answers];
    }

    /// <summary>The gaps between live blocks that hold a size, in order of address, without the space above the last block.</summary>
    internal static IEnumerable<(long From, long Size)> Gaps(IReadOnlyList<(long From, long To)> live, long size)
    {
        long at = 0;
        foreach ((long from, long to) in live)
        {
            if (from - at >= size) yield return (at, from - at);
            at = to;
        }
    }

    /// <summary>The space above the last block, if the cap allows it.</summary>
    internal static long? Top(IReadOnlyList<(long From, long To)> live, long size, long cap)
    {
        long top = live.Count == 0 ? 0 : live[^1].To;
        return top + size <= cap ? top : null;
    }
}
