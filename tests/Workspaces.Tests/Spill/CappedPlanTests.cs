using Workspaces.Memory.Planning;
using Workspaces.Memory.Replay;

namespace Workspaces.Tests.Spill;

/// <summary>Plans that lie below a cap and above it.</summary>
public sealed class CappedPlanTests
{
    [Fact]
    public void Random_records_split_at_any_cap_share_no_byte_in_either_part()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            int count = random.Next(1, 80);
            var keys = new ulong[count];
            var ends = new int[count];
            for (int i = 0; i < count; i++)
            {
                keys[i] = RequestKey.Of((uint)i, random.Next(20) == 0 ? 0 : random.Next(1, 50_000));
                ends[i] = random.Next(i + 1, Math.Min(count, i + 20) + 1);
            }

            var record = new PassRecord(keys, ends, new int[count]);
            long bound = record.LowerBoundBytes(), cap = random.NextInt64(0, bound + 1);
            ReplayPlan plan = CappedPlanMaker.Make(record, cap) ?? throw new InvalidOperationException($"seed {seed}");
            CheckSplit(record, plan, cap, seed);
            if (PlanMaker.First(record) is { } whole) CheckSplit(record, whole, random.NextInt64(0, whole.Peak + 1) & -64, seed); // a cap that another frame lowered
        }
    }

    [Fact]
    public void Blocks_that_live_long_go_and_the_short_lived_ones_stay()
    {
        ulong size = RequestKey.Of(1, 64 * 100);
        ulong[] keys = [size, size, size, size, size, size];
        var record = new PassRecord(keys, [6, 2, 3, 4, 5, 6], new int[6]); // the first lives all along, each other one for a moment
        ReplayPlan plan = CappedPlanMaker.Make(record, 6400)!;
        var split = new PlanSplit(plan, 6400);
        Assert.Equal([true, false, false, false, false, false], Enumerable.Range(1, 6).Select(split.IsOutside));
        Assert.Equal((6400L, 6400L, 6400L), (split.ArenaEnd, split.SpillStart, split.SpillBytes));
    }

    private static void CheckSplit(PassRecord record, ReplayPlan plan, long cap, int seed)
    {
        var split = new PlanSplit(plan, cap);
        Assert.InRange(split.ArenaEnd, 0, cap);
        PlanningProblem problem = record.Problem(out int[] requests);
        var places = new long[requests.Length];
        for (int i = 0; i < requests.Length; i++)
        {
            long offset = plan.Slots[requests[i] + 1].Offset * 64L;
            bool outside = split.IsOutside(requests[i] + 1);
            Assert.Equal(offset + problem.Buffers[i].Size > cap / 64 * 64, outside);
            if (outside) Assert.InRange(offset - split.SpillStart, 0, split.SpillBytes - problem.Buffers[i].Size);
            places[i] = offset;
        }

        Assert.True(PlanValidator.Validate(problem, new MemoryPlan(places, plan.Peak, plan.LowerBound, "test")).IsValid, $"seed {seed}");
    }
}
