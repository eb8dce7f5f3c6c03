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

    /// <summary>Buffers of single bytes, so that neighbours lie as close as they can: offsets, sizes, and what is wrong.</summary>
    [Theory]
    [InlineData(PlanFlaw.Overlap, "1:1 0:2")] // reaches into the next above, whose number is 0
    [InlineData(PlanFlaw.Overlap, "2:1 1:1 0:2")]
    [InlineData(PlanFlaw.Overlap, "5:1 0:2 1:1")]
    [InlineData(PlanFlaw.Overlap, "0:2 5:1 4:2")]
    [InlineData(PlanFlaw.Overlap, "3:1 3:1")]
    [InlineData(PlanFlaw.None, "0:1 5:1 1:1")] // fits between the two
    [InlineData(PlanFlaw.None, "0:1 2:1 1:1")]
    [InlineData(PlanFlaw.None, "1:1 0:1")]
    public void Neighbours_are_told_from_overlaps_to_the_byte(PlanFlaw flaw, string text)
    {
        (long Offset, long Size)[] places = [.. text.Split(' ').Select(static p => p.Split(':')).Select(static p => (long.Parse(p[0]), long.Parse(p[1])))];
        var problem = new PlanningProblem([.. places.Select(static (p, i) => new PlanBuffer(i, i, 10, p.Size))], 1);
        long peak = places.Max(static p => p.Offset + p.Size);
        Assert.Equal(flaw, PlanValidator.Validate(problem, new MemoryPlan([.. places.Select(static p => p.Offset)], peak, problem.LowerBound, "")).Flaw);
    }

    [Fact]
    public void The_highest_byte_of_all_may_be_used()
    {
        var problem = new PlanningProblem([new(0, 0, 1, 1)], 1);
        Assert.Equal(PlanFlaw.None, PlanValidator.Validate(problem, new MemoryPlan([long.MaxValue - 1], long.MaxValue, 1, "")).Flaw);
        Assert.Equal(PlanFlaw.Overflow, PlanValidator.Validate(problem, new MemoryPlan([long.MaxValue], long.MaxValue, 1, "")).Flaw);
    }

    [Fact]
    public void An_overlap_names_both_buffers_their_times_and_bytes()
    {
        string message = PlanValidator.Validate(Problem, new MemoryPlan([0, 0, 128], 192, 192, "")).Message;
        Assert.Contains("11 (times [1, 3), bytes [0, 128))", message, StringComparison.Ordinal);
        Assert.Contains("10 (times [0, 2), bytes [0, 64))", message, StringComparison.Ordinal);
    }
}
