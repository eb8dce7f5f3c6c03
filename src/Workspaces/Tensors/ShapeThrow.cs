using System.Diagnostics.CodeAnalysis;

namespace Workspaces.Tensors;

/// <summary>Writes and throws the errors of shapes and layouts, out of the way of the code that does not fail.</summary>
internal static class ShapeThrow
{
    /// <summary>Numbers in brackets, as shapes are printed.</summary>
    public static string Text<T>(ReadOnlySpan<T> numbers) => $"[{string.Join(", ", numbers.ToArray())}]";

    [DoesNotReturn]
    public static void RankTooHigh(ReadOnlySpan<long> dims, string by) => throw new ShapeException(
        $"make a shape or strides {Text(dims)}",
        by,
        $"{dims.Length} axes are more than {Shape.MaxRank}",
        "merge neighbouring axes with a reshape");

    [DoesNotReturn]
    public static void NegativeSize(ReadOnlySpan<long> dims, int axis, string by) => throw new ShapeException(
        $"make a shape {Text(dims)}",
        by,
        $"axis {axis} has size {dims[axis]}, which is negative",
        "pass sizes of 0 or more; only a reshape takes one -1, to have it inferred");

    [DoesNotReturn]
    public static void TooManyElements(ReadOnlySpan<long> dims, string by) => throw new ShapeException(
        $"make a shape {Text(dims)}",
        by,
        $"its non-zero sizes multiply to more than {long.MaxValue}",
        "split the tensor along an axis");

    [DoesNotReturn]
    public static void NegativeStride(ReadOnlySpan<long> steps, int axis) => throw new ShapeException(
        $"make strides {Text(steps)}",
        nameof(Strides),
        $"axis {axis} has stride {steps[axis]}, which is negative",
        "copy the elements in reverse order instead");

    [DoesNotReturn]
    public static void BadLayout(in Shape shape, in Strides strides, long offset) => throw new ShapeException(
        $"lay out shape {shape} with strides {strides} at offset {offset}",
        nameof(Layout),
        "ranks must be equal, the offset 0 or more, the last position a long, and each stride larger than all that smaller "
        + "ones reach, or 0",
        "use strides of a dense tensor and derive views from it");

    [DoesNotReturn]
    public static void RankDiffers(in Shape shape, int rank) => throw new ShapeException(
        $"take shape {shape} apart into {rank} sizes",
        nameof(Shape.Deconstruct),
        $"its rank is {shape.Rank}, not {rank}",
        "reshape first, or index the sizes");

    [DoesNotReturn]
    public static void LengthDiffers(in Shape from, ReadOnlySpan<long> dims, long length, string by) => throw new ShapeException(
        $"reshape {from} to {Text(dims)}",
        by,
        $"{from.Length} elements do not fit {length}",
        "pass -1 for one dimension to have it inferred");

    [DoesNotReturn]
    public static void TwoInferred(in Shape from, ReadOnlySpan<long> dims, string by) => throw new ShapeException(
        $"reshape {from} to {Text(dims)}",
        by,
        $"{dims.Count(-1)} sizes are -1",
        "leave at most one size to be inferred");

    [DoesNotReturn]
    public static void AmbiguousInference(in Shape from, ReadOnlySpan<long> dims, string by) => throw new ShapeException(
        $"reshape {from} to {Text(dims)}",
        by,
        $"with {from.Length} elements and a size of 0 the -1 could be any number",
        "name every size");

    [DoesNotReturn]
    public static void AxisOutOfRange(int axis, in Shape shape, string by) => AxisOutOfRange(axis, $"a tensor {shape}", shape.Rank, by);

    [DoesNotReturn]
    public static void AxisOutOfRange(int axis, string of, int rank, string by) => throw new ShapeException(
        $"use axis {axis} of {of}",
        by,
        rank == 0 ? "a scalar has no axes" : $"axes go from {-rank} to {rank - 1}",
        rank == 0 ? "unsqueeze the scalar first" : "pass an axis of this range; -1 is the last one");

    [DoesNotReturn]
    public static void NewAxisOutOfRange(int axis, in Shape shape, string by) => throw new ShapeException(
        $"insert an axis at {axis} into {shape}",
        by,
        $"places go from {-shape.Rank - 1} to {shape.Rank}",
        "pass a place of this range; -1 is behind the last axis");

    [DoesNotReturn]
    public static void AxisTwice(ReadOnlySpan<int> axes, int axis, in Shape shape, string by) => throw new ShapeException(
        $"use axes {Text(axes)} of a tensor {shape}",
        by,
        $"axis {axis} is there twice" + (axis < 0 ? $" ({axis} is {axis + shape.Rank})" : ""),
        "name each axis once");

    [DoesNotReturn]
    public static void NotAPermutation(in Shape shape, ReadOnlySpan<int> order, string by) => throw new ShapeException(
        $"permute {shape} by {Text(order)}",
        by,
        $"{order.Length} axes are named, the rank is {shape.Rank}",
        "name every axis once");

    [DoesNotReturn]
    public static void StepTooSmall(long step, string by) => throw new ShapeException(
        $"slice with step {step}", by, $"{step} is less than 1", "pass 1 or more; to reverse an axis, copy it");

    [DoesNotReturn]
    public static void SliceStepTooSmall(in Shape shape, int axis, long step, string by) => throw new ShapeException(
        $"slice {shape} on axis {axis} with step {step}", by, $"{step} is less than 1", "pass 1 or more; to reverse an axis, use Flip");

    [DoesNotReturn]
    public static void SliceOutOfRange(in Shape shape, int axis, long start, long length, long step, string by) =>
        throw new ShapeException(
            $"slice {shape} on axis {axis} from {start}, {length} elements in steps of {step}",
            by,
            $"positions on this axis go from 0 to {shape[axis] - 1}",
            "pass a start and a length that stay inside");

    [DoesNotReturn]
    public static void RangeOutOfRange(in Shape shape, int axis, long start, long end, string by) => throw new ShapeException(
        $"index {shape} with the range {start}..{end} on axis {axis}",
        by,
        $"a range lies between 0 and {shape[axis]}, its start not behind its end",
        "shorten the range; it is not clamped");

    [DoesNotReturn]
    public static void IndexOutOfRange(in Shape shape, int axis, long index, string by) => throw new ShapeException(
        $"index {shape} with {index} on axis {axis}",
        by,
        shape[axis] == 0 ? "the axis is empty" : $"positions go from {-shape[axis]} to {shape[axis] - 1}",
        "pass a position of this range");

    [DoesNotReturn]
    public static void WrongIndexCount(in Shape shape, int count, string by) => throw new ShapeException(
        $"index {shape} with {count} positions", by, $"its rank is {shape.Rank}", "pass one position for each axis");

    [DoesNotReturn]
    public static void TooManyEntries(in Shape shape, int named, int ellipses, string by) => throw new ShapeException(
        $"index {shape} with {named} positions and ranges and {ellipses} ellipses",
        by,
        $"its rank is {shape.Rank} and one ellipsis is allowed",
        "pass at most one entry for each axis");

    [DoesNotReturn]
    public static void NoRoomForAxis(in Shape shape, string by) => throw new ShapeException(
        $"insert an axis into {shape}",
        by,
        $"{Shape.MaxRank} axes are the most",
        "merge neighbouring axes with a reshape");

    [DoesNotReturn]
    public static void CannotSqueeze(in Shape shape, int axis, string by) => throw new ShapeException(
        $"squeeze axis {axis} of {shape}", by, $"its size is {shape[axis]}, not 1", "select a position on it instead");

    [DoesNotReturn]
    public static void CannotBroadcast(in Shape a, in Shape b, string by)
    {
        int axis = -1;
        while (a[axis] == b[axis] || a[axis] == 1 || b[axis] == 1) axis--;
        throw new ShapeException(
            $"broadcast {a} with {b}",
            by,
            $"axis {axis}, counted from the end, has sizes {a[axis]} and {b[axis]}",
            "make the sizes equal or one of them 1");
    }

    [DoesNotReturn]
    public static void CannotBroadcastTo(in Shape from, in Shape to, int axis, string by) => throw new ShapeException(
        $"broadcast {from} to {to}",
        by,
        to.Rank < from.Rank
            ? $"{to.Rank} axes are fewer than {from.Rank}"
            : $"axis {axis} of the target has size {to[axis]}, that of the source {from[axis - to.Rank + from.Rank]}",
        "only axes of size 1 and missing leading axes are stretched");

    [DoesNotReturn]
    public static void TooLittleData(in Layout layout, int length, string by) => throw new ShapeException(
        $"read a tensor with {layout}",
        by,
        $"it spans {layout.Extent} elements, the memory holds {length}",
        "pass memory that starts at the first element and reaches to the last");
}
