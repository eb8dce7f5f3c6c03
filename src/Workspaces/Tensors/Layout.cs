using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Workspaces.Tensors;

/// <summary>
/// Where a tensor's elements lie: element <c>(i, j, …)</c> is <c>Offset + i·Strides[0] + j·Strides[1] + …</c> elements from
/// the start of the memory. Views are made by arithmetic on layouts alone; nothing is copied and no garbage is made.
/// <para>
/// Invariants: no stride is negative; the last element's position is a <see cref="long"/>; two different elements share a
/// place only along an axis of stride 0; an empty view starts where its base starts, so it never points outside.
/// </para>
/// </summary>
public readonly partial struct Layout : IEquatable<Layout>
{
    private readonly Shape _shape;
    private readonly Strides _strides;
    private readonly long _offset;

    /// <summary>A layout with given strides, checked.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="strides">As many strides, in elements.</param>
    /// <param name="offset">The position of the first element, in elements.</param>
    /// <exception cref="ShapeException">
    /// The ranks differ, the offset is negative, the last element lies beyond a <see cref="long"/>, or axes interleave so
    /// that elements might overlap (strides of 0 excepted).
    /// </exception>
    public Layout(in Shape shape, in Strides strides, long offset = 0)
    {
        if (shape.Rank != strides.Rank || offset < 0)
            ShapeThrow.BadLayout(shape, strides, offset);
        _shape = shape;
        _strides = strides;
        _offset = offset;
        CheckReach();
    }

    // For views, which keep the invariants by construction.
    private Layout(scoped ReadOnlySpan<long> dims, scoped ReadOnlySpan<long> steps, long offset, string by)
    {
        _shape = new Shape(dims, by);
        _strides = new Strides(steps);
        _offset = offset;
    }

    // For a shape and strides that fit each other by construction.
    private Layout(long offset, in Shape shape, in Strides strides)
    {
        _shape = shape;
        _strides = strides;
        _offset = offset;
    }

    /// <summary>The sizes of the axes.</summary>
    [UnscopedRef]
    public ref readonly Shape Shape => ref _shape;

    /// <summary>The steps between neighbours, in elements.</summary>
    [UnscopedRef]
    public ref readonly Strides Strides => ref _strides;

    /// <summary>The position of the first element, in elements.</summary>
    public long Offset => _offset;

    /// <summary>The number of axes.</summary>
    public int Rank => _shape.Rank;

    /// <summary>The number of elements, each place of a broadcast axis counted.</summary>
    public long Length => _shape.Length;

    /// <summary>
    /// How many elements of memory the layout spans, from its first to its last: 0 when it is empty. The memory must hold
    /// <c>Offset + Extent</c> elements, a sum that never overflows.
    /// </summary>
    public long Extent
    {
        get
        {
            if (Length == 0)
                return 0;
            ReadOnlySpan<long> dims = _shape.AsSpan(), steps = _strides.AsSpan();
            long last = 0;
            for (int axis = 0; axis < dims.Length; axis++)
                last += (dims[axis] - 1) * steps[axis];
            return last + 1;
        }
    }

    /// <summary>
    /// Whether the elements follow one another in row-major order without gaps; strides of axes of size 1 do not matter,
    /// and an empty tensor is contiguous.
    /// </summary>
    public bool IsContiguous
    {
        get
        {
            if (Length == 0)
                return true;
            ReadOnlySpan<long> dims = _shape.AsSpan(), steps = _strides.AsSpan();
            long expected = 1;
            for (int axis = dims.Length - 1; axis >= 0; axis--)
            {
                if (dims[axis] == 1)
                    continue;
                if (steps[axis] != expected)
                    return false;
                expected *= dims[axis];
            }

            return true;
        }
    }

    /// <summary>
    /// Whether an axis of more than one element has stride 0, so that several elements share a place: writing in place is
    /// refused there.
    /// </summary>
    public bool IsBroadcast
    {
        get
        {
            ReadOnlySpan<long> dims = _shape.AsSpan(), steps = _strides.AsSpan();
            for (int axis = 0; axis < dims.Length; axis++)
            {
                if (dims[axis] > 1 && steps[axis] == 0)
                    return true;
            }

            return false;
        }
    }

    /// <summary>The position of every element in row-major order, for <c>foreach</c>.</summary>
    public LayoutOffsets Offsets => new(this);

    /// <summary>Whether both have the same shape, strides and offset.</summary>
    public static bool operator ==(Layout left, Layout right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(Layout left, Layout right) => !left.Equals(right);

    /// <summary>The dense row-major layout of a shape.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="offset">The position of the first element, in elements.</param>
    /// <exception cref="ShapeException">The offset is negative, or the last element lies beyond a <see cref="long"/>.</exception>
    public static Layout Contiguous(in Shape shape, long offset = 0)
    {
        Strides strides = Strides.Contiguous(shape);
        if (offset < 0 || offset > long.MaxValue - shape.Length)
            ShapeThrow.BadLayout(shape, strides, offset);
        return new Layout(offset, shape, strides);
    }

    /// <summary>
    /// Writes the dense row-major layout of a shape over another one, where that lies. A layout is 160 bytes: made axis by axis and copied at once, each copy
    /// waits until the single stores before it have left the processor's store buffer.
    /// </summary>
    /// <param name="target">Becomes the layout.</param>
    /// <param name="shape">The shape.</param>
    internal static void SetContiguous(ref Layout target, in Shape shape)
    {
        Unsafe.AsRef(in target._shape) = shape;
        Strides.SetContiguous(ref Unsafe.AsRef(in target._strides), shape);
        Unsafe.AsRef(in target._offset) = 0;
    }

    /// <summary>The position of one element in the memory, in elements.</summary>
    /// <param name="index">One index for each axis; negative counts from the end.</param>
    /// <param name="by">The op that asks, for the error.</param>
    /// <exception cref="ShapeException">Too many or few indices, or one out of range.</exception>
    public long OffsetOf(scoped ReadOnlySpan<long> index, [CallerMemberName] string by = "")
    {
        ReadOnlySpan<long> dims = _shape.AsSpan(), steps = _strides.AsSpan();
        if (index.Length != dims.Length)
            ShapeThrow.WrongIndexCount(_shape, index.Length, by);
        long position = Offset;
        for (int axis = 0; axis < dims.Length; axis++)
            position += NormalizeIndex(index[axis], axis, by) * steps[axis];
        return position;
    }

    /// <inheritdoc/>
    public bool Equals(Layout other) => Offset == other.Offset && _shape == other._shape && _strides == other._strides;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Layout other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_shape, _strides, Offset);

    /// <summary>Shape, strides and offset.</summary>
    public override string ToString() => $"shape {_shape}, strides {_strides}, offset {Offset}";

    private long NormalizeIndex(long index, int axis, string by)
    {
        long size = _shape.AsSpan()[axis];
        long normal = index < 0 ? index + size : index;
        if ((ulong)normal >= (ulong)size)
            ShapeThrow.IndexOutOfRange(_shape, axis, index, by);
        return normal;
    }

    // Visits the axes by rising stride: each must step over all that the smaller ones reach. That is sufficient for
    // distinct places and also refuses some harmless interleavings, e.g. strides [3, 2] of [2, 3].
    private void CheckReach()
    {
        if (Length == 0)
            return;
        ReadOnlySpan<long> dims = _shape.AsSpan(), steps = _strides.AsSpan();
        long reach = 0;
        long lastStep = 0;
        int visited = 0;
        while (true)
        {
            int next = -1;
            for (int axis = 0; axis < dims.Length; axis++)
            {
                bool open = (visited >> axis & 1) == 0 && dims[axis] > 1 && steps[axis] > 0;
                if (open && (next < 0 || steps[axis] < steps[next]))
                    next = axis;
            }

            if (next < 0)
                break;
            visited |= 1 << next;
            lastStep = steps[next];
            bool overflows = Math.BigMul((ulong)(dims[next] - 1), (ulong)lastStep, out ulong span) != 0 || span > long.MaxValue;
            if (lastStep <= reach || overflows || (long)span > long.MaxValue - 1 - reach - Offset)
                ShapeThrow.BadLayout(_shape, _strides, Offset);
            reach += (long)span;
        }

        if (Offset == long.MaxValue)
            ShapeThrow.BadLayout(_shape, _strides, Offset);
    }
}
