namespace Workspaces.Memory.Planning;

/// <summary>
/// The planner to use: greedy packings first, then the squeaky wheel, then the exact search for parts that are small enough; returns the best
/// plan found when one reaches the lower bound or the budget is used up.
/// </summary>
public sealed class AnytimePlanner : PartPlanner
{
    /// <summary>Packings before the exact search starts, and between two of its runs.</summary>
    private const long FirstPackings = 100, PackingsPerRun = 20;

    /// <inheritdoc/>
    public override string Name => "anytime";

    private protected override void Improve(PlanningPart part, long target, PlanningClock clock, int seed)
    {
        GreedyPlanner.TryOrders(part, target, clock);
        SqueakyWheelPlanner.Search(part, target, clock, seed, FirstPackings);
        CanonicalSearchPlanner.Runs? exact = part.Peak > target && CanonicalSearchPlanner.IsSearchable(part) ? new(part, target, clock, seed) : null;
        for (int round = 1; part.Peak > target && !clock.IsOver; round++)
        {
            // No better plan exists: the search has walked all of them.
            if (exact is not null && !exact.Next()) return;
            SqueakyWheelPlanner.Search(part, target, clock, unchecked(seed + round), exact is null ? long.MaxValue : PackingsPerRun);
        }
    }
}
