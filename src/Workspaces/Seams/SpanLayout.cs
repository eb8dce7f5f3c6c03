using Workspaces.Memory;
using Workspaces.Tensors;

namespace Workspaces.Seams;

/// <summary>Lengths and strides as System.Numerics.Tensors counts them: native integers, 0 along axes of one element, and at least one axis.</summary>
internal static class SpanLayout
{
    /// <summary>Writes the lengths and strides of a layout; returns how many. A scalar has one axis of length 1.</summary>
    internal static int Write(in Layout layout, Span<nint> lengths, Span<nint> strides)
    {
        ReadOnlySpan<long> dims = layout.Shape.AsSpan(), steps = layout.Strides.AsSpan();
        if (dims.IsEmpty)
        {
            lengths[0] = 1;
            strides[0] = 0;
            return 1;
        }

        for (int axis = 0; axis < dims.Length; axis++)
        {
            lengths[axis] = checked((nint)dims[axis]);
            strides[axis] = dims[axis] <= 1 || layout.Length == 0 ? 0 : (nint)steps[axis];
        }

        return dims.Length;
    }

    internal static Shape ShapeOf(ReadOnlySpan<nint> lengths)
    {
        if (lengths.Length > Shape.MaxRank)
            throw new ShapeException(
                $"make a tensor of {lengths.Length} axes", "a TensorSpan", $"a tensor has at most {Shape.MaxRank}", "merge axes first, e.g. with Tensor.Reshape");
        Span<long> dims = stackalloc long[Shape.MaxRank];
        for (int axis = 0; axis < lengths.Length; axis++) dims[axis] = lengths[axis];
        return new Shape(dims[..lengths.Length]);
    }

    /// <summary>Whether a span of these lengths fits a shape; a span of one element fits a scalar.</summary>
    internal static bool SameLengths(in Shape shape, ReadOnlySpan<nint> lengths)
    {
        if (shape.Rank == 0) return lengths is [] or [1];
        if (shape.Rank != lengths.Length) return false;
        for (int axis = 0; axis < lengths.Length; axis++)
        {
            if (shape[axis] != lengths[axis]) return false;
        }

        return true;
    }

    /// <summary>The layout of a span's elements over a shape that it fits.</summary>
    internal static Layout Of(in Shape shape, ReadOnlySpan<nint> lengths, ReadOnlySpan<nint> strides, long offset = 0)
    {
        Span<long> steps = stackalloc long[Shape.MaxRank];
        for (int axis = 0; axis < shape.Rank; axis++) steps[axis] = lengths[axis] <= 1 ? 0 : strides[axis];
        return new Layout(shape, new Strides(steps[..shape.Rank]), offset);
    }
}
