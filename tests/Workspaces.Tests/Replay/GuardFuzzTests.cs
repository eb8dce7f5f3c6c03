using System.Diagnostics;
using Workspaces.Memory.Replay;
using Xunit.Abstractions;

namespace Workspaces.Tests.Replay;

/// <summary>Scenario 32: random plans and passes against a model of live bytes, and mistakes that must be noticed.</summary>
public class GuardFuzzTests(ITestOutputHelper output)
{
    private const int PlansUntilKilled = 60;

    [Fact]
    public void Scenario_32_no_planned_request_ever_overlaps_a_live_block()
    {
        var fuzzer = new GuardFuzzer(new Random(20));
        Run(fuzzer, new Random(21), requests: 3_000_000);

        Assert.Null(fuzzer.Flaw);
        Assert.True(fuzzer is { Spills: > 1000, Refusals: > 1000, Skips: > 1000, FarSkips: > 100, Wraps: > 10, FaithfulPasses: > 1000 });
        Assert.True(fuzzer.Requests - fuzzer.Spills > fuzzer.Requests / 3);
    }

    [Theory]
    [InlineData(GuardMutation.UnplacedIsClear)]
    [InlineData(GuardMutation.MoreIsIgnored)]
    [InlineData(GuardMutation.CursorStaysOnSkip)]
    [InlineData(GuardMutation.LiveBlockIsCleared)]
    [InlineData(GuardMutation.StragglerStampsNow)]
    public void Scenario_32_each_mistake_of_the_guard_is_noticed_within_a_few_plans(GuardMutation mutation)
    {
        for (int seed = 0; seed < 5; seed++)
        {
            var fuzzer = new GuardFuzzer(new Random(seed), mutation);
            int plans = Run(fuzzer, new Random(seed + 100), requests: long.MaxValue, PlansUntilKilled);
            output.WriteLine($"{mutation}: {fuzzer.Flaw} in plan {plans}");
            Assert.NotNull(fuzzer.Flaw);
        }
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void Scenario_32_a_hundred_million_requests_overlap_nothing()
    {
        const long Requests = 100_000_000;
        var watch = Stopwatch.StartNew();
        var fuzzer = new GuardFuzzer(new Random(1));
        int plans = Run(fuzzer, new Random(2), Requests);
        output.WriteLine($"{plans} plans, {fuzzer.Requests} requests, {fuzzer.Spills} spills, {fuzzer.Refusals} refused, {fuzzer.FaithfulPasses} faithful "
            + $"passes, {fuzzer.Wraps} wraps: {watch.Elapsed.TotalNanoseconds / fuzzer.Requests:F0} ns a request");
        Assert.Null(fuzzer.Flaw);
        Assert.True(fuzzer.Requests >= Requests);
    }

    /// <summary>Plan after plan, packed and scattered ones, until enough requests were made or something is broken; returns the number of plans.</summary>
    private static int Run(GuardFuzzer fuzzer, Random random, long requests, int mostPlans = int.MaxValue)
    {
        int plans = 0;
        while (plans < mostPlans && fuzzer.Requests < requests && fuzzer.Flaw is null)
        {
            plans++;
            int count = random.Next(10) == 0 ? random.Next(100, 400) : random.Next(1, 60);
            PassRecord record = RandomRecords.Make(random, count, tags: random.Next(1, 6), mostGranules: random.Next(1, 12));
            bool isValid = random.Next(3) != 0;
            fuzzer.Run(isValid ? RandomRecords.Packed(record) : RandomRecords.Scattered(record, random), isValid, passes: 100);
        }

        return plans;
    }
}
