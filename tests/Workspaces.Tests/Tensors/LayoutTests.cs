using Workspaces.Tensors;

namespace Workspaces.Tests.Tensors;

public class LayoutTests
{
    private static readonly Layout Block = Layout.Contiguous([2, 3, 4]);

    [Fact]
    public void A_contiguous_layout_counts_in_row_major_order()
    {
        Assert.Equal(new Strides(12, 4, 1), Block.Strides);
        Assert.Equal((24, 24, 0, true, false), (Block.Length, Block.Extent, Block.Offset, Block.IsContiguous, Block.IsBroadcast));
        Assert.Equal(Enumerable.Range(0, 24).Select(k => (long)k), Walk(Block));
        Assert.Equal(23, Block.OffsetOf([1, 2, -1]));
        Assert.Throws<ShapeException>(() => Block.OffsetOf([1, 2]));
        Assert.Throws<ShapeException>(() => Block.OffsetOf([1, 3, 0]));
        Assert.Equal("shape [2, 3, 4], strides [12, 4, 1], offset 0", Block.ToString());
    }

    [Fact]
    public void Axes_of_size_one_do_not_matter_for_contiguity()
    {
        Assert.True(new Layout([3, 1, 4], [4, 99, 1]).IsContiguous);
        Assert.True(new Layout([1, 4], [0, 1]).IsContiguous);
        Assert.False(new Layout([4], [2]).IsContiguous);
        Assert.True(new Layout([4, 0], [7, 7]).IsContiguous);
    }

    [Fact]
    public void Views_of_contiguous_layouts_that_change_nothing_but_ones_equal_contiguous_layouts()
    {
        for (int axis = 0; axis <= 3; axis++)
        {
            Layout more = Block.Unsqueeze(axis);
            Assert.Equal(Layout.Contiguous(more.Shape), more);
            Assert.Equal(Block, more.Squeeze(axis));
            Assert.Equal(Block, more.Squeeze());
        }

        Assert.True(Block.TryReshape([1, 6, 1, 4, 1], out Layout view));
        Assert.Equal(Layout.Contiguous([1, 6, 1, 4, 1]), view);
        Assert.Equal(Block.Unsqueeze(3), Block.Unsqueeze(-1));
    }

    [Fact]
    public void Reshape_keeps_the_memory_where_the_strides_permit_it()
    {
        Layout columns = Block.Slice(2, 0, 3);
        Assert.True(columns.TryReshape([6, 3], out Layout merged));
        Assert.Equal(new Strides(4, 1), merged.Strides);
        Assert.False(columns.TryReshape([18], out Layout copy));
        Assert.Equal(Layout.Contiguous([18]), copy);
        Assert.True(Layout.Contiguous([1]).BroadcastTo([6]).TryReshape([2, -1], out Layout repeated));
        Assert.Equal(new Strides(0, 0), repeated.Strides);
        Assert.True(Layout.Contiguous([0, 3], 5).TryReshape([7, 0], out Layout empty));
        Assert.Equal((0, 5), (empty.Length, empty.Offset));
        Assert.True(Layout.Contiguous([1, 1]).TryReshape([], out Layout scalar));
        Assert.Equal(0, scalar.Rank);
    }

    [Fact]
    public void Brackets_take_positions_ranges_new_axes_and_the_ellipsis()
    {
        Assert.Equal(Block.Select(0, 1), Block.Index([1]));
        Assert.Equal(Block.Select(2, 3), Block.Index([TensorIndex.Ellipsis, ^1]));
        Assert.Equal(Block.Select(1, 2), Block.Index([TensorIndex.All, -1]));
        Assert.Equal(Block.Slice(1, 1, 2).Select(0, 0), Block.Index([0, 1.., TensorIndex.All]));
        Assert.Equal(new Shape(2, 1, 3, 2), Block.Index([0.., TensorIndex.NewAxis, 0.., TensorIndex.FromRange(.., 3)]).Shape);
        Assert.Equal([0, 3], Walk(Block.Index([0, 0, TensorIndex.FromRange(.., 3)])));
        Assert.Equal([1, 3], Walk(Block.Index([0, 0, TensorIndex.FromRange(1..^0, 2)])));
        Assert.Equal(Block, Block.Index([]));
        Assert.Equal(Block, Block.Index([TensorIndex.Ellipsis, 0.., 0.., 0..]));
        Assert.Equal(new Shape(2, 0, 4), Block.Index([0.., 3..]).Shape);
    }

    [Fact]
    public void Brackets_out_of_range_are_refused()
    {
        Assert.Throws<ShapeException>(() => Block.Index([2]));
        Assert.Throws<ShapeException>(() => Block.Index([-3]));
        Assert.Throws<ShapeException>(() => Block.Index([int.MinValue]));
        Assert.Throws<ShapeException>(() => Block.Index([^3]));
        Assert.Throws<ShapeException>(() => Block.Index([^0]));
        Assert.Throws<ShapeException>(() => Block.Index([0..3]));
        Assert.Throws<ShapeException>(() => Block.Index([^3..]));
        Assert.Throws<ShapeException>(() => Block.Index([1..0]));
        Assert.Throws<ShapeException>(() => Block.Index([0, 0, 0, 0]));
        Assert.Throws<ShapeException>(() => Block.Index([TensorIndex.Ellipsis, TensorIndex.Ellipsis]));
        Assert.Throws<ShapeException>(() => TensorIndex.FromRange(.., 0));
    }

    [Fact]
    public void Slices_out_of_range_are_refused_and_empty_ones_stay_inside()
    {
        Assert.Throws<ShapeException>(() => Block.Slice(1, 0, 4));
        Assert.Throws<ShapeException>(() => Block.Slice(1, -1, 1));
        Assert.Throws<ShapeException>(() => Block.Slice(1, 4, 0));
        Assert.Throws<ShapeException>(() => Block.Slice(1, 0, -1));
        Assert.Throws<ShapeException>(() => Block.Slice(1, 0, 2, 3));
        Assert.Throws<ShapeException>(() => Block.Slice(1, 0, 2, 0));
        Assert.Throws<ShapeException>(() => Block.Slice(1, 1, long.MaxValue, long.MaxValue));
        Assert.Equal([1, 9], Walk(Block.Slice(0, 0, 1).Slice(1, 0, 2, 2).Slice(2, 1, 1)));
        Assert.Equal(0, Block.Slice(1, 3, 0).Offset);
        Assert.Equal(1, Block.Slice(2, 1, 1, long.MaxValue).Offset);
    }

    [Fact]
    public void Wrong_axes_are_refused_everywhere()
    {
        Assert.Throws<ShapeException>(() => Block.Transpose(0, 3));
        Assert.Throws<ShapeException>(() => Block.Permute([0, 1]));
        Assert.Throws<ShapeException>(() => Block.Permute([0, 1, 1]));
        Assert.Throws<ShapeException>(() => Block.Select(3, 0));
        Assert.Throws<ShapeException>(() => Block.Unsqueeze(4));
        Assert.Throws<ShapeException>(() => Block.Unsqueeze(-5));
        Assert.Throws<ShapeException>(() => Block.Squeeze(0));
        Assert.Throws<ShapeException>(() => Block.BroadcastTo([3, 4]));
        Assert.Throws<ShapeException>(() => Block.BroadcastTo([2, 3, 5]));
        Assert.Throws<ShapeException>(() => Layout.Contiguous([1, 1, 1, 1, 1, 1, 1, 1]).Unsqueeze(0));
    }

    [Fact]
    public void The_asking_member_is_named_without_being_passed()
    {
        var error = Assert.Throws<ShapeException>(() => Block.Transpose(0, 7));
        Assert.Equal(nameof(The_asking_member_is_named_without_being_passed), error.By);
    }

    [Fact]
    public void Broadcast_views_are_told_apart()
    {
        Assert.True(Layout.Contiguous([3]).BroadcastTo([2, 3]).IsBroadcast);
        Assert.False(Layout.Contiguous([3]).BroadcastTo([1, 3]).IsBroadcast);
        Assert.False(Layout.Contiguous([3]).BroadcastTo([2, 3]).Select(0, 1).IsBroadcast);
        Assert.Equal(3, Layout.Contiguous([3]).BroadcastTo([2, 3]).Extent);
    }

    [Fact]
    public void Hand_made_layouts_are_checked()
    {
        Assert.Equal(10, new Layout([2, 3], [1, 4], 2).Extent);
        Assert.Throws<ShapeException>(() => new Layout([2, 3], [3]));
        Assert.Throws<ShapeException>(() => new Layout([2, 3], [3, 1], -1));
        Assert.Throws<ShapeException>(() => new Strides(3, -1));
        Assert.Throws<ShapeException>(() => new Layout([2, 3], [1, 1]));
        Assert.Throws<ShapeException>(() => new Layout([2, 3], [2, 1]));
        Assert.Throws<ShapeException>(() => new Layout([3], [long.MaxValue / 2 + 1]));
        Assert.Throws<ShapeException>(() => new Layout([2], [long.MaxValue]));
        Assert.Throws<ShapeException>(() => new Layout([2], [long.MaxValue - 1], 1));
        Assert.Throws<ShapeException>(() => new Layout([], [], long.MaxValue));
        Assert.Throws<ShapeException>(() => Layout.Contiguous([2], long.MaxValue - 1));
        Assert.Throws<ShapeException>(() => Layout.Contiguous([2], -1));
        Assert.Equal(long.MaxValue, new Layout([2], [long.MaxValue - 1]).Extent);
        Assert.Equal(long.MaxValue, Layout.Contiguous([long.MaxValue]).Extent);
    }

    [Fact]
    public void Views_at_the_end_of_the_range_do_not_overflow()
    {
        var far = new Layout([2], [long.MaxValue - 1]);
        Assert.Equal(long.MaxValue - 1, far.Select(0, 1).Offset);
        Assert.Equal(far, far.Unsqueeze(0).Squeeze(0));
        Assert.True(far.TryReshape([1, 2, 1], out Layout view));
        Assert.Equal([0, long.MaxValue - 1], Walk(view));
        Assert.True(new Layout([2, 2], [1L << 62, 1L << 61]).TryReshape([4], out Layout flat));
        Assert.Equal([0, 1L << 61, 1L << 62, 3L << 61], Walk(flat));
    }

    [Fact]
    public void View_operations_make_no_garbage()
    {
        RunAllViews(); // compiles and runs every path once
        long before = GC.GetAllocatedBytesForCurrentThread();
        long sum = RunAllViews();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal((0L, true), (allocated, sum > 0));
    }

    internal static List<long> Walk(in Layout layout)
    {
        List<long> offsets = [];
        foreach (long offset in layout.Offsets)
            offsets.Add(offset);
        return offsets;
    }

    private static long RunAllViews()
    {
        Shape shape = [2, 3, 4];
        Layout layout = Layout.Contiguous(shape);
        long sum = Broadcasting.Shapes(shape, [3, 1]).Length + shape.Reshape([-1, 4])[0];
        sum += shape.Reduce(Axes.Of([0, -1], shape), keepDims: true).Length + Broadcasting.StretchedAxes([3, 1], shape).Count;
        Layout view = layout.Transpose(0, 2).Permute([1, 0, 2]).Slice(1, 1, 2, 2).Unsqueeze(0).Squeeze(0).Squeeze();
        view = view.BroadcastTo([5, 3, 2, 2]).Index([1, 0.., ^1, TensorIndex.NewAxis]).Select(0, -1);
        sum += view.TryReshape([2, -1], out Layout reshaped) ? reshaped.Extent : reshaped.Length;
        foreach (long offset in view.Offsets)
            sum += offset;
        foreach (long size in layout.Shape)
            sum += size;
        return view == layout || view.IsContiguous || view.IsBroadcast ? sum : sum + view.OffsetOf([0, 0]);
    }
}
