using Workspaces.Memory.Planning;

namespace Workspaces.Memory.Replay;

/// <summary>Packs records: planner, then the independent validator. Deterministic: the effort is counted in packings, not in time.</summary>
internal static class PlanMaker
{
    /// <summary>Packings times requests that a first plan may cost.</summary>
    private const long FirstEffort = 400_000;

    /// <summary>The same for one slice of improvement between two passes.</summary>
    private const long SliceEffort = 100_000;

    private const long LeastPackings = 24;
    private const long MostPackings = 4000;
    private static readonly AnytimePlanner Planner = new();

    /// <summary>A plan for the record, or null when it does not fit the address range or the validator refuses it.</summary>
    internal static ReplayPlan? First(PassRecord record) => Make(record, Budget(record, FirstEffort, seed: 1));

    /// <summary>A plan for the same record that another slice of search has found.</summary>
    internal static ReplayPlan? Slice(PassRecord record, int number) => Make(record, Budget(record, SliceEffort, seed: number + 1));

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

    private static ReplayPlan? Make(PassRecord record, PlanningBudget budget)
    {
        PlanningProblem problem = record.Problem(out int[] requests);
        return Check(record, problem, requests, Planner.Plan(problem, budget));
    }

    private static ReplayPlan? Check(PassRecord record, PlanningProblem problem, int[] requests, MemoryPlan plan)
    {
        if (plan.Peak > Arenas.Arena.MaxReserveBytes || !PlanValidator.Validate(problem, plan).IsValid) return null;
        var offsets = new uint[record.Count];
        for (int i = 0; i < requests.Length; i++) offsets[requests[i]] = (uint)(plan.Offsets[i] / Granule.Bytes);
        return new ReplayPlan(record, offsets, plan.LowerBound, plan.Planner);
    }

    private static PlanningBudget Budget(PassRecord record, long effort, int seed) => new()
    {
        Iterations = Math.Clamp(effort / Math.Max(1, record.Count), LeastPackings, MostPackings),
        Time = TimeSpan.MaxValue,
        Seed = seed,
    };
}
