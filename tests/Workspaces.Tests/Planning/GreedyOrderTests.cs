using Workspaces.Memory.Planning;

namespace Workspaces.Tests.Planning;

/// <summary>The greedy planner against a plain one: every order by both rules, one after the other, until the lower bound is reached.</summary>
public sealed class GreedyOrderTests
{
    [Fact]
    public void The_first_best_of_all_orders_and_rules_is_kept()
    {
        var random = new Random(17);
        var winners = new HashSet<string>();
        for (int round = 0; round < 200; round++)
        {
            (PlanningProblem problem, PlanningPart part) = RandomProblems.OnePart(random, 2 + random.Next(40));
            (string name, long peak) = Expected(part, problem.LowerBound, int.MaxValue);
            MemoryPlan plan = new GreedyPlanner().Plan(problem, new PlanningBudget { Time = TimeSpan.FromMinutes(5) });
            Assert.Equal((name, peak), (plan.Planner, plan.Peak));
            winners.Add(name);
        }

        Assert.True(winners.Count > 5, string.Join(", ", winners));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void A_budget_of_packings_is_kept(int packings)
    {
        var random = new Random(18);
        for (int round = 0; round < 100; round++)
        {
            (PlanningProblem problem, PlanningPart part) = RandomProblems.OnePart(random, 2 + random.Next(40));
            (string name, long peak) = Expected(part, problem.LowerBound, packings);
            MemoryPlan plan = new GreedyPlanner().Plan(problem, new PlanningBudget { Time = TimeSpan.FromMinutes(5), Iterations = packings });
            Assert.Equal((name, peak), (plan.Planner, plan.Peak));
        }
    }

    [Fact]
    public void A_packing_is_abandoned_when_a_buffer_ends_at_the_limit_or_above()
    {
        var random = new Random(19);
        for (int round = 0; round < 100; round++)
        {
            (_, PlanningPart part) = RandomProblems.OnePart(random, 2 + random.Next(30));
            int[] order = BufferOrders.Create(part, "size");
            (long peak, long[] offsets) = Pack(part, order, GapRule.Lowest);
            var packing = new Packing(part, new PlanningClock(new PlanningBudget()));
            Assert.Equal(long.MaxValue, packing.Pack(order, GapRule.Lowest, peak));
            Assert.Equal(peak, packing.Pack(order, GapRule.Lowest, peak + 1));
            Assert.Equal(offsets, packing.Offsets);
            Assert.Equal(long.MaxValue, packing.Pack(order, GapRule.Lowest, 1));
        }
    }

    [Fact]
    public void A_part_keeps_only_what_is_better_with_its_order_and_rule()
    {
        (_, PlanningPart part) = RandomProblems.OnePart(new Random(20), 3);
        part.Keep([1, 2, 3, 4], 100, "first", [0, 1, 2, 3], GapRule.Smallest);
        part.Keep([5, 6, 7, 8], 100, "equal", [3, 2, 1, 0], GapRule.Lowest);
        part.Keep([5, 6, 7, 8], 101, "worse");
        part.Keep([5, 6, 7, 8], 100, "equal");
        Assert.Equal([1, 2, 3, 4], part.Best);
        Assert.Equal((100, "first", GapRule.Smallest), (part.Peak, part.FoundBy, part.BestRule));
        Assert.Equal([0, 1, 2, 3], part.BestOrder!);
        part.Keep([5, 6, 7, 8], 99, "better");
        Assert.Equal([5, 6, 7, 8], part.Best);
        Assert.Equal((99, "better"), (part.Peak, part.FoundBy));
    }

    private static (string Name, long Peak) Expected(PlanningPart part, long target, int packings)
    {
        (string name, long best) = ("greedy:birth/lowest", Pack(part, Order(part, "birth"), GapRule.Lowest).Peak);
        foreach (string order in BufferOrders.Names)
        {
            foreach (GapRule rule in Enum.GetValues<GapRule>())
            {
                if (best <= target) return (name, best);
                if (order == "birth" && rule == GapRule.Lowest) continue;
                if (packings-- <= 0) return (name, best);
                long peak = Pack(part, Order(part, order), rule).Peak;
                if (peak < best) (name, best) = ($"greedy:{order}/{(rule == GapRule.Lowest ? "lowest" : "smallest")}", peak);
            }
        }

        return (name, best);
    }

    private static int[] Order(PlanningPart part, string name) => [.. Enumerable.Range(0, part.Count).OrderBy(i => BufferOrdersTests.Keys(part, name, i))];

    private static (long Peak, long[] Offsets) Pack(PlanningPart part, int[] order, GapRule rule)
    {
        var placed = new PlainPlacements();
        long[] offsets = new long[part.Count];
        long peak = 0;
        foreach (int i in order)
        {
            offsets[i] = placed.Find(part.First[i], part.End[i], part.Size[i], rule);
            placed.Add(part.First[i], part.End[i], offsets[i], part.Size[i]);
            peak = Math.Max(peak, offsets[i] + part.Size[i]);
        }

        return (peak, offsets);
    }
}
