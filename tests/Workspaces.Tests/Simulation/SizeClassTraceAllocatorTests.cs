using FsCheck;
using FsCheck.Fluent;
using Workspaces.Memory.Planning;
using Workspaces.Memory.Simulation;

namespace Workspaces.Tests.Simulation;

public sealed class SizeClassTraceAllocatorTests : TraceAllocatorConformance
{
    protected override string Name => "size-class";

    protected override long[] Expected(PlanningProblem problem, long cap)
    {
        var answers = new List<long>();
        var cached = new List<(long Class, long Offset)>();
        var live = new Dictionary<int, (long Class, long Offset)>();
        long top = 0;
        foreach ((_, bool isRequest, int buffer) in TraceModel.Events(problem))
        {
            if (!isRequest)
            {
                if (live.Remove(buffer, out (long Class, long Offset) released)) cached.Add(released);
                continue;
            }

            long size = ClassBytes(TraceModel.Size(problem, buffer), problem.Alignment);
            int known = cached.FindLastIndex(block => block.Class == size);
            if (known < 0 && top + size > cap)
            {
                answers.Add(-1);
                continue;
            }

            (long Class, long Offset) block = known < 0 ? (size, top) : cached[known];
            if (known < 0) top += size;
            else cached.RemoveAt(known);
            live.Add(buffer, block);
            answers.Add(block.Offset);
        }

        return [.. answers];
    }

    [Fact]
    public void A_class_wastes_at_most_a_quarter_and_greater_sizes_have_greater_classes() =>
        Prop.ForAll((from low in Gen.Choose(1, int.MaxValue) from shift in Gen.Choose(0, 28) select ((long)low << shift) | (uint)low).ToArbitrary(), AssertClass).QuickCheckThrowOnFailure();

    [Fact]
    public void Small_sizes_have_the_classes_written_down()
    {
        for (long units = 1; units <= 5000; units++) AssertClass(units);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40], Enumerable.Range(1, 40).Select(n => SizeClassTraceAllocator.ClassOf(n).Units).Distinct());
    }

    private static void AssertClass(long units)
    {
        (int index, long size) = SizeClassTraceAllocator.ClassOf(units);
        Assert.InRange(size, units, Math.Max(units, units + ((units - 1) / 4)));
        Assert.Equal((index, size), SizeClassTraceAllocator.ClassOf(size));
        Assert.True(SizeClassTraceAllocator.ClassOf(size + 1).Index == index + 1);
    }

    /// <summary>The least of 1, 2, 3, 4 and 5, 6, 7, 8 times a power of two that suffices.</summary>
    private static long ClassBytes(long bytes, long alignment)
    {
        var classes = new List<long> { 1, 2, 3, 4 };
        for (long scale = 1; classes[^1] * alignment < bytes; scale *= 2) classes.AddRange([5 * scale, 6 * scale, 7 * scale, 8 * scale]);
        return classes.First(units => units * alignment >= bytes) * alignment;
    }
}
