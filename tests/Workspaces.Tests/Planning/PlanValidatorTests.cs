using Workspaces.Memory.Planning;

namespace Workspaces.Tests.Planning;

/// <summary>Plans broken on purpose, one for each reason to refuse.</summary>
public sealed class PlanValidatorTests
{
    private static readonly PlanningProblem Problem = new([new(10, 0, 2, 64), new(11, 1, 3, 100), new(12, 2, 4, 64)]);

    [Theory]
    [InlineData(PlanFlaw.None, 192, 192, "0, 64, 0")]
    [InlineData(PlanFlaw.None, 192, 192, "128, 0, 128")]
    [InlineData(PlanFlaw.Count, 192, 192, "0, 64")]
    [InlineData(PlanFlaw.Count, 192, 192, "")]
    [InlineData(PlanFlaw.NegativeOffset, 192, 192, "-64, 64, 0")]
    [InlineData(PlanFlaw.Alignment, 193, 192, "0, 65, 0")]
    [InlineData(PlanFlaw.Overflow, 192, 192, "0, 64, 9223372036854775744")]
    [InlineData(PlanFlaw.Overlap, 192, 192, "0, 0, 128")]
    [InlineData(PlanFlaw.Overlap, 192, 192, "0, 64, 128")]
    [InlineData(PlanFlaw.Overlap, 192, 192, "64, 64, 0")]
    [InlineData(PlanFlaw.Peak, 128, 192, "0, 64, 0")]
    [InlineData(PlanFlaw.Peak, 256, 192, "0, 64, 0")]
    [InlineData(PlanFlaw.LowerBound, 192, 128, "0, 64, 0")]
    public void Each_flaw_is_found(PlanFlaw flaw, long peak, long lowerBound, string text)
    {
        long[] offsets = [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)];
        PlanValidation validation = PlanValidator.Validate(Problem, new MemoryPlan(offsets, peak, lowerBound, "by hand"));
        Assert.Equal(flaw, validation.Flaw);
        Assert.Equal(flaw == PlanFlaw.None, validation.IsValid);
        Assert.Equal(flaw == PlanFlaw.None, string.IsNullOrEmpty(validation.Message));
    }

    [Fact]
    public void A_small_buffer_inside_a_large_one_is_an_overlap()
    {
        PlanningProblem problem = new([new(0, 0, 9, 64_000), new(1, 1, 2, 64), new(2, 3, 4, 64)]);
        Assert.Equal(PlanFlaw.Overlap, PlanValidator.Validate(problem, new MemoryPlan([0, 64_000, 6_400], 64_064, 64_064, "")).Flaw);
        Assert.Equal(PlanFlaw.None, PlanValidator.Validate(problem, new MemoryPlan([0, 64_000, 64_000], 64_064, 64_064, "")).Flaw);
    }

    [Fact]
    public void An_overlap_names_both_buffers_their_times_and_bytes()
    {
        string message = PlanValidator.Validate(Problem, new MemoryPlan([0, 0, 128], 192, 192, "")).Message;
        Assert.Contains("11 (times [1, 3), bytes [0, 128))", message, StringComparison.Ordinal);
        Assert.Contains("10 (times [0, 2), bytes [0, 64))", message, StringComparison.Ordinal);
    }
}
