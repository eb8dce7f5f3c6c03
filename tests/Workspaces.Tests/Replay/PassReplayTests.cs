using Workspaces.Memory;
using Workspaces.Memory.Replay;
using Workspaces.Memory.Tracking;

namespace Workspaces.Tests.Replay;

/// <summary>What one place of a workspace remembers from pass to pass, and what it learns from each end of a pass.</summary>
public class PassReplayTests
{
    private const uint Tag = 5;
    private static readonly ulong FirstKey = RequestKey.Of(Tag, 640);

    [Fact]
    public void A_pass_is_watched_and_the_next_one_runs_on_its_plan()
    {
        var replay = new PassReplay(new PlanCache(new()), 1);
        Assert.Null(Run(replay));
        Assert.Equal(1, replay.PlansMade);
        ReplayPlan? plan = Run(replay);
        Assert.NotNull(plan);
        Assert.Same(plan, replay.Plan); // also when the pass has ended
        Assert.True(replay.KnowsUses);
        Assert.Equal(plan.Peak, replay.LargestPeak);
        Assert.Null(replay.Guard.Plan);
        Assert.Equal(1, replay.PlansMade);
    }

    [Fact]
    public void Without_learning_there_is_never_a_plan()
    {
        var replay = new PassReplay(new PlanCache(new() { PolicyLearning = LearningPolicy.None }), 1);
        for (int i = 0; i < 3; i++) Assert.Null(Run(replay));
        replay.Open(default);
        replay.Learn(false, FirstKey);
        replay.Close(Trace());
        Assert.Null(Run(replay));
        Assert.Equal(0, replay.PlansMade);
    }

    [Fact]
    public void Another_place_another_first_request_and_recording_or_not_are_other_kinds_of_passes()
    {
        var cache = new PlanCache(new());
        var replay = new PassReplay(cache, 1);
        Run(replay);
        Assert.Null(Choose(new PassReplay(cache, 2), false, FirstKey));
        Assert.Null(Choose(replay, true, FirstKey));
        Assert.Null(Choose(replay, false, RequestKey.Of(Tag + 1, 640)));
        Assert.NotNull(Choose(replay, false, FirstKey));
        Assert.NotNull(Choose(new PassReplay(cache, 1), false, FirstKey)); // another lease of the name
    }

    [Fact]
    public void A_plan_of_another_signature_is_lent_and_its_use_counts_are_not_believed()
    {
        var replay = new PassReplay(new PlanCache(new()), 1);
        Run(replay);
        replay.Open(new PassSignature(8));
        Assert.NotNull(replay.Choose(false, FirstKey));
        Assert.False(replay.KnowsUses);
        replay.Open(default);
        Assert.NotNull(replay.Choose(false, FirstKey));
        Assert.True(replay.KnowsUses);
    }

    [Fact]
    public void Training_joins_all_signatures_in_one_plan()
    {
        var replay = new PassReplay(new PlanCache(new() { PolicyLearning = LearningPolicy.Training }), 1);
        Run(replay);
        Run(replay);
        replay.Open(new PassSignature(8));
        Assert.NotNull(replay.Choose(false, FirstKey));
        Assert.True(replay.KnowsUses);
    }

    [Fact]
    public void What_the_plan_could_not_serve_is_counted_in_whole_granules_until_the_next_pass()
    {
        var replay = new PassReplay(new PlanCache(new()), 1);
        Run(replay);
        Choose(replay, false, FirstKey);
        replay.CountSpill(1);
        replay.CountSpill(65);
        Assert.Equal((2L, 192L), (replay.Spills, replay.SpilledBytes));
        Choose(replay, false, FirstKey);
        Assert.Equal((0L, 0L), (replay.Spills, replay.SpilledBytes));
        replay.CountSpill(1);
        replay.Open(default);
        replay.Learn(false, FirstKey);
        Assert.Equal((0L, 0L), (replay.Spills, replay.SpilledBytes));
        Assert.Null(replay.Plan);
    }

    [Fact]
    public void Passes_that_spill_twice_get_another_plan_and_those_that_are_abandoned_do_not()
    {
        var replay = new PassReplay(new PlanCache(new()), 1);
        Run(replay);
        Spill(replay, abandons: true);
        Spill(replay, abandons: true);
        Assert.Equal(1, replay.PlansMade);
        Spill(replay, abandons: false);
        Assert.Equal(1, replay.PlansMade);
        Spill(replay, abandons: false);
        Assert.Equal(2, replay.PlansMade);
    }

    [Fact]
    public void A_pass_that_gives_its_plan_up_goes_on_without_and_teaches_nothing()
    {
        var replay = new PassReplay(new PlanCache(new()), 1);
        Run(replay);
        for (int i = 0; i < 4; i++)
        {
            replay.Guard.Begin(Choose(replay, false, FirstKey)!);
            replay.GiveUp();
            Assert.Null(replay.Plan);
            Assert.Null(replay.Guard.Plan);
            replay.CountSpill(64);
            replay.Close(Trace(64, 64, 64));
        }

        Assert.Equal(1, replay.PlansMade);
    }

    [Fact]
    public void A_pass_without_requests_ends_without_a_trace_in_the_books()
    {
        var replay = new PassReplay(new PlanCache(new()), 1);
        Run(replay);
        for (int i = 0; i < 3; i++)
        {
            replay.Open(default);
            replay.Close(Trace(64));
        }

        Assert.Equal(1, replay.PlansMade);
        Assert.NotNull(Run(replay));
    }

    [Fact]
    public void A_pass_on_shapes_alone_makes_the_plan_of_the_first_real_one_and_none_when_there_is_one()
    {
        var replay = new PassReplay(new PlanCache(new()), 1);
        replay.Open(default);
        replay.Learn(false, FirstKey);
        Assert.Null(replay.Plan);
        replay.Close(Trace());
        Assert.Equal(1, replay.PlansMade);
        replay.Open(default);
        replay.Learn(false, FirstKey);
        replay.Close(Trace(640, 64, 64, 64));
        Assert.Equal(1, replay.PlansMade);
        Assert.Equal(Trace().Count, Run(replay)!.Count);
    }

    [Fact]
    public void A_pass_on_shapes_alone_learns_also_where_another_signature_would_lend_its_plan()
    {
        var replay = new PassReplay(new PlanCache(new()), 1);
        Run(replay);
        replay.Open(new PassSignature(8));
        replay.Learn(false, FirstKey);
        replay.Close(Trace(64));
        Assert.Equal(2, replay.PlansMade);
    }

    [Fact]
    public void Plans_that_had_to_give_way_are_looked_for_again()
    {
        var cache = new PlanCache(new() { MaxPlans = 1 });
        PassReplay here = new(cache, 1), there = new(cache, 2);
        Run(here);
        Assert.NotNull(Run(here));
        Run(there); // its plan is the only one that is kept now
        Assert.Null(Run(here));
        Assert.NotNull(Run(here));
        Assert.Null(Run(there));
    }

    /// <summary>One pass; returns the plan that it ran on.</summary>
    private static ReplayPlan? Run(PassReplay replay)
    {
        ReplayPlan? plan = Choose(replay, false, FirstKey);
        PassTrace trace = Trace();
        if (plan is not null)
        {
            replay.Guard.Begin(plan);
            foreach (TraceEntry entry in trace.Entries) Assert.NotEqual(0, replay.Guard.Take(RequestKey.Of(entry.Tag, entry.Bytes), mayReuse: true, out _));
        }

        replay.Close(trace);
        return plan;
    }

    /// <summary>A pass that asks for more than its plan knows.</summary>
    private static void Spill(PassReplay replay, bool abandons)
    {
        replay.Guard.Begin(Choose(replay, false, FirstKey)!);
        replay.CountSpill(6400);
        if (abandons) replay.Abandon();
        replay.Close(Trace(640, 6400));
    }

    private static ReplayPlan? Choose(PassReplay replay, bool gradients, ulong key)
    {
        replay.Open(default);
        return replay.Choose(gradients, key);
    }

    /// <summary>Requests of one tag; without sizes those of the usual pass.</summary>
    private static PassTrace Trace(params long[] sizes)
    {
        var trace = new PassTrace();
        trace.Begin(default);
        foreach (long bytes in sizes.Length > 0 ? sizes : [640L, 64, 128]) trace.Request(bytes, Tag, null);
        trace.End();
        return trace;
    }
}
