using Workspaces.Tensors;

namespace Workspaces.Tests.Tensors;

public class ShapeTests
{
    [Fact]
    public void Every_way_to_write_a_shape_gives_the_same_one()
    {
        Shape expression = [2, 3];
        Assert.Equal(new Shape(2, 3), expression);
        Assert.Equal(Shape.Of(2, 3), expression);
        Assert.True(expression == new Shape([2, 3]));
        Assert.Equal(expression.GetHashCode(), new Shape(2, 3).GetHashCode());
        Assert.True(expression != new Shape(3, 2));
        Assert.False(expression.Equals((object)"[2, 3]"));
    }

    [Fact]
    public void The_default_shape_is_a_scalar_with_one_element()
    {
        Assert.Equal(default, new Shape());
        Assert.Equal(0, default(Shape).Rank);
        Assert.Equal(1, default(Shape).Length);
        Assert.Equal("[]", default(Shape).ToString());
        Assert.True(default(Layout).IsContiguous);
        Assert.Equal(1, default(Layout).Extent);
    }

    [Fact]
    public void Sizes_are_read_from_both_ends_and_taken_apart()
    {
        Shape shape = [2, 3, 4, 5];
        Assert.Equal((2, 5, 5), (shape[0], shape[-1], shape[^1]));
        var (batch, channels, height, width) = shape;
        Assert.Equal((2, 3, 4, 5), (batch, channels, height, width));
        var (rows, columns) = new Shape(7, 8);
        Assert.Equal((7, 8), (rows, columns));
        var (a, b, c) = new Shape(7, 8, 9);
        Assert.Equal((7, 8, 9), (a, b, c));
        Assert.Throws<ShapeException>(() => { var (_, _, _) = new Shape(7, 8); });
        Assert.Throws<ShapeException>(() => shape[4]);
        Assert.Throws<ShapeException>(() => shape[-5]);
        Assert.Throws<ShapeException>(() => shape[^0]);
        Assert.Throws<ShapeException>(() => default(Shape)[0]);
        long sum = 0;
        foreach (long size in shape)
            sum += size;
        Assert.Equal(14, sum);
    }

    [Fact]
    public void Empty_axes_are_legal_and_give_length_zero()
    {
        Assert.Equal(0, new Shape(3, 0, 5).Length);
        Assert.Equal(new Strides(5, 5, 1), Strides.Contiguous([3, 0, 5]));
    }

    [Theory]
    [InlineData(long.MaxValue, 2)]
    [InlineData(1L << 32, 1L << 31)]
    [InlineData(3037000500, 3037000500)]
    [InlineData(-1, 2)]
    [InlineData(0, -1)]
    [InlineData(long.MinValue, 0)]
    public void Shapes_that_cannot_be_counted_are_refused(long first, long second)
    {
        var error = Assert.Throws<ShapeException>(() => new Shape(first, second));
        Assert.Contains($"[{first}, {second}]", error.Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => new Shape(0, first, second));
    }

    [Fact]
    public void Shapes_at_the_limit_are_counted()
    {
        Assert.Equal(long.MaxValue, new Shape(long.MaxValue, 1).Length);
        Assert.Equal(3037000499L * 3037000499L, new Shape(3037000499, 3037000499).Length);
        Assert.Equal(8, new Shape(1, 2, 3, 4, 5, 6, 7, 8).Rank);
        Assert.Throws<ShapeException>(() => new Shape(1, 2, 3, 4, 5, 6, 7, 8, 9));
    }

    [Fact]
    public void One_size_of_a_reshape_is_inferred()
    {
        Shape shape = [2, 3, 4];
        Assert.Equal(new Shape(6, 4), shape.Reshape([-1, 4]));
        Assert.Equal(new Shape(24), shape.Reshape([-1]));
        Assert.Equal(new Shape(1), default(Shape).Reshape([-1]));
        Assert.Equal(new Shape(0, 3), new Shape(0).Reshape([-1, 3]));
        Assert.Equal(new Shape(0, 7), new Shape(0).Reshape([0, 7]));
    }

    [Fact]
    public void A_reshape_that_does_not_fit_says_what_by_whom_the_numbers_and_the_remedy()
    {
        var error = Assert.Throws<ShapeException>(() => new Shape(2, 3).Reshape([4, 2], "reshape"));
        Assert.Equal("reshape [2, 3] to [4, 2]", error.Asked);
        Assert.Equal("reshape", error.By);
        Assert.Equal("6 elements do not fit 8", error.Numbers);
        Assert.Equal("pass -1 for one dimension to have it inferred", error.Remedy);
        Assert.Equal(
            "Cannot reshape [2, 3] to [4, 2], asked by reshape: 6 elements do not fit 8. "
            + "Remedy: pass -1 for one dimension to have it inferred.",
            error.Message);
    }

    [Fact]
    public void Impossible_inference_is_refused()
    {
        Assert.Throws<ShapeException>(() => new Shape(6).Reshape([-1, 4]));
        Assert.Throws<ShapeException>(() => new Shape(6).Reshape([-1, -1]));
        Assert.Throws<ShapeException>(() => new Shape(6).Reshape([-1, 0]));
        Assert.Throws<ShapeException>(() => new Shape(0).Reshape([-1, 0]));
        Assert.Throws<ShapeException>(() => new Shape(6).Reshape([-2, -3]));
        Assert.Throws<ShapeException>(() => new Shape(6).Reshape([-1, -3]));
        Assert.Throws<ShapeException>(() => new Shape(6).Reshape([6, 1, 1, 1, 1, 1, 1, 1, -1]));
    }

    [Fact]
    public void Reduction_drops_or_keeps_axes()
    {
        Shape shape = [2, 3, 4];
        Axes outer = Axes.Of([0, -1], shape);
        Assert.Equal(new Shape(3), shape.Reduce(outer, keepDims: false));
        Assert.Equal(new Shape(1, 3, 1), shape.Reduce(outer, keepDims: true));
        Assert.Equal(default, shape.Reduce(Axes.All(3), keepDims: false));
        Assert.Equal(shape, shape.Reduce(default, keepDims: false));
        Assert.Equal(new Shape(2, 3, 9), shape.WithSize(-1, 9));
        Assert.Throws<ShapeException>(() => shape.WithSize(3, 9));
        Assert.Throws<ShapeException>(() => shape.WithSize(0, -1));
    }

    [Fact]
    public void Axes_become_a_mask()
    {
        Axes axes = Axes.Of([2, -3], [4, 5, 6]);
        Assert.Equal(0b101, axes.Mask);
        Assert.Equal(2, axes.Count);
        Assert.True(axes.Contains(0));
        Assert.False(axes.Contains(1));
        Assert.False(axes.Contains(-1));
        Assert.False(axes.Contains(32));
        Assert.Equal("{0, 2}", axes.ToString());
        Assert.Equal(axes, Axes.Of([0, 2], [4, 5, 6]));
        Assert.Equal(0xFF, Axes.All(8).Mask);
        Assert.Equal(default, Axes.Of([], [4, 5, 6]));
    }

    [Fact]
    public void Axes_out_of_range_or_named_twice_are_refused_with_the_numbers()
    {
        var range = Assert.Throws<ShapeException>(() => Axes.Of([0, 3], [4, 5, 6], "sum"));
        Assert.Equal(("use axis 3 of a tensor [4, 5, 6]", "sum", "axes go from -3 to 2"), (range.Asked, range.By, range.Numbers));
        var twice = Assert.Throws<ShapeException>(() => Axes.Of([1, -2], [4, 5, 6], "sum"));
        Assert.Equal(("use axes [1, -2] of a tensor [4, 5, 6]", "axis -2 is there twice (-2 is 1)"), (twice.Asked, twice.Numbers));
        Assert.Throws<ShapeException>(() => Axes.Normalize(0, new Shape()));
        Assert.Throws<ShapeException>(() => Axes.Normalize(int.MinValue, [4, 5, 6]));
        Assert.Throws<ShapeException>(() => Axes.Normalize(int.MaxValue, [4, 5, 6]));
    }

    [Fact]
    public void Places_of_new_axes_reach_one_further()
    {
        Shape shape = [4, 5];
        Assert.Equal((0, 2, 2, 0), (Axes.NormalizeNew(0, shape), Axes.NormalizeNew(2, shape), Axes.NormalizeNew(-1, shape), Axes.NormalizeNew(-3, shape)));
        foreach (int place in (int[])[3, -4, int.MinValue, int.MaxValue])
        {
            var error = Assert.Throws<ShapeException>(() => Axes.NormalizeNew(place, shape, "stack"));
            Assert.Equal(($"insert an axis at {place} into [4, 5]", "stack", "places go from -3 to 2"), (error.Asked, error.By, error.Numbers));
        }

        Assert.Throws<ShapeException>(() => Axes.NormalizeNew(0, [1, 1, 1, 1, 1, 1, 1, 1]));
    }

    [Fact]
    public void Broadcast_errors_name_both_shapes_and_the_axis()
    {
        var error = Assert.Throws<ShapeException>(() => Broadcasting.Shapes([4, 2, 3], [5, 3], "add"));
        Assert.Equal("broadcast [4, 2, 3] with [5, 3]", error.Asked);
        Assert.Equal("axis -2, counted from the end, has sizes 2 and 5", error.Numbers);
        Assert.Equal("add", error.By);
        Assert.Throws<ShapeException>(() => Broadcasting.Shapes([1L << 40, 1], [1, 1L << 40]));
    }

    [Fact]
    public void Stretched_axes_are_those_a_gradient_is_summed_over()
    {
        Assert.Equal(Axes.Of([0, 2], [2, 5, 4, 3]), Broadcasting.StretchedAxes([5, 1, 3], [2, 5, 4, 3]));
        Assert.Equal(default, Broadcasting.StretchedAxes([1, 3], [1, 3]));
        Assert.Equal(Axes.Of([1], [2, 0]), Broadcasting.StretchedAxes([2, 1], [2, 0]));
        Assert.Throws<ShapeException>(() => Broadcasting.StretchedAxes([2, 3], [3]));
        Assert.Throws<ShapeException>(() => Broadcasting.StretchedAxes([2, 3], [1, 3]));
    }
}
