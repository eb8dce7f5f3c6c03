using FsCheck;
using FsCheck.Fluent;
using Workspaces.Memory.Planning;

namespace Workspaces.Tests.Planning;

/// <summary>What every planner promises. Inherit, name the planner, and it is tested.</summary>
public abstract class PlannerConformance
{
    /// <summary>Ends by steps, never by time, so that results can be compared.</summary>
    private static readonly PlanningBudget Steps = new() { Time = TimeSpan.FromMinutes(5), Iterations = 60, Seed = 7 };

    public static TheoryData<string> Traces => [.. TraceFiles.Names];

    /// <summary>Small problems whose best peak is known: buffers as (lower, upper, granules).</summary>
    public static TheoryData<string, long> Known => new()
    {
        { "0-1:1", 1 },
        { "0-2:1 1-3:1 2-4:1", 2 },
        { "0-4:1 0-2:3 2-4:3", 4 },
        { "0-1:2 0-2:1 1-3:2 2-4:2 3-5:1 4-5:3", 4 },
        { "0-1:5 2-3:4 4-5:3", 5 },
        { "0-9:1 1-8:1 2-7:1 3-6:1", 4 },
    };

    protected abstract IPlanner Create();

    [Theory]
    [MemberData(nameof(Traces))]
    public void Plans_of_recorded_traces_are_valid(string trace) => AssertGood(TraceFiles.Read(trace), Create().Plan(TraceFiles.Read(trace), Steps));

    [Theory]
    [MemberData(nameof(Known))]
    public void Saved_problems_reach_their_known_optimum(string text, long granules)
    {
        PlanningProblem problem = Parse(text);
        MemoryPlan plan = Create().Plan(problem, Steps);
        AssertGood(problem, plan);
        Assert.Equal(granules * 64, plan.Peak);
    }

    [Theory]
    [MemberData(nameof(Traces))]
    public void The_same_seed_gives_the_same_plan(string trace)
    {
        PlanningProblem problem = TraceFiles.Read(trace);
        MemoryPlan first = Create().Plan(problem, Steps), second = Create().Plan(problem, Steps);
        Assert.Equal(first.Offsets.ToArray(), second.Offsets.ToArray());
        Assert.Equal(first.Planner, second.Planner);
    }

    [Fact]
    public void Random_problems_are_planned_validly_and_no_worse_than_first_fit()
    {
        PlanningBudget few = Steps with { Iterations = 25 };
        Prop.ForAll(Problems().ToArbitrary(), problem => AssertGood(problem, Create().Plan(problem, few))).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Without_time_there_still_is_a_plan()
    {
        PlanningProblem problem = TraceFiles.Read("minimalloc_A");
        AssertGood(problem, Create().Plan(problem, new PlanningBudget { Time = TimeSpan.Zero }));
        AssertGood(problem, Create().Plan(problem, new PlanningBudget { Iterations = 0 }));
    }

    [Fact]
    public void A_cancelled_search_returns_the_plan_it_has()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        PlanningProblem problem = TraceFiles.Read("minimalloc_A");
        AssertGood(problem, Create().Plan(problem, new PlanningBudget { Time = TimeSpan.FromHours(1), CancellationToken = cancelled.Token }));
    }

    /// <summary>Where time runs out: in the first packings, between them, in a search.</summary>
    [Theory]
    [InlineData(25)]
    [InlineData(50)]
    [InlineData(200)]
    public void Time_is_exceeded_by_a_fifth_at_most(int seconds)
    {
        foreach (PlanningProblem problem in new[] { TraceFiles.Read("minimalloc_A"), Unreachable() })
        {
            var clock = new CountingClock();
            AssertGood(problem, Create().Plan(problem, new PlanningBudget { Time = TimeSpan.FromSeconds(seconds), TimeProvider = clock }));
            Assert.InRange(clock.Readings, 2, 1 + seconds * 1.2);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(25)]
    [InlineData(300)]
    public void A_search_ends_soon_after_it_is_cancelled(int reading)
    {
        using var source = new CancellationTokenSource();
        var clock = new CountingClock(now =>
        {
            if (now == reading) source.Cancel();
        });
        var budget = new PlanningBudget { Time = TimeSpan.MaxValue, TimeProvider = clock, CancellationToken = source.Token };
        PlanningProblem problem = Unreachable();
        AssertGood(problem, Create().Plan(problem, budget));
        Assert.InRange(clock.Readings, 2, reading);
    }

    [Fact]
    public void A_problem_without_buffers_has_an_empty_plan()
    {
        MemoryPlan plan = Create().Plan(new PlanningProblem([]), Steps);
        Assert.Equal(0, plan.Peak);
        Assert.Equal(0, plan.Offsets.Length);
        Assert.Equal(1, plan.Ratio);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(256)]
    public void Other_alignments_are_kept(int alignment)
    {
        PlanningProblem problem = new([new(0, 0, 2, 3), new(1, 1, 3, 300), new(2, 2, 4, 5)], alignment);
        AssertGood(problem, Create().Plan(problem, Steps));
    }

    [Fact]
    public void Extreme_times_and_sizes_do_not_overflow()
    {
        PlanningProblem problem = new([new(long.MinValue, long.MinValue, long.MaxValue, long.MaxValue / 4), new(long.MaxValue, 0, long.MaxValue, long.MaxValue / 2)]);
        AssertGood(problem, Create().Plan(problem, Steps));
    }

    [Fact]
    public void Time_is_kept_with_thousands_of_buffers()
    {
        var clock = new CountingClock();
        AssertGood(Large(), Create().Plan(Large(), new PlanningBudget { Time = TimeSpan.FromSeconds(30), TimeProvider = clock }));
        Assert.InRange(clock.Readings, 2, 37);
    }

    [Fact]
    public void Thousands_of_buffers_go_through_the_index_for_large_parts() => AssertGood(Large(), Create().Plan(Large(), Steps with { Iterations = 6 }));

    /// <summary>Long lives, few of them alike, and more than the exact search takes.</summary>
    private static PlanningProblem Large()
    {
        var random = new System.Random(3);
        var buffers = new PlanBuffer[4000];
        for (int i = 0; i < buffers.Length; i++) buffers[i] = new(i, i, i + 1 + (long)Math.Pow(1.003, random.Next(2500)), random.Next(1, 100_000));
        return new PlanningProblem(buffers);
    }

    /// <summary>Too many buffers to prove that the lower bound is out of reach, so that a search goes on for as long as it may.</summary>
    private static PlanningProblem Unreachable()
    {
        var random = new System.Random(5);
        var buffers = new PlanBuffer[300];
        for (int i = 0; i < buffers.Length; i++)
        {
            int lower = random.Next(60);
            buffers[i] = new(i, lower, lower + random.Next(1, 12), 64 * random.Next(50, 100));
        }

        return new PlanningProblem(buffers);
    }

    private static void AssertGood(PlanningProblem problem, MemoryPlan plan)
    {
        PlanValidation validation = PlanValidator.Validate(problem, plan);
        Assert.True(validation.IsValid, validation.Message);
        Assert.InRange(plan.Peak, plan.LowerBound, FirstFit(problem));
    }

    private static PlanningProblem Parse(string text)
    {
        var buffers = new List<PlanBuffer>();
        foreach (string item in text.Split(' '))
        {
            long[] numbers = [.. item.Split('-', ':').Select(long.Parse)];
            buffers.Add(new(buffers.Count, numbers[0], numbers[1], numbers[2] * 64));
        }

        return new PlanningProblem([.. buffers]);
    }

    private static Gen<PlanningProblem> Problems() =>
        from buffers in (from lower in Gen.Choose(0, 30) from length in Gen.Choose(1, 12) from size in Gen.Choose(1, 1000) select (lower, length, size)).ListOf()
        select new PlanningProblem([.. buffers.Select((b, i) => new PlanBuffer(i, b.lower, b.lower + b.length, b.size))]);

    /// <summary>The peak of an online allocator: each buffer at birth to the lowest gap, written as plainly as possible.</summary>
    private static long FirstFit(PlanningProblem problem)
    {
        PlanBuffer[] buffers = [.. problem.Buffers.ToArray().OrderBy(buffer => buffer.Lower)];
        var placed = new List<(PlanBuffer Buffer, long Low, long High)>();
        long peak = 0;
        foreach (PlanBuffer buffer in buffers)
        {
            long size = (buffer.Size + problem.Alignment - 1) / problem.Alignment * problem.Alignment, low = 0;
            foreach ((PlanBuffer other, long otherLow, long otherHigh) in placed.OrderBy(entry => entry.Low))
            {
                if (other.Upper <= buffer.Lower || otherHigh <= low) continue;
                if (otherLow - low >= size) break;
                low = otherHigh;
            }

            placed.Add((buffer, low, low + size));
            peak = Math.Max(peak, low + size);
        }

        return peak;
    }
}
