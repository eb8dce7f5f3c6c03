using FsCheck;
using FsCheck.Fluent;
using Workspaces.Memory.Planning;
using Workspaces.Memory.Simulation;
using Workspaces.Tests.Planning;

namespace Workspaces.Tests.Simulation;

public sealed class PlanTraceAllocatorTests : TraceAllocatorConformance
{
    protected override string Name => "plan";

    protected override long[] Expected(PlanningProblem problem, long cap)
    {
        MemoryPlan plan = new AnytimePlanner().Plan(problem, Steps);
        return TraceModel.Answers(problem, (_, buffer, size) => plan.Offsets[buffer] + size <= cap ? plan.Offsets[buffer] : null);
    }

    [Fact]
    public void A_plan_is_never_worse_than_first_fit() => Prop.ForAll(TraceProblems.Any(), AssertNoWorse).QuickCheckThrowOnFailure();

    [Theory]
    [MemberData(nameof(Traces))]
    public void A_plan_of_a_recorded_trace_is_never_worse_than_first_fit(string trace) => AssertNoWorse(TraceFiles.Read(trace));

    [Fact]
    public void A_plan_of_another_trace_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new PlanTraceAllocator(new TraceSchedule(TraceFiles.Read("minimalloc_A")), new MemoryPlan([0], 64, 64, "other")));

    private static void AssertNoWorse(PlanningProblem problem)
    {
        foreach (long iterations in (long[])[0, 20])
        {
            var schedule = new TraceSchedule(problem);
            using ITraceAllocator plan = TraceAllocators.Create("plan", schedule, budget: Steps with { Iterations = iterations });
            using ITraceAllocator firstFit = TraceAllocators.Create("first-fit", schedule);
            TraceReplay.Replay(schedule.Events, plan, new long[schedule.RequestCount]);
            TraceReplay.Replay(schedule.Events, firstFit, new long[schedule.RequestCount]);
            Assert.InRange(plan.PeakBytes, problem.LowerBound, firstFit.PeakBytes);
        }
    }
}
