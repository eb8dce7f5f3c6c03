using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Planned;

/// <summary>Sizes at the limits, in passes that learn and in passes that replay a plan.</summary>
public sealed class SizeTests
{
    [Fact]
    public void Impossible_sizes_are_refused_and_leave_the_plan_alone()
    {
        using var planned = new PlannedWorkspace();
        planned.Plan(() => Assert.Equal(2f, (Tensor.Ones([10]) + 1).Mean().Item()));
        planned.Passes(3, _ =>
        {
            Tensor one = Tensor.Ones([10]);
            Assert.Throws<ShapeException>(() => Tensor.Empty([long.MaxValue / 2]));
            Assert.Throws<ShapeException>(() => Tensor.Empty([1L << 32, 1L << 32]));
            Assert.Throws<ShapeException>(() => Tensor.Empty([-1]));
            Assert.Throws<OutOfWorkspaceException>(() => Tensor.Empty([1L << 40], DType.U8));
            Assert.Equal(2f, (one + 1).Mean().Item());
        });
        planned.AssertPlanned();
        Assert.Equal(0, planned.Workspace.Memory.Allocated);
    }

    [Fact]
    public void Empty_tensors_take_part_in_plans()
    {
        using var planned = new PlannedWorkspace();
        planned.Plan(() =>
        {
            Tensor none = Tensor.Ones([0, 5]), one = Tensor.Ones([5]), sum = none + one;
            Assert.Equal(0, sum.Length);
            Assert.Equal(0f, sum.Sum().Item());
            Assert.Equal(5f, one.Sum().Item());
        });
    }

    /// <summary>Needs 6 GiB of memory.</summary>
    [Fact]
    [Trait("Category", "Slow")]
    public void Blocks_of_3_GiB_lie_where_the_plan_says()
    {
        const long Size = 3L << 30;
        using var planned = new PlannedWorkspace();
        planned.Passes(3, _ =>
        {
            Tensor a = Tensor.Empty([Size], DType.U8), b = Tensor.Empty([Size], DType.U8);
            Assert.True(Math.Abs(a.HeaderOrNull!.Address - b.HeaderOrNull!.Address) >= Size);
            a.Slice(0, Size - 10, 10).FillInPlace(3);
            b.Slice(0, 0, 10).FillInPlace(4);
            b.Slice(0, Size - 10, 10).FillInPlace(5);
            Assert.Equal(3, a.Slice(0, Size - 1, 1).Item<byte>());
            Assert.Equal(5, b.Slice(0, Size - 1, 1).Item<byte>());
            a.Dispose();
            Tensor c = Tensor.Empty([Size], DType.U8);
            c.Slice(0, Size - 1, 1).FillInPlace(6);
            Assert.Equal(4, b.Slice(0, 9, 1).Item<byte>());
            Assert.Throws<InvalidOperationException>(() => c.AsSpan<byte>());
        });
        planned.AssertPlanned();
        Assert.Equal(2 * Size, planned.Workspace.PlannedPeakBytes);
    }
}
