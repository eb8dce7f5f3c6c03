using Workspaces.Memory.Simulation;

namespace Workspaces.Memory.Planning;

/// <summary>
/// The planner to use: greedy packings first, then the squeaky wheel, then the exact search for parts that are small enough; returns the best
/// plan found when one reaches the lower bound or the budget is used up.
/// </summary>
public sealed class AnytimePlanner : PartPlanner
{
    /// <summary>Packings before the exact search starts; then packings after every so many of its runs.</summary>
    private const long FirstPackings = 100, LaterPackings = 20;

    private const int RunsPerPackings = 10;

    /// <summary>One packing of more buffers takes the search minutes and gigabytes; its first one would be first fit.</summary>
    private const int MostSearched = 500_000;

    /// <inheritdoc/>
    public override string Name => "anytime";

    /// <inheritdoc/>
    public override MemoryPlan Plan(PlanningProblem problem, PlanningBudget budget)
    {
        ArgumentNullException.ThrowIfNull(problem);
        return problem.Count > MostSearched ? new OnlinePlanner().Plan(problem, budget) : base.Plan(problem, budget);
    }

    private protected override void Improve(PlanningPart part, long target, PlanningClock clock, int seed)
    {
        GreedyPlanner.TryOrders(part, target, clock);
        SqueakyWheelPlanner.Search(part, target, clock, seed, FirstPackings);
        CanonicalSearchPlanner.Runs? exact = part.Peak > target && CanonicalSearchPlanner.IsSearchable(part) ? new(part, target, clock, seed) : null;
        for (int round = 1; part.Peak > target && !clock.IsOver; round++)
        {
            for (int run = 0; exact is not null && run < RunsPerPackings && part.Peak > target && !clock.IsOver; run++)
            {
                // No better plan exists: the search has walked all of them.
                if (!exact.Next()) return;
            }

            SqueakyWheelPlanner.Search(part, target, clock, unchecked(seed + round), exact is null ? long.MaxValue : LaterPackings);
        }
    }
}
