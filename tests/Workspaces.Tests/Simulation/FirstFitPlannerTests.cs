using Workspaces.Memory.Planning;
using Workspaces.Memory.Simulation;
using Workspaces.Tests.Planning;

namespace Workspaces.Tests.Simulation;

public sealed class FirstFitPlannerTests
{
    public static TheoryData<string> Traces => [.. TraceFiles.Names];

    [Theory]
    [MemberData(nameof(Traces))]
    public void Its_plan_is_the_greedy_one_in_order_of_birth(string trace)
    {
        PlanningProblem problem = TraceFiles.Read(trace);
        MemoryPlan plan = new FirstFitPlanner().Plan(problem, new PlanningBudget());
        MemoryPlan greedy = new GreedyPlanner().Plan(problem, new PlanningBudget { Iterations = 0 });

        PlanValidation validation = PlanValidator.Validate(problem, plan);
        Assert.True(validation.IsValid, validation.Message);
        Assert.Equal(greedy.Peak, plan.Peak);
        Assert.Equal("first-fit", plan.Planner);
    }

    [Fact]
    public void A_problem_without_buffers_has_an_empty_plan() =>
        Assert.Equal((0, 0), (new FirstFitPlanner().Plan(new PlanningProblem([]), new PlanningBudget()).Peak, new FirstFitPlanner().Plan(new PlanningProblem([]), new PlanningBudget()).Offsets.Length));
}
