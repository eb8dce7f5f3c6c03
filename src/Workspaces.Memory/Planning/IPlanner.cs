namespace Workspaces.Memory.Planning;

/// <summary>Gives every buffer of a problem an offset. Implementations are pure: they keep nothing between calls and may be shared by threads.</summary>
public interface IPlanner
{
    /// <summary>Short name, e.g. for reports.</summary>
    string Name { get; }

    /// <summary>Plans the problem. The budget limits how long a better plan is looked for; some plan is always returned.</summary>
    /// <param name="problem">The buffers.</param>
    /// <param name="budget">Time, steps, seed, cancellation.</param>
    /// <returns>A plan without overlaps, one offset a buffer.</returns>
    MemoryPlan Plan(PlanningProblem problem, PlanningBudget budget);
}
