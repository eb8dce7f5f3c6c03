using Workspaces.Memory.Planning;

namespace Workspaces.Tests.Planning;

public sealed class GreedyPlannerTests : PlannerConformance
{
    protected override IPlanner Create() => new GreedyPlanner();
}

public sealed class SqueakyWheelPlannerTests : PlannerConformance
{
    protected override IPlanner Create() => new SqueakyWheelPlanner();
}

public sealed class CanonicalSearchPlannerTests : PlannerConformance
{
    protected override IPlanner Create() => new CanonicalSearchPlanner();
}

public sealed class AnytimePlannerTests : PlannerConformance
{
    protected override IPlanner Create() => new AnytimePlanner();

    [Theory]
    [InlineData("mlp_b128_train_sgdm", 3_349_696)]
    [InlineData("lenet5_b64_train_adam", 4_868_096)]
    [InlineData("gpt_mini_b8_infer", 16_785_408)]
    public void Recorded_passes_are_packed_to_their_lower_bound(string trace, long bytes)
    {
        MemoryPlan plan = Create().Plan(TraceFiles.Read(trace), new() { Time = TimeSpan.FromMinutes(5), Iterations = 100_000 });
        Assert.Equal(bytes, plan.LowerBound);
        Assert.Equal(bytes, plan.Peak);
    }

    [Fact]
    public void Independent_parts_share_the_same_bytes()
    {
        PlanningProblem problem = new([new(0, 0, 2, 640), new(1, 1, 3, 64), new(2, 3, 5, 640), new(3, 4, 6, 64)]);
        Assert.Equal(704, Create().Plan(problem, new()).Peak);
    }
}
