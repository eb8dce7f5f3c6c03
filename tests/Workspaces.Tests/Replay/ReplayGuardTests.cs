using Workspaces.Memory.Replay;

namespace Workspaces.Tests.Replay;

/// <summary>The guard's search for a slot, step by step: the window, optional slots, strays, the end of a pass and of the epochs.</summary>
public class ReplayGuardTests
{
    [Fact]
    public void A_pass_is_through_after_the_last_slot_that_every_pass_asks_for()
    {
        PassRecord record = Record([1, 1, 1], [false, false, true]);
        ReplayPlan plan = RandomRecords.Packed(record);
        var guard = new ReplayGuard();
        Assert.False(guard.IsThrough);
        guard.Begin(plan);
        Assert.Equal(1, guard.Take(record.Keys[0], true, out _));
        Assert.False(guard.IsThrough);
        Assert.Equal(2, guard.Take(record.Keys[1], true, out _));
        Assert.True(guard.IsThrough);
        Assert.False(guard.IsStopped);
        guard.Stop();
        Assert.True(guard.IsStopped);
        Assert.False(guard.IsThrough);
        Assert.Equal(0, guard.Take(record.Keys[2], true, out _));
    }

    [Fact]
    public void After_the_end_there_is_no_plan_and_no_slot()
    {
        PassRecord record = Record([1, 1]);
        var guard = new ReplayGuard();
        guard.Begin(RandomRecords.Packed(record));
        guard.End();
        Assert.Null(guard.Plan);
        Assert.False(guard.IsThrough);
        Assert.Equal(0, guard.Take(record.Keys[0], true, out _));
    }

    [Fact]
    public void Strangers_are_looked_for_in_the_window_at_once_and_beyond_it_after_four_in_a_row()
    {
        PassRecord record = Record([.. Enumerable.Repeat(1, 60)]);
        ReplayPlan plan = RandomRecords.Packed(record);
        var guard = new ReplayGuard();
        guard.Begin(plan);
        Assert.Equal(9, guard.Take(record.Keys[8], true, out _));

        guard.Begin(plan);
        Strays(10, 2);
        guard.Begin(plan); // a new pass has seen none
        Strays(10, 4);
        Assert.Equal(10, guard.Take(record.Keys[9], true, out _)); // the first slot past the window
        Strays(40, 4); // and so has a new place
        Assert.Equal(40, guard.Take(record.Keys[39], true, out _));
        Assert.Equal(0, guard.Take(record.Keys[5], true, out _)); // nothing is found behind

        void Strays(int slot, int count)
        {
            for (int i = 0; i < count; i++) Assert.Equal(0, guard.Take(record.Keys[slot - 1], true, out _));
        }
    }

    [Theory]
    [InlineData(true, 2, 2)] // the first required slot after optional ones may be larger than the request
    [InlineData(false, 2, 0)] // after a required one only its own size will do
    [InlineData(true, 3, 0)] // nor any slot beyond that first one
    public void Behind_optional_slots_the_next_required_one_counts_as_the_next(bool isOptional, int asked, int found)
    {
        PassRecord record = Record([1, 4, 4], [isOptional, false, false]);
        var guard = new ReplayGuard();
        guard.Begin(RandomRecords.Packed(record));
        Assert.Equal(found, guard.Take(RequestKey.WithGranules(record.Keys[asked - 1], 1), true, out _));
    }

    [Fact]
    public void When_the_epochs_begin_again_nothing_of_the_first_is_remembered()
    {
        PassRecord record = new([RequestKey.Of(1, 64), RequestKey.Of(2, 64)], [1, 2], [0, 0]);
        ReplayPlan plan = RandomRecords.Packed(record);
        Assert.Equal(1, plan.Slots[2].P0);
        var guard = new ReplayGuard();
        guard.Begin(plan);
        Assert.Equal(1, guard.Take(record.Keys[0], true, out _));
        Assert.Equal(0, guard.Take(record.Keys[1], true, out _)); // the first lives
        guard.SetEpoch(uint.MaxValue);
        guard.Begin(plan);
        Assert.Equal(1u, guard.Epoch);
        Assert.Equal(2, guard.Take(record.Keys[1], true, out _));
    }

    [Fact]
    public void The_index_finds_the_first_equal_key_after_a_slot()
    {
        var random = new Random(31);
        for (int round = 0; round < 60; round++)
        {
            PassRecord record = RandomRecords.Make(random, random.Next(1, 60), tags: 3, mostGranules: 3);
            ReplayPlan plan = RandomRecords.Packed(record);
            for (int slot = 0; slot <= record.Count; slot++)
            {
                ulong key = random.Next(9) == 0 ? RequestKey.Of(99, 64) : record.Keys[random.Next(record.Count)];
                Assert.Equal(1 + Array.IndexOf(record.Keys, key, slot), plan.FindAfter(slot, key));
            }
        }
    }

    [Fact]
    public void A_plan_tells_of_itself()
    {
        PassRecord record = Record([2, 3, 1], [false, true, true]);
        var plan = new ReplayPlan(record, [0, 2, 5], 384, "by hand");
        Assert.Equal(("by hand", 384L, 384L, 3, 1), (plan.Planner, plan.Peak, plan.LowerBound, plan.Count, plan.LastRequired));
        Assert.Equal(record.Keys[0], plan.FirstKey);
        Assert.Equal((4 * 24) + (plan.More.Length * 4) + (3 * 12) + (3 * 17), plan.Bytes);
        PlanSplit split = plan.SplitAt(320);
        Assert.Same(split, plan.SplitAt(320));
        Assert.NotSame(split, plan.SplitAt(128));
        Assert.Equal((320L, 320L, 320L, 64L), (split.Limit, split.ArenaEnd, split.SpillStart, split.SpillBytes));
        Assert.Equal(0, new ReplayPlan(Record([1], [true]), [0], 64, "").LastRequired);
    }

    /// <summary>Requests of different tags that live to the end of the pass, with so many granules each.</summary>
    private static PassRecord Record(int[] granules, bool[]? optional = null) =>
        new([.. granules.Select(static (g, i) => RequestKey.Of((uint)i + 1, 64L * g))], [.. granules.Select(_ => granules.Length)], new int[granules.Length], optional);
}
