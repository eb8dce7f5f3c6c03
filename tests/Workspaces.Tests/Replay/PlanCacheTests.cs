using Workspaces.Memory;
using Workspaces.Memory.Replay;
using Workspaces.Memory.Tracking;

namespace Workspaces.Tests.Replay;

/// <summary>Which plan a pass gets, and when plans are made, joined, forgotten and dropped.</summary>
public class PlanCacheTests
{
    private static readonly PassRecord Usual = CacheRuns.Chain(20, 10);

    [Fact]
    public void The_first_pass_is_watched_and_the_second_runs_on_its_plan()
    {
        var runs = new CacheRuns();
        runs.Run(Usual);
        Assert.Null(runs.Used);

        runs.Run(Usual);

        Assert.Equal((Usual.Count, 0L, 1L), (runs.Used!.Count, runs.Spills, runs.Cache.PlansMade));
    }

    [Theory]
    [InlineData(LearningPolicy.Training, 3, 4)]
    [InlineData(LearningPolicy.Training, 0, 1)]
    [InlineData(LearningPolicy.Optimized, 3, 1)]
    public void Training_watches_so_many_passes_more_before_it_plans(LearningPolicy learning, int cycles, int watched)
    {
        var runs = new CacheRuns(new() { PolicyLearning = learning, CyclesBeforeInitialization = cycles });
        for (int i = 0; i < watched; i++)
        {
            runs.Run(CacheRuns.Chain(20, 10 + i));
            Assert.Null(runs.Used);
        }

        runs.Run(CacheRuns.Chain(20, 9 + watched));
        Assert.NotNull(runs.Used);
        Assert.Equal(0, runs.Spills);
    }

    [Theory]
    [InlineData(LearningPolicy.None, AllocationPolicy.Strict)]
    [InlineData(LearningPolicy.Optimized, AllocationPolicy.Always)]
    public void Some_policies_want_no_plans(LearningPolicy learning, AllocationPolicy allocation) =>
        Assert.False(new CacheRuns(new() { PolicyLearning = learning, PolicyAllocation = allocation }).Cache.Learns);

    [Fact]
    public void A_deviation_now_and_then_makes_no_plan()
    {
        var runs = new CacheRuns();
        PassRecord printing = CacheRuns.Then(Usual, CacheRuns.Chain(1, 5, firstTag: 500));
        for (int i = 0; i < 1000; i++) runs.Run(i % 100 == 99 ? printing : Usual);

        Assert.Equal(1, runs.Cache.PlansMade);
    }

    [Fact]
    public void A_pass_that_stops_early_is_no_deviation()
    {
        var runs = new CacheRuns();
        runs.Run(Usual);
        for (int stop = 1; stop < Usual.Count; stop++)
        {
            runs.Run(Usual, stopAt: stop);
            Assert.Equal(0, runs.Spills);
        }

        Assert.Equal(1, runs.Cache.PlansMade);
    }

    [Fact]
    public void A_plan_of_a_pass_that_stopped_early_is_lengthened()
    {
        var runs = new CacheRuns();
        runs.Run(Usual, stopAt: 7);
        for (int i = 0; i < 4; i++) runs.Run(Usual);

        Assert.Equal((Usual.Count, 0L, 2L), (runs.Used!.Count, runs.Spills, runs.Cache.PlansMade));
    }

    [Fact]
    public void Plans_are_made_again_after_longer_and_longer_pauses()
    {
        var runs = new CacheRuns();
        List<int> made = [];
        long before = 0;
        for (int i = 0; i < 70; i++)
        {
            // No two passes are alike, so that each one spills; a first request is common to all.
            runs.Run(CacheRuns.Then(CacheRuns.Chain(1, 4), CacheRuns.Chain(12, 10, firstTag: 1000 * (i + 1))));
            if (runs.Cache.PlansMade > before) made.Add(i);
            before = runs.Cache.PlansMade;
        }

        int[] pauses = [.. made.Skip(1).Zip(made, static (next, last) => next - last)];
        Assert.Equal([2, 4, 8, 16, 32], pauses);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(12, 20)]
    [InlineData(30, 5)]
    public void Two_patterns_in_turn_settle_after_few_plans(int first, int second)
    {
        PassRecord a = CacheRuns.Then(CacheRuns.Then(Usual, CacheRuns.Chain(first, 9, 1000, survivors: 0)), CacheRuns.Chain(15, 8, 100));
        PassRecord b = CacheRuns.Then(CacheRuns.Then(Usual, CacheRuns.Chain(second, 9, 2000, survivors: 0)), CacheRuns.Chain(15, 8, 100));
        var runs = new CacheRuns();
        for (int i = Usual.Count; i < Usual.Count + first; i++) a.Ends[i] = i + 2;
        for (int i = Usual.Count; i < Usual.Count + second; i++) b.Ends[i] = i + 2;
        var planned = new HashSet<PassRecord>();
        for (int i = 0; i < 160; i++)
        {
            runs.Run(i % 2 == 0 ? a : b);
            if (runs.Used is { } used) planned.Add(used.Record);
            if (i >= 20) Assert.Equal(0, runs.Spills);
        }

        Assert.InRange(planned.Count, 1, 4);
    }

    [Fact]
    public void An_outlier_is_forgotten_after_256_clean_passes()
    {
        var runs = new CacheRuns();
        PassRecord outlier = CacheRuns.Chain(20, 100);
        runs.Run(Usual);
        for (int i = 0; i < 2; i++) runs.Run(outlier);
        long large = runs.Cache.LargestPeak;
        for (int i = 0; i < 254; i++) runs.Run(Usual);
        Assert.Equal(large, runs.Cache.LargestPeak);

        runs.Run(Usual);
        runs.Run(Usual);

        Assert.True(runs.Cache.LargestPeak < large / 5);
        Assert.Equal(0, runs.Spills);
    }

    [Fact]
    public void A_smaller_pass_runs_on_the_plan_of_a_larger_one()
    {
        var runs = new CacheRuns();
        runs.Run(CacheRuns.Chain(20, 128), signature: 1);
        runs.Run(CacheRuns.Chain(20, 120), signature: 2);

        Assert.Equal((0L, 1L), (runs.Spills, runs.Cache.PlansMade));
    }

    [Fact]
    public void A_pass_that_a_plan_of_its_own_saves_a_tenth_gets_one()
    {
        var runs = new CacheRuns();
        runs.Run(CacheRuns.Chain(20, 128), signature: 1);
        runs.Run(CacheRuns.Chain(20, 60), signature: 2);
        runs.Run(CacheRuns.Chain(20, 60), signature: 2);

        Assert.Equal((0L, 2L), (runs.Spills, runs.Cache.PlansMade));
        Assert.True(runs.Used!.Peak <= 0.5 * runs.Cache.LargestPeak);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(16)]
    public void Never_more_plans_are_kept_than_configured(int most)
    {
        var runs = new CacheRuns(new() { MaxPlans = most });
        for (int i = 1; i <= 40; i++)
        {
            runs.Run(CacheRuns.Chain(10 + i, 1 << (i % 12)), signature: (ulong)i);
            Assert.InRange(runs.Plans.Length, 1, most);
        }
    }

    [Fact]
    public void The_plan_used_last_is_kept_and_the_oldest_goes()
    {
        var runs = new CacheRuns(new() { MaxPlans = 2 });
        PassRecord[] passes = [CacheRuns.Chain(20, 10), CacheRuns.Chain(21, 100), CacheRuns.Chain(22, 1000)];
        runs.Run(passes[0], signature: 1);
        runs.Run(passes[1], signature: 2);
        runs.Run(passes[0], signature: 1);
        runs.Run(passes[2], signature: 3);

        Assert.Equal([10L, 1000L], runs.Plans.Select(plan => RequestKey.Granules(plan.FirstKey)).Order());
    }

    [Fact]
    public void Kinds_of_passes_that_never_come_again_are_forgotten()
    {
        var cache = new PlanCache(new WorkspaceConfiguration { MaxPlans = 2 });
        for (ulong kind = 1; kind <= 1000; kind++) cache.Find(kind, kind);

        Assert.InRange(cache.Families, 32, 65); // 16 signatures for each plan, and as many kinds without any
        Assert.Same(cache.Find(1000, 1000).Family, cache.Find(1000, 1001).Family);
    }

    [Fact]
    public void Plans_together_stay_below_8_MiB()
    {
        var runs = new CacheRuns();
        for (int i = 0; i < 8; i++)
        {
            runs.Run(Long(40_000, 1 << i), signature: (ulong)i + 1);
            Assert.InRange(runs.Plans.Sum(plan => plan.Bytes), 1, 8L << 20);
        }

        Assert.True(runs.Cache.PlansMade > runs.Plans.Length);
    }

    [Fact]
    public void Passes_that_never_repeat_end_planning_with_a_finding()
    {
        var runs = new CacheRuns();
        var random = new Random(2);
        long plans = 0;
        for (int i = 0; i < 2000; i++)
        {
            runs.Run(CacheRuns.Then(CacheRuns.Chain(1, 4), RandomRecords.Make(random, 12, tags: 1000)), signature: (ulong)i + 1);
            if (i == 999) plans = runs.Cache.PlansMade;
        }

        Assert.Equal(plans, runs.Cache.PlansMade);
        Assert.Equal(FindingCodes.PlansDoNotSettle, Assert.Single(runs.Findings()).Code);
        Assert.InRange(runs.Plans.Length, 0, 16);
    }

    [Fact]
    public void Passes_too_different_to_share_a_plan_are_reported_once_with_the_remedy()
    {
        PassRecord a = Wide(early: 1000, late: 1), b = Wide(early: 1, late: 1000);
        var runs = new CacheRuns();
        for (int i = 0; i < 200; i++) runs.Run(i % 8 < 4 ? a : b);

        Finding[] findings = [.. runs.Findings().Where(finding => finding.Code == FindingCodes.PassesDiffer)];
        Assert.Single(findings);
        Assert.Contains("Enter(", findings[0].ToString(), StringComparison.Ordinal);
        Assert.True(runs.Cache.PlansMade < 12);
    }

    /// <summary>Blocks that live one after the other: large ones in the first half or in the second, so that both together cost what one costs.</summary>
    private static PassRecord Wide(int early, int late)
    {
        var keys = new ulong[10];
        for (int i = 0; i < keys.Length; i++) keys[i] = RequestKey.Of((uint)(i + 1), Granule.Bytes * (i is > 0 and < 5 ? early : i >= 5 ? late : 1L));
        int[] ends = [10, .. Enumerable.Repeat(10, 9)];
        return new PassRecord(keys, ends, new int[10]);
    }

    private static PassRecord Long(int count, long granules)
    {
        ulong[] keys = [.. Enumerable.Range(0, count).Select(i => RequestKey.Of((uint)(1 + (i % 1000)), granules * Granule.Bytes))];
        return new PassRecord(keys, [.. Enumerable.Range(1, count)], new int[count]);
    }
}
