using Workspaces.Memory.Replay;

namespace Workspaces.Tests.Replay;

/// <summary>What the history of one signature says: which plan is expected to fit, and when it is time for another one.</summary>
public class SignaturePlansTests
{
    private readonly SignaturePlans _known = new(7, new PlanFamily(3));

    [Fact]
    public void Two_spilling_passes_among_the_last_four_ask_for_another_plan()
    {
        Count(false);
        Assert.False(_known.IsReplanDue);
        Count(true, true);
        Assert.False(_known.IsReplanDue);
        Count(false);
        Assert.True(_known.IsReplanDue);
        Count(true);
        Assert.False(_known.IsReplanDue); // the first of them is five passes ago
        Count(false);
        Assert.True(_known.IsReplanDue);
    }

    [Fact]
    public void Only_two_spilling_passes_in_a_row_are_two_failures()
    {
        Assert.False(_known.FailedTwice);
        Count(false);
        Assert.False(_known.FailedTwice);
        Count(true, false);
        Assert.False(_known.FailedTwice);
        Count(false);
        Assert.True(_known.FailedTwice);
        Count(true);
        Assert.False(_known.FailedTwice);
    }

    [Fact]
    public void After_each_new_plan_the_next_one_waits_twice_as_long_up_to_65536_passes()
    {
        int[] waits = new int[17];
        for (int i = 0; i < waits.Length; i++)
        {
            while (!_known.IsReplanDue)
            {
                Count(false);
                waits[i]++;
            }

            _known.Replanned();
        }

        Assert.Equal([2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 65536], waits);
    }

    [Fact]
    public void Clean_passes_are_counted_from_the_last_spill_on()
    {
        Count(true, true, true);
        Assert.Equal(3, _known.Clean);
        Count(false);
        Assert.Equal(0, _known.Clean);
        Count(true);
        Assert.Equal(1, _known.Clean);
    }

    [Fact]
    public void Another_plan_starts_without_the_history_of_the_one_before()
    {
        _known.Slices = 5;
        Count(true, false, false);
        _known.Restarted();
        Assert.Equal((0, 0, false, false), (_known.Clean, _known.Slices, _known.FailedTwice, _known.IsReplanDue));
        Count(false);
        Assert.Equal((false, false), (_known.FailedTwice, _known.IsReplanDue));
    }

    [Fact]
    public void With_one_plan_that_is_the_expected_one()
    {
        Assert.Null(_known.Expected);
        _known.Plan = Plan();
        Assert.Same(_known.Plan, _known.Expected);
        _known.Note(_known.Plan, clean: false);
        Assert.Same(_known.Plan, _known.Expected);
    }

    [Fact]
    public void Of_two_plans_the_one_is_expected_that_came_next_the_last_time()
    {
        ReplayPlan a = Plan(), b = Plan();
        (_known.Plan, _known.Other) = (a, b);
        Note((a, true), (a, true));
        Assert.Same(a, _known.Expected);
        Note((b, true));
        Assert.Same(b, _known.Expected); // nothing has come after b so far: again one like it
        Note((a, true));
        Assert.Same(b, _known.Expected); // after a came b
        Note((b, true));
        Assert.Same(a, _known.Expected); // after b came a
        Note((b, true));
        Assert.Same(b, _known.Expected);
    }

    [Fact]
    public void A_pass_that_spills_on_one_plan_was_of_the_other_kind()
    {
        ReplayPlan a = Plan(), b = Plan();
        (_known.Plan, _known.Other) = (a, b);
        Note((a, false));
        Assert.Same(b, _known.Expected); // it was like b, after which b is expected
        Note((b, false));
        Assert.Same(b, _known.Expected); // it was like a, after which one like b came
        Note((a, true));
        Assert.Same(a, _known.Expected);
    }

    [Theory]
    [InlineData(false, false, true, true)]
    [InlineData(true, false, false, true)]
    [InlineData(false, true, true, false)]
    [InlineData(true, true, false, false)]
    public void Only_plans_of_its_own_know_the_last_uses_of_its_blocks(bool planIsLent, bool otherIsLent, bool ofPlan, bool ofOther)
    {
        ReplayPlan a = Plan(), b = Plan(), stranger = Plan();
        (_known.Plan, _known.Other, _known.PlanIsLent, _known.OtherIsLent) = (a, b, planIsLent, otherIsLent);
        Assert.Equal((ofPlan, ofOther, false), (_known.KnowsUses(a), _known.KnowsUses(b), _known.KnowsUses(stranger)));
        Assert.Equal((true, true, false), (_known.Has(a), _known.Has(b), _known.Has(stranger)));
    }

    [Fact]
    public void It_is_kept_until_the_cache_drops_it() => Assert.Equal((true, 7UL, 0, false), (_known.IsKept, _known.Signature, _known.Watched, _known.IsJoined));

    private void Count(params bool[] clean)
    {
        foreach (bool one in clean) _known.Count(one);
    }

    private void Note(params (ReplayPlan Used, bool Clean)[] passes)
    {
        foreach ((ReplayPlan used, bool clean) in passes) _known.Note(used, clean);
    }

    private static ReplayPlan Plan() => RandomRecords.Packed(CacheRuns.Chain(3, 1));
}
