using System.Runtime.CompilerServices;

namespace Workspaces.Tensors;

/// <content>The views: layouts of the same memory with other axes.</content>
public readonly partial struct Layout
{
    /// <summary>The layout with two axes exchanged.</summary>
    /// <param name="axis0">An axis; negative counts from the end.</param>
    /// <param name="axis1">Another one, or the same.</param>
    /// <param name="by">The op that asks, for the error.</param>
    /// <exception cref="ShapeException">An axis is out of range.</exception>
    public Layout Transpose(int axis0, int axis1, [CallerMemberName] string by = "")
    {
        int first = Axes.Normalize(axis0, _shape, by), second = Axes.Normalize(axis1, _shape, by);
        AxisBuffer dims = _shape.Buffer, steps = _strides.Buffer;
        (dims[first], dims[second]) = (dims[second], dims[first]);
        (steps[first], steps[second]) = (steps[second], steps[first]);
        return View(dims, steps, Rank, Offset, by);
    }

    /// <summary>The layout with its axes in another order.</summary>
    /// <param name="order">Axis <c>k</c> of the view is axis <c>order[k]</c> of this; every axis once.</param>
    /// <param name="by">The op that asks, for the error.</param>
    /// <exception cref="ShapeException">An axis is out of range, missing or named twice.</exception>
    public Layout Permute(scoped ReadOnlySpan<int> order, [CallerMemberName] string by = "")
    {
        if (order.Length != Rank)
            ShapeThrow.NotAPermutation(_shape, order, by);
        Axes.Of(order, _shape, by);
        AxisBuffer dims = default, steps = default;
        for (int axis = 0; axis < order.Length; axis++)
        {
            int source = Axes.Normalize(order[axis], _shape, by);
            dims[axis] = _shape.Buffer[source];
            steps[axis] = _strides.Buffer[source];
        }

        return View(dims, steps, Rank, Offset, by);
    }

    /// <summary>The elements <c>start, start + step, …</c> of one axis, <paramref name="length"/> of them.</summary>
    /// <param name="axis">The axis; negative counts from the end.</param>
    /// <param name="start">The first position, 0 to the axis's size.</param>
    /// <param name="length">How many elements the view has on this axis.</param>
    /// <param name="step">The distance from one to the next, 1 or more.</param>
    /// <param name="by">The op that asks, for the error.</param>
    /// <exception cref="ShapeException">The axis is out of range, or the last position lies outside the axis.</exception>
    public Layout Slice(int axis, long start, long length, long step = 1, [CallerMemberName] string by = "")
    {
        int normal = Axes.Normalize(axis, _shape, by);
        AxisBuffer dims = _shape.Buffer, steps = _strides.Buffer;
        long size = dims[normal];
        if (step < 1)
            ShapeThrow.SliceStepTooSmall(_shape, normal, step, by);
        bool inside = start >= 0 && start <= size && length >= 0
            && (length == 0 || (start < size && length - 1 <= (size - 1 - start) / step));
        if (!inside)
            ShapeThrow.SliceOutOfRange(_shape, normal, start, length, step, by);

        long offset = Moved(start * steps[normal], isEmpty: length == 0 || Length == 0);
        dims[normal] = length;
        if (length > 1)
            steps[normal] *= step; // fits: at least one whole step lies inside the extent
        return View(dims, steps, Rank, offset, by);
    }

    /// <summary>The view of one position on an axis, without that axis.</summary>
    /// <param name="axis">The axis; negative counts from the end.</param>
    /// <param name="index">The position; negative counts from the end.</param>
    /// <param name="by">The op that asks, for the error.</param>
    /// <exception cref="ShapeException">The axis or the position is out of range.</exception>
    public Layout Select(int axis, long index, [CallerMemberName] string by = "")
    {
        int normal = Axes.Normalize(axis, _shape, by);
        long position = NormalizeIndex(index, normal, by);
        return WithoutAxis(normal, Moved(position * _strides.Buffer[normal], isEmpty: Length == 0), by);
    }

    /// <summary>What <c>x[1, 2.., ^1]</c> means; axes after the last entry stay whole.</summary>
    /// <param name="entries">Positions, ranges, new axes and at most one ellipsis, outermost first.</param>
    /// <param name="by">The op that asks, for the error.</param>
    /// <exception cref="ShapeException">More entries than axes, two ellipses, or a position out of range.</exception>
    public Layout Index(scoped ReadOnlySpan<TensorIndex> entries, [CallerMemberName] string by = "")
    {
        int named = 0, ellipses = 0;
        foreach (ref readonly TensorIndex entry in entries)
        {
            named += entry.Kind is TensorIndexKind.Position or TensorIndexKind.Range ? 1 : 0;
            ellipses += entry.Kind == TensorIndexKind.Ellipsis ? 1 : 0;
        }

        if (named > Rank || ellipses > 1)
            ShapeThrow.TooManyEntries(_shape, named, ellipses, by);

        Layout view = this;
        int axis = 0;
        foreach (ref readonly TensorIndex entry in entries)
        {
            switch (entry.Kind)
            {
                case TensorIndexKind.Position:
                    view = view.Select(axis, view.ResolvePosition(axis, entry, by), by);
                    break;
                case TensorIndexKind.Range:
                    view = view.SliceRange(axis, entry, by);
                    axis++;
                    break;
                case TensorIndexKind.NewAxis:
                    view = view.Unsqueeze(axis, by);
                    axis++;
                    break;
                default:
                    axis += Rank - named;
                    break;
            }
        }

        return view;
    }

    /// <summary>The layout with a new axis of size 1.</summary>
    /// <param name="axis">Where it will stand in the result, from -rank - 1 to rank.</param>
    /// <param name="by">The op that asks, for the error.</param>
    /// <exception cref="ShapeException">The place is out of range, or the rank is <see cref="Shape.MaxRank"/> already.</exception>
    public Layout Unsqueeze(int axis, [CallerMemberName] string by = "")
    {
        int rank = Rank;
        int place = Axes.NormalizeNew(axis, _shape, by);
        AxisBuffer dims = default, steps = default;
        for (int source = 0, target = 0; target <= rank; target++)
        {
            dims[target] = target == place ? 1 : _shape.Buffer[source];
            steps[target] = target == place ? StrideBefore(source) : _strides.Buffer[source];
            source += target == place ? 0 : 1;
        }

        return View(dims, steps, rank + 1, Offset, by);
    }

    /// <summary>The layout without an axis of size 1.</summary>
    /// <param name="axis">The axis; negative counts from the end.</param>
    /// <param name="by">The op that asks, for the error.</param>
    /// <exception cref="ShapeException">The axis is out of range or its size is not 1.</exception>
    public Layout Squeeze(int axis, [CallerMemberName] string by = "")
    {
        int normal = Axes.Normalize(axis, _shape, by);
        if (_shape.Buffer[normal] != 1)
            ShapeThrow.CannotSqueeze(_shape, normal, by);
        return WithoutAxis(normal, Offset, by);
    }

    /// <summary>The layout without all its axes of size 1.</summary>
    public Layout Squeeze()
    {
        AxisBuffer dims = default, steps = default;
        int rank = 0;
        for (int axis = 0; axis < Rank; axis++)
        {
            if (_shape.Buffer[axis] == 1)
                continue;
            dims[rank] = _shape.Buffer[axis];
            steps[rank++] = _strides.Buffer[axis];
        }

        return View(dims, steps, rank, Offset, nameof(Squeeze));
    }

    /// <summary>
    /// The layout stretched to a larger shape by NumPy's rule: axes of size 1 and missing leading ones get stride 0.
    /// </summary>
    /// <param name="target">The larger shape.</param>
    /// <param name="by">The op that asks, for the error.</param>
    /// <exception cref="ShapeException">A size differs from the target's and is not 1, or the target has fewer axes.</exception>
    public Layout BroadcastTo(in Shape target, [CallerMemberName] string by = "")
    {
        int missing = target.Rank - Rank;
        if (missing < 0)
            ShapeThrow.CannotBroadcastTo(_shape, target, 0, by);
        AxisBuffer steps = default;
        for (int axis = missing; axis < target.Rank; axis++)
        {
            long size = _shape.Buffer[axis - missing];
            if (size == target.Buffer[axis])
                steps[axis] = _strides.Buffer[axis - missing];
            else if (size != 1)
                ShapeThrow.CannotBroadcastTo(_shape, target, axis, by);
        }

        return View(target.Buffer, steps, target.Rank, Offset, by);
    }

    private static Layout View(in AxisBuffer dims, in AxisBuffer steps, int rank, long offset, string by) =>
        new(((ReadOnlySpan<long>)dims)[..rank], ((ReadOnlySpan<long>)steps)[..rank], offset, by);

    private long Moved(long distance, bool isEmpty) => isEmpty ? Offset : Offset + distance;

    private Layout WithoutAxis(int removed, long offset, string by)
    {
        AxisBuffer dims = default, steps = default;
        int rank = 0;
        for (int axis = 0; axis < Rank; axis++)
        {
            if (axis == removed)
                continue;
            dims[rank] = _shape.Buffer[axis];
            steps[rank++] = _strides.Buffer[axis];
        }

        return View(dims, steps, rank, offset, by);
    }

    private long ResolvePosition(int axis, in TensorIndex entry, string by)
    {
        long size = _shape.Buffer[axis];
        long position = entry.Start(size);
        if (entry.StartFromEnd && position < 0)
            ShapeThrow.IndexOutOfRange(_shape, axis, position, by);
        return position;
    }

    private Layout SliceRange(int axis, in TensorIndex entry, string by)
    {
        long size = _shape.Buffer[axis];
        long start = entry.Start(size), end = entry.End(size);
        if (start < 0 || start > end || end > size)
            ShapeThrow.RangeOutOfRange(_shape, axis, start, end, by);
        long length = start == end ? 0 : ((end - start - 1) / entry.Step) + 1;
        return Slice(axis, start, length, entry.Step, by);
    }

    // The stride that a contiguous tensor has on an axis of size 1 before `axis`; the value is free, but so chosen that
    // contiguous layouts stay equal to Contiguous(shape). A product beyond a long is replaced by 1.
    private long StrideBefore(int axis)
    {
        if (axis == Rank)
            return 1;
        bool overflows = Math.BigMul((ulong)Math.Max(_shape.Buffer[axis], 1), (ulong)_strides.Buffer[axis], out ulong low) != 0;
        return overflows || low > long.MaxValue ? 1 : (long)low;
    }
}
