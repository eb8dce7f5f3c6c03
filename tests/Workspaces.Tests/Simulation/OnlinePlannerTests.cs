using Workspaces.Memory.Planning;
using Workspaces.Memory.Simulation;
using Workspaces.Tests.Planning;

namespace Workspaces.Tests.Simulation;

public sealed class OnlinePlannerTests
{
    public static TheoryData<string> Traces => [.. TraceFiles.Names];

    [Theory]
    [MemberData(nameof(Traces))]
    public void Its_plan_is_valid_and_no_worse_than_first_fit_or_best_fit(string trace)
    {
        PlanningProblem problem = TraceFiles.Read(trace);
        var schedule = new TraceSchedule(problem);
        MemoryPlan plan = new OnlinePlanner().Plan(problem, new PlanningBudget());
        MemoryPlan greedy = new GreedyPlanner().Plan(problem, new PlanningBudget { Iterations = 0 });
        using ITraceAllocator best = TraceAllocators.Create("best-fit", schedule);
        ReplayResult served = TraceReplay.Run(schedule, best);

        PlanValidation validation = PlanValidator.Validate(problem, plan);
        Assert.True(validation.IsValid, validation.Message);
        Assert.Equal(Math.Min(greedy.Peak, served.PeakBytes), plan.Peak);
        Assert.Contains(plan.Planner, (string[])["first-fit", "best-fit"]);
    }

    [Fact]
    public void A_problem_without_buffers_has_an_empty_plan()
    {
        MemoryPlan plan = new OnlinePlanner().Plan(new PlanningProblem([]), new PlanningBudget());
        Assert.Equal((0, 0), (plan.Peak, plan.Offsets.Length));
    }
}
