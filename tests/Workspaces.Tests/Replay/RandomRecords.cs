using Workspaces.Memory;
using Workspaces.Memory.Planning;
using Workspaces.Memory.Replay;

namespace Workspaces.Tests.Replay;

/// <summary>Random records of passes, and plans for them: packed ones, and ones whose offsets mean nothing.</summary>
internal static class RandomRecords
{
    private static readonly GreedyPlanner Planner = new();

    /// <summary>A record of so many requests; few tags and sizes, so that equal keys are common.</summary>
    internal static PassRecord Make(Random random, int count, int tags = 4, int mostGranules = 8)
    {
        var keys = new ulong[count];
        var ends = new int[count];
        int life = random.Next(1, Math.Max(2, count / 2));
        for (int i = 0; i < count; i++)
        {
            keys[i] = Key(random, tags, mostGranules);
            ends[i] = random.Next(6) == 0 ? count : Math.Min(count, i + 1 + random.Next(life));
        }

        bool[]? optional = random.Next(4) == 0 ? [.. keys.Select(_ => random.Next(3) == 0)] : null;
        return new PassRecord(keys, ends, new int[count], optional);
    }

    internal static ulong Key(Random random, int tags, int mostGranules) => RequestKey.WithGranules(
        RequestKey.Of((uint)random.Next(tags), 0), random.Next(10) == 0 ? random.Next(4 * mostGranules) : random.Next(mostGranules + 1));

    /// <summary>A packed plan; cheap, and accepted by the validator.</summary>
    internal static ReplayPlan Packed(PassRecord record)
    {
        PlanningProblem problem = record.Problem(out int[] requests);
        MemoryPlan plan = Planner.Plan(problem, new PlanningBudget { Time = TimeSpan.MaxValue, Iterations = 1 });
        var offsets = new long[record.Count];
        for (int i = 0; i < requests.Length; i++) offsets[requests[i]] = plan.Offsets[i];
        ReplayPlan? replay = PlanMaker.From(record, offsets, plan.Planner);
        Assert.NotNull(replay);
        return replay;
    }

    /// <summary>Offsets as a damaged file, or the file of another program, would give them.</summary>
    internal static ReplayPlan Scattered(PassRecord record, Random random)
    {
        int range = random.Next(1, 200);
        var offsets = new uint[record.Count];
        for (int i = 0; i < offsets.Length; i++) offsets[i] = (uint)random.Next(range);
        return new ReplayPlan(record, offsets, record.LowerBoundBytes(), "random");
    }
}
