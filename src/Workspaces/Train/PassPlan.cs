using Workspaces.Memory;
using Workspaces.Memory.Planning;
using Workspaces.Memory.Tracking;

namespace Workspaces.Train;

/// <summary>Plans a trace and sums it up.</summary>
internal static class PassPlan
{
    internal static PassForecast Of(string name, PassTrace trace, PlanningBudget budget)
    {
        PlanningProblem problem = TraceProblem.Of(trace);
        MemoryPlan plan = new AnytimePlanner().Plan(problem, budget);
        PlanValidation validation = PlanValidator.Validate(problem, plan);
        if (!validation.IsValid)
            throw new InvalidOperationException(WorkspaceException.Compose($"plan '{name}'", plan.Planner, validation.Message, "report this defect with the model"));
        return new PassForecast(name, trace.Count, plan.Peak, TraceProblem.ScratchBytes(trace), trace.LowerBoundBytes());
    }
}
