using Workspaces.Memory.Planning;
using Workspaces.Memory.Simulation;

namespace Workspaces.Memory.Replay;

/// <summary>Packs records: planner, then the independent validator. Deterministic: the effort is counted in work, not in time.</summary>
internal static class PlanMaker
{
    /// <summary>What a plan at the end of a pass may cost: placements times the blocks that live beside each, about a quarter of a second.</summary>
    private const double FirstWork = 8e6;

    /// <summary>The same for one slice of improvement between two passes, about a twentieth of a second.</summary>
    private const double SliceWork = 2e6;

    /// <summary>What a thousand nodes of the exact search cost for each block that lives at a time, in the same unit.</summary>
    private const double SearchWork = 5000;

    /// <summary>Packings of the greedy orders, which every planner begins with.</summary>
    private const int GreedyPackings = 20;

    private const double MostPackings = 400;
    private const double MostSearchSteps = 50;
    private static readonly SqueakyWheelPlanner Wheel = new();
    private static readonly CanonicalSearchPlanner Search = new();
    private static readonly OnlinePlanner Online = new();

    /// <summary>
    /// A plan for the record, or null when it does not fit the address range or the validator refuses it. Packings first; a slice of exact search if they
    /// miss the lower bound.
    /// </summary>
    internal static ReplayPlan? First(PassRecord record)
    {
        ReplayPlan? plan = Make(record, Wheel, Math.Min(FirstWork / PackingWork(record), MostPackings), seed: 1);
        if (plan is null || plan.Peak == plan.LowerBound || !CanSearch(record)) return plan;
        return Searched(record, seed: 0) is { } searched && searched.Peak < plan.Peak ? searched : plan;
    }

    /// <summary>True when searching for a better plan in slices is worth its time: not for passes that are so long that a slice holds next to nothing.</summary>
    internal static bool CanSearch(PassRecord record) => GreedyPackings * PackingWork(record) < SliceWork;

    /// <summary>A plan for the same record that another slice of search has found: packings and exact search in turn.</summary>
    internal static ReplayPlan? Slice(PassRecord record, int number) => number % 2 == 0
        ? Make(record, Wheel, Math.Min(SliceWork / PackingWork(record), MostPackings), seed: number)
        : Searched(record, seed: number);

    /// <summary>A plan from offsets that were made elsewhere, or null when the validator refuses them.</summary>
    /// <param name="record">The requests.</param>
    /// <param name="offsets">First byte of each request; that of an empty one is not looked at.</param>
    /// <param name="planner">What made them.</param>
    internal static ReplayPlan? From(PassRecord record, ReadOnlySpan<long> offsets, string planner)
    {
        if (offsets.Length != record.Count) return null;
        PlanningProblem problem = record.Problem(out int[] requests);
        var places = new long[requests.Length];
        long peak = 0;
        for (int i = 0; i < places.Length; i++)
        {
            long size = problem.Buffers[i].Size;
            places[i] = offsets[requests[i]];
            if (places[i] < 0 || places[i] > Arenas.Arena.MaxReserveBytes - size) return null;
            peak = Math.Max(peak, places[i] + size);
        }

        return Check(record, problem, requests, new MemoryPlan(places, peak, problem.LowerBound, planner));
    }

    private static ReplayPlan? Make(PassRecord record, PartPlanner planner, double iterations, int seed)
    {
        PlanningProblem problem = record.Problem(out int[] requests);
        var budget = new PlanningBudget { Iterations = (long)iterations, Time = TimeSpan.MaxValue, Seed = seed };
        MemoryPlan plan = planner.Plan(problem, budget);
        if (plan.Peak > plan.LowerBound && Online.Plan(problem, budget) is { } online && online.Peak < plan.Peak) plan = online; // never worse than while learning
        return Check(record, problem, requests, plan);
    }

    /// <summary>A slice of exact search.</summary>
    private static ReplayPlan? Searched(PassRecord record, int seed) =>
        Make(record, Search, GreedyPackings + Math.Min(SliceWork / (SearchWork * record.MeanLive), MostSearchSteps), seed);

    /// <summary>What it costs to place all requests once.</summary>
    private static double PackingWork(PassRecord record) => record.Count * (8 + record.MeanLive);

    /// <summary>Packs a part of a record's buffers, as far as packing is worth its time.</summary>
    internal static MemoryPlan Pack(PlanningProblem part, PassRecord record) => Wheel.Plan(
        part, new PlanningBudget { Iterations = (long)Math.Min(FirstWork / PackingWork(record), MostPackings), Time = TimeSpan.MaxValue, Seed = 1 });

    private static ReplayPlan? Check(PassRecord record, PlanningProblem problem, int[] requests, MemoryPlan plan)
    {
        if (plan.Peak > Arenas.Arena.MaxReserveBytes || !PlanValidator.Validate(problem, plan).IsValid) return null;
        var offsets = new uint[record.Count];
        for (int i = 0; i < requests.Length; i++) offsets[requests[i]] = (uint)(plan.Offsets[i] / Granule.Bytes);
        return new ReplayPlan(record, offsets, plan.LowerBound, plan.Planner);
    }
}
