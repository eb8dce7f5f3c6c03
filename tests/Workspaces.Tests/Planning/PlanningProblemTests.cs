using Workspaces.Memory.Planning;

namespace Workspaces.Tests.Planning;

/// <summary>What a problem refuses, at the last number that it takes and the first that it does not.</summary>
public sealed class PlanningProblemTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(-64)]
    [InlineData(int.MinValue)]
    [InlineData(3)]
    [InlineData(96)]
    public void An_alignment_that_is_no_power_of_two_is_an_error(int alignment) =>
        Assert.Contains($"alignment {alignment}", Assert.Throws<ArgumentException>(() => new PlanningProblem([new(0, 0, 1, 1)], alignment)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(1 << 30)]
    public void Powers_of_two_are_taken(int alignment) => Assert.Equal(alignment, new PlanningProblem([new(0, 0, 1, 1)], alignment).LowerBound);

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(-5, 0, 1)]
    [InlineData(1, 3, 3)]
    [InlineData(1, 3, 2)]
    public void Sizes_and_lives_that_are_not_positive_are_errors(long size, long lower, long upper) =>
        Assert.Contains("buffer 7", Assert.Throws<ArgumentException>(() => new PlanningProblem([new(7, lower, upper, size)])).Message, StringComparison.Ordinal);

    [Fact]
    public void Sizes_add_up_to_the_greatest_number_and_no_further()
    {
        const long Most = long.MaxValue / 64 * 64;
        Assert.Equal(Most, new PlanningProblem([new(0, 0, 1, Most)]).LowerBound);
        Assert.Throws<ArgumentException>(() => new PlanningProblem([new(0, 0, 1, Most + 1)]));
        Assert.Throws<ArgumentException>(() => new PlanningProblem([new(0, 0, 1, Most), new(1, 5, 6, 1)]));
        Assert.Equal(long.MaxValue, new PlanningProblem([new(0, 0, 1, long.MaxValue)], 1).LowerBound);
        Assert.Equal(long.MaxValue, new PlanningProblem([new(0, 0, 1, long.MaxValue - 1), new(1, 0, 1, 1)], 1).LowerBound);
        Assert.Throws<ArgumentException>(() => new PlanningProblem([new(0, 0, 1, long.MaxValue), new(1, 0, 1, 1)], 1));
    }

    [Theory]
    [InlineData(1, 64)]
    [InlineData(64, 64)]
    [InlineData(65, 128)]
    public void A_buffer_occupies_whole_alignments(long size, long bytes) => Assert.Equal(bytes, new PlanningProblem([new(0, 0, 1, size)]).Occupied(0));

    [Fact]
    public void Planners_and_the_validator_refuse_nothing_at_all()
    {
        var problem = new PlanningProblem([new(0, 0, 1, 1)]);
        Assert.Throws<ArgumentNullException>("problem", () => new GreedyPlanner().Plan(null!, new PlanningBudget()));
        Assert.Throws<ArgumentNullException>("budget", () => new GreedyPlanner().Plan(problem, null!));
        Assert.Throws<ArgumentNullException>("problem", () => PlanValidator.Validate(null!, new MemoryPlan([], 0, 0, "")));
        Assert.Throws<ArgumentNullException>("plan", () => PlanValidator.Validate(problem, null!));
    }

    [Fact]
    public void A_plan_tells_who_made_it_and_how_far_it_is_from_the_lower_bound()
    {
        var plan = new MemoryPlan([0], 192, 128, "by hand");
        Assert.Equal(("by hand", 1.5), (plan.Planner, plan.Ratio));
    }
}
