using FsCheck;
using FsCheck.Fluent;
using Workspaces.Memory.Planning;

namespace Workspaces.Tests.Planning;

/// <summary>The exact search finds a plan of every capacity that has one, and says that there is none only where there is none.</summary>
public sealed class CanonicalSearchTests
{
    [Fact]
    public void The_optimum_of_tiny_problems_is_found_and_nothing_below_it() => AssertExact(mostBuffers: 7, problems: 500);

    [Fact]
    [Trait("Category", "Slow")]
    public void The_optimum_of_many_small_problems_is_found_and_nothing_below_it() => AssertExact(mostBuffers: 8, problems: 10_000);

    /// <summary>Full at every moment, and yet the lower bound of 5 granules is out of reach: buffers as (lower, upper, granules).</summary>
    [Theory]
    [InlineData("0-1:3 0-2:2 1-2:1 2-3:2 3-4:1 1-4:1 2-4:1 3-5:1 1-5:1 5-6:2 4-7:3 6-7:2")]
    [InlineData("0-1:1 0-1:4 1-2:2 1-3:3 2-4:1 3-4:1 3-5:2 5-6:1 2-6:1 4-7:2 5-7:1 6-7:2")]
    public void An_optimum_above_the_lower_bound_is_proved(string text)
    {
        PlanBuffer[] buffers = [.. text.Split(' ').Select((item, i) =>
        {
            long[] numbers = [.. item.Split('-', ':').Select(long.Parse)];
            return new PlanBuffer(i, numbers[0], numbers[1], numbers[2] * 64);
        })];
        var problem = new PlanningProblem(buffers);
        Assert.Equal(5 * 64, problem.LowerBound);
        Assert.Equal(6 * 64, BruteForce.LeastPeak(problem));
        for (int seed = 0; seed < 20; seed++)
        {
            var random = new System.Random(seed);
            Assert.Equal(false, SolveAll(problem.Sections.Split(problem), problem, 5 * 64, random));
            Assert.Equal(true, SolveAll(problem.Sections.Split(problem), problem, 6 * 64, random));
            var budget = new PlanningBudget { Time = TimeSpan.FromMinutes(5), Seed = seed };
            Assert.Equal(6 * 64, new CanonicalSearchPlanner().Plan(problem, budget).Peak);
            Assert.Equal(6 * 64, new AnytimePlanner().Plan(problem, budget).Peak);
        }
    }

    /// <summary>Where every moment is full, most wrong turns end in refusals; a problem may be refused only where every order fails.</summary>
    [Fact]
    public void Full_problems_are_refused_only_where_every_order_fails()
    {
        var random = new System.Random(1);
        for (int k = 0; k < 2000; k++)
        {
            PlanningProblem problem = Full(random, mostBuffers: 11, granules: 5);
            if (SolveAll(problem.Sections.Split(problem), problem, problem.LowerBound, random) == true) continue;
            Assert.InRange(BruteForce.LeastPeak(problem), problem.LowerBound + 1, long.MaxValue);
        }
    }

    [Theory]
    [InlineData(40, 0.0, 0.0)]
    [InlineData(40, 0.5, 0.0)]
    [InlineData(60, 0.2, 0.1)]
    [InlineData(120, 0.0, 0.2)]
    [InlineData(120, 0.3, 0.3)]
    public void Rectangles_cut_into_buffers_are_put_together_again(int buffers, double turning, double leftOut)
    {
        for (int seed = 1; seed <= 3; seed++)
        {
            PlanningProblem problem = CutRectangles.Create(buffers, turning, leftOut, seed);
            MemoryPlan plan = new CanonicalSearchPlanner().Plan(problem, new PlanningBudget { Time = TimeSpan.FromMinutes(5), Iterations = 20_000 });
            Assert.Equal(CutRectangles.Granules * 64, problem.LowerBound);
            Assert.Equal(problem.LowerBound, plan.Peak);
            Assert.True(PlanValidator.Validate(problem, plan).IsValid);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1_000_000)]
    public void Sizes_with_a_common_divisor_are_searched_in_units_of_it(long times)
    {
        PlanningProblem cut = CutRectangles.Create(30, 0.3, 0, 4);
        PlanBuffer[] scaled = [.. cut.Buffers.ToArray().Select(buffer => buffer with { Size = buffer.Size * times })];
        var problem = new PlanningProblem(scaled);
        var budget = new PlanningBudget { Time = TimeSpan.FromMinutes(5), Iterations = 5_000 };
        Assert.Equal(cut.LowerBound * times, new CanonicalSearchPlanner().Plan(problem, budget).Peak);
    }

    [Fact]
    public void Sizes_beyond_the_range_of_the_search_keep_their_packed_plan()
    {
        var problem = new PlanningProblem([new(0, 0, 4, 1L << 40), new(1, 0, 2, (3L << 40) + 64), new(2, 2, 4, 3L << 40), new(3, 1, 3, 64)]);
        MemoryPlan plan = new CanonicalSearchPlanner().Plan(problem, new PlanningBudget { Time = TimeSpan.FromMinutes(5), Iterations = 1000 });
        Assert.True(PlanValidator.Validate(problem, plan).IsValid);
    }

    private static void AssertExact(int mostBuffers, int problems)
    {
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue).ToArbitrary(),
            seed =>
            {
                var random = new System.Random(seed);
                PlanningProblem problem = Tiny(random, mostBuffers);
                long least = BruteForce.LeastPeak(problem);
                List<PlanningPart> parts = problem.Sections.Split(problem);
                Assert.Equal(true, SolveAll(parts, problem, least, random));
                Assert.Equal(false, SolveAll(parts, problem, least - 64, random));
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(problems));
    }

    /// <summary>Whether every part fits the capacity; what the search finds is checked.</summary>
    private static bool? SolveAll(List<PlanningPart> parts, PlanningProblem problem, long capacity, System.Random random)
    {
        var offsets = new long[problem.Count];
        foreach (PlanningPart part in parts)
        {
            var search = new CanonicalSearch(part, new PlanningClock(new PlanningBudget { Time = TimeSpan.FromMinutes(5) }));
            bool? found = search.Run(capacity, SearchPreference.Draw(random), random, long.MaxValue - 1);
            if (found != true) return found;
            for (int i = 0; i < part.Count; i++) offsets[part.Members[i]] = search.Offsets[i];
        }

        long peak = 0;
        for (int i = 0; i < offsets.Length; i++) peak = Math.Max(peak, offsets[i] + problem.Buffers[i].Size);
        PlanValidation validation = PlanValidator.Validate(problem, new MemoryPlan(offsets, peak, problem.LowerBound, "test"));
        Assert.True(validation.IsValid, validation.Message);
        return peak <= capacity;
    }

    /// <summary>Few moments and few sizes, so that buffers meet often, sizes add up in several ways and some are alike.</summary>
    private static PlanningProblem Tiny(System.Random random, int mostBuffers)
    {
        var buffers = new PlanBuffer[random.Next(1, mostBuffers + 1)];
        int moments = random.Next(2, 8), sizes = random.Next(1, 9);
        for (int i = 0; i < buffers.Length; i++)
        {
            int lower = random.Next(moments);
            buffers[i] = new PlanBuffer(i, lower, lower + random.Next(1, moments), 64 * random.Next(1, sizes + 1));
        }

        return new PlanningProblem(buffers);
    }

    /// <summary>At every moment some buffers die and others take exactly their bytes.</summary>
    private static PlanningProblem Full(System.Random random, int mostBuffers, int granules)
    {
        var live = new List<(int Born, int Granules)>();
        var buffers = new List<PlanBuffer>();
        int now = 0;
        for (int free = granules; ; now++)
        {
            while (free > 0)
            {
                int size = random.Next(1, free + 1);
                live.Add((now, size));
                free -= size;
            }

            if (buffers.Count + live.Count >= mostBuffers) break;
            for (int dying = random.Next(1, Math.Min(3, live.Count) + 1); dying > 0; dying--)
            {
                int at = random.Next(live.Count);
                (int born, int size) = live[at];
                live.RemoveAt(at);
                buffers.Add(new PlanBuffer(buffers.Count, born, now + 1, 64 * size));
                free += size;
            }
        }

        foreach ((int born, int size) in live) buffers.Add(new PlanBuffer(buffers.Count, born, now + 1, 64 * size));
        return new PlanningProblem([.. buffers]);
    }
}
