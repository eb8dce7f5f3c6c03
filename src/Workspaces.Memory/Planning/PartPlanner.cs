using Workspaces.Memory.Simulation;

namespace Workspaces.Memory.Planning;

/// <summary>
/// What the planners share: the problem is split into independent parts, every part gets a first plan in order of birth, and then the parts
/// that decide the peak are improved. A part whose peak is no higher than that of another needs nothing more.
/// </summary>
public abstract class PartPlanner : IPlanner
{
    private protected PartPlanner()
    {
    }

    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public virtual MemoryPlan Plan(PlanningProblem problem, PlanningBudget budget)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(budget);
        var clock = new PlanningClock(budget);
        if (problem.Count == 0) return new MemoryPlan([], 0, 0, Name);
        List<PlanningPart> parts = problem.Sections.Split(problem);
        long target = problem.LowerBound;
        foreach (PlanningPart part in parts)
        {
            // The online allocators find a plan no worse than the packings by birth, in a moment.
            if (budget.CancellationToken.IsCancellationRequested) return new OnlinePlanner().Plan(problem, budget);
            PlanByBirth(part, clock);
        }

        while (Highest(parts) is { } worst && worst.Peak > target)
        {
            long before = worst.Peak;
            if (!clock.IsOver) Improve(worst, target, clock, budget.Seed);

            // What this part could not get below is no worse for the others.
            target = Math.Max(target, worst.Peak);
            if (clock.IsOver && worst.Peak == before) break;
        }

        return Assemble(problem, parts);
    }

    /// <summary>Looks for plans of the part with a lower peak and keeps them, until one is at the target or below, or the clock is over.</summary>
    private protected abstract void Improve(PlanningPart part, long target, PlanningClock clock, int seed);

    private static void PlanByBirth(PlanningPart part, PlanningClock clock)
    {
        int[] order = BufferOrders.Create(part, "birth");
        var packing = new Packing(part, clock);
        long peak = packing.Pack(order, GapRule.Lowest, long.MaxValue);
        part.Keep(packing.Offsets, peak, "greedy:birth/lowest", order, GapRule.Lowest);
    }

    private static PlanningPart? Highest(List<PlanningPart> parts)
    {
        PlanningPart? highest = null;
        foreach (PlanningPart part in parts)
        {
            if (highest is null || part.Peak > highest.Peak) highest = part;
        }

        return highest;
    }

    private MemoryPlan Assemble(PlanningProblem problem, List<PlanningPart> parts)
    {
        var offsets = new long[problem.Count];
        foreach (PlanningPart part in parts)
        {
            for (int i = 0; i < part.Count; i++) offsets[part.Members[i]] = part.Best[i];
        }

        PlanningPart highest = Highest(parts)!;
        return new MemoryPlan(offsets, highest.Peak, problem.LowerBound, highest.FoundBy);
    }
}
