using FsCheck;
using FsCheck.Fluent;
using Workspaces.Memory.Planning;
using Workspaces.Memory.Simulation;
using Workspaces.Tests.Planning;

namespace Workspaces.Tests.Simulation;

/// <summary>What every allocator of replays promises. Inherit, name the allocator, write down how it answers, and it is tested.</summary>
public abstract class TraceAllocatorConformance
{
    /// <summary>Ends by steps, never by time, so that plans can be compared.</summary>
    private protected static readonly PlanningBudget Steps = new() { Time = TimeSpan.FromMinutes(5), Iterations = 20, Seed = 3 };

    public static TheoryData<string> Traces => [.. TraceFiles.Names];

    protected abstract string Name { get; }

    /// <summary>The right answers, in order of requests: offsets (0 without offsets) and -1 for a refusal.</summary>
    protected abstract long[] Expected(PlanningProblem problem, long cap);

    [Fact]
    public void Without_a_cap_everything_is_served_as_the_model_says() =>
        Prop.ForAll(TraceProblems.Any(), problem => AssertServed(problem, long.MaxValue)).QuickCheckThrowOnFailure();

    [Fact]
    public void Under_a_cap_everything_is_served_as_the_model_says() =>
        Prop.ForAll(TraceProblems.WithCap(), given => AssertServed(given.Problem, given.Cap)).QuickCheckThrowOnFailure();

    [Theory]
    [MemberData(nameof(Traces))]
    public void Recorded_traces_are_served_as_the_model_says(string trace)
    {
        PlanningProblem problem = TraceFiles.Read(trace);
        AssertServed(problem, long.MaxValue);
        AssertServed(problem, problem.LowerBound / 2);
    }

    [Fact]
    public void A_cap_of_the_peak_is_enough_and_one_byte_less_is_not() =>
        Prop.ForAll(TraceProblems.Any(), problem =>
        {
            (long[] answers, long peak) = Replay(problem, long.MaxValue);
            (long[] same, long samePeak) = Replay(problem, peak);
            Assert.Equal(answers, same);
            Assert.Equal(peak, samePeak);
            if (peak == 0) return;
            (long[] fewer, long less) = Replay(problem, peak - 1);
            Assert.Contains(ITraceAllocator.Refused, fewer);
            Assert.InRange(less, 0, peak - 1);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_cap_of_nothing_refuses_everything()
    {
        PlanningProblem problem = TraceFiles.Read("minimalloc_A");
        (long[] answers, long peak) = Replay(problem, 0);
        Assert.All(answers, answer => Assert.Equal(ITraceAllocator.Refused, answer));
        Assert.Equal(0, peak);
    }

    [Fact]
    public void A_replay_forgets_the_one_before_even_when_that_ended_early() =>
        Prop.ForAll(TraceProblems.WithCap(), given =>
        {
            var schedule = new TraceSchedule(given.Problem);
            using ITraceAllocator allocator = TraceAllocators.Create(Name, schedule, given.Cap, Steps);
            var first = new long[schedule.RequestCount];
            TraceReplay.Replay(schedule.Events, allocator, first);
            long peak = allocator.PeakBytes;
            TraceReplay.Replay(schedule.Events[..(schedule.Events.Length / 2)], allocator, new long[schedule.RequestCount]);
            var second = new long[schedule.RequestCount];
            TraceReplay.Replay(schedule.Events, allocator, second);
            Assert.Equal(first, second);
            Assert.Equal(peak, allocator.PeakBytes);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Extreme_times_and_sizes_are_served_or_refused_without_overflow()
    {
        if (Name is "native" or "gc") return; // they would need that memory
        var problem = new PlanningProblem(
            [new(0, long.MinValue, long.MaxValue, long.MaxValue / 4), new(1, 0, long.MaxValue, long.MaxValue / 2), new(2, 1, 2, 1)]);
        (long[] answers, long peak) = Replay(problem, long.MaxValue);
        AssertNoOverlap(problem, answers, peak);
    }

    [Fact]
    public void The_public_replay_reports_what_was_served()
    {
        PlanningProblem problem = TraceFiles.Read("mlp_b128_train_sgdm");
        long cap = problem.LowerBound / 2;
        long[] answers = Expected(problem, cap);
        List<int> requests = [.. TraceModel.Events(problem).Where(e => e.IsRequest).Select(e => e.Buffer)];
        var schedule = new TraceSchedule(problem);
        using ITraceAllocator allocator = TraceAllocators.Create(Name, schedule, cap, Steps);

        ReplayResult result = TraceReplay.Run(schedule, allocator);

        List<int> failed = [.. requests.Where((_, k) => answers[k] < 0)];
        Assert.Equal(Name, result.Allocator);
        Assert.Equal(failed.Count, result.FailedRequests);
        Assert.Equal(failed.Sum(buffer => TraceModel.Size(problem, buffer)), result.SpilledBytes);
        Assert.Equal(new PlanningProblem([.. failed.Select(buffer => problem.Buffers[buffer])]).LowerBound, result.SpilledPeakBytes);
        Assert.InRange(result.PeakBytes, failed.Count == requests.Count ? 0 : 1, cap); // a segment may be larger than the cap
        Assert.Equal((double)result.PeakBytes / problem.LowerBound, result.Ratio);
        Assert.True(result.NanosecondsPerEvent > 0);
        Assert.True(result.Samples >= 1);
    }

    private void AssertServed(PlanningProblem problem, long cap)
    {
        (long[] answers, long peak) = Replay(problem, cap);
        Assert.Equal(Expected(problem, cap), answers);
        Assert.InRange(peak, 0, cap);
        if (!answers.Contains(ITraceAllocator.Refused)) Assert.True(peak >= problem.LowerBound, $"peak {peak}, lower bound {problem.LowerBound}");
        using ITraceAllocator allocator = TraceAllocators.Create(Name, new TraceSchedule(problem), cap, Steps);
        if (allocator.HasOffsets) AssertNoOverlap(problem, answers, peak);
    }

    /// <summary>Every pair of served buffers that meet in time.</summary>
    private static void AssertNoOverlap(PlanningProblem problem, long[] answers, long peak)
    {
        List<int> requests = [.. TraceModel.Events(problem).Where(e => e.IsRequest).Select(e => e.Buffer)];
        for (int a = 0; a < answers.Length; a++)
        {
            if (answers[a] < 0) continue;
            PlanBuffer first = problem.Buffers[requests[a]];
            long end = answers[a] + TraceModel.Size(problem, requests[a]);
            Assert.InRange(end, 1, peak);
            Assert.Equal(0, answers[a] % problem.Alignment);
            for (int b = 0; b < a; b++)
            {
                PlanBuffer second = problem.Buffers[requests[b]];
                if (answers[b] < 0 || first.Lower >= second.Upper || second.Lower >= first.Upper) continue;
                Assert.True(answers[b] >= end || answers[b] + TraceModel.Size(problem, requests[b]) <= answers[a], $"buffers {first} and {second} overlap");
            }
        }
    }

    private (long[] Answers, long Peak) Replay(PlanningProblem problem, long cap)
    {
        var schedule = new TraceSchedule(problem);
        using ITraceAllocator allocator = TraceAllocators.Create(Name, schedule, cap, Steps);
        Assert.Equal(Name, allocator.Name);
        var answers = new long[schedule.RequestCount];
        TraceReplay.Replay(schedule.Events, allocator, answers);
        return (answers, allocator.PeakBytes);
    }
}
