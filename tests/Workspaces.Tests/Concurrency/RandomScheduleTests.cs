using System.Diagnostics;
using Workspaces.Tests.Soak;
using Xunit.Abstractions;

namespace Workspaces.Tests.Concurrency;

/// <summary>Random schedules on real threads; a failure prints the seed, though the threads themselves run as they like.</summary>
[Collection(nameof(AloneCollection))]
public sealed class RandomScheduleTests(ITestOutputHelper output)
{
    private const int Threads = 4;

    [Fact]
    public void Scenario_32_with_all_threads_of_scenario_20_no_wrong_byte_is_read_and_none_is_left() => Run(seeds: 10, turns: 30);

    [Fact]
    [Trait("Category", "Long")]
    public void Scenario_32_with_all_threads_of_scenario_20_for_long() => Run(seeds: 120, turns: 120);

    private void Run(int seeds, int turns)
    {
        int right = 0, refused = 0;
        long plans = 0;
        var watch = Stopwatch.StartNew();
        for (int seed = 0; seed < seeds || (seeds > 100 && SoakTime.GoesOn(watch)); seed++)
        {
            using var schedule = new RandomSchedule(seed, Threads);
            schedule.Run(turns);
            string where = $"seed {seed}: {schedule.Right} right, {schedule.Wrong} wrong, {schedule.Refused} refused, {schedule.Left} bytes left, {schedule.Unexpected}";
            Assert.True(schedule is { Wrong: 0, Unexpected: null, Left: 0 }, where);
            right += schedule.Right;
            refused += schedule.Refused;
            plans += schedule.PlansMade;
        }

        output.WriteLine($"{right} right, {refused} refused, {plans} plans");
        Assert.True(right > seeds * turns && refused > 0 && plans > 0, $"{right} right, {refused} refused, {plans} plans");
    }
}
