using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Workspaces.Tensors;

/// <summary>
/// The sizes of a tensor's axes, outermost first; rank 0 (the default value) is a scalar. Sizes of zero are legal.
/// A shape exists only if it can be counted: its non-zero sizes multiply to at most <see cref="long.MaxValue"/>,
/// so neither <see cref="Length"/> nor contiguous strides ever overflow. Makes no garbage.
/// </summary>
[CollectionBuilder(typeof(Shape), nameof(Of))]
public readonly struct Shape : IEquatable<Shape>
{
    /// <summary>The most axes that a shape has.</summary>
    public const int MaxRank = 8;

    private readonly AxisBuffer _dims;
    private readonly int _rank;
    private readonly long _length; // of a rank above 0: the default value is a scalar and has 1 element

    /// <summary>A shape of these sizes: <c>new Shape(2, 3)</c>.</summary>
    /// <param name="dims">At most <see cref="MaxRank"/> sizes of 0 or more, outermost first.</param>
    /// <exception cref="ShapeException">Too many axes, a negative size, or too many elements to be counted.</exception>
    public Shape(params ReadOnlySpan<long> dims)
        : this(dims, nameof(Shape))
    {
    }

    internal Shape(scoped ReadOnlySpan<long> dims, string by)
    {
        if (dims.Length > MaxRank)
            ShapeThrow.RankTooHigh(dims, by);

        long counted = 1;
        bool empty = false;
        for (int axis = 0; axis < dims.Length; axis++)
        {
            long dim = dims[axis];
            if (dim < 0)
                ShapeThrow.NegativeSize(dims, axis, by);
            if (dim == 0)
            {
                empty = true;
                continue;
            }

            if (Math.BigMul((ulong)counted, (ulong)dim, out ulong low) != 0 || low > long.MaxValue)
                ShapeThrow.TooManyElements(dims, by);
            counted = (long)low;
        }

        dims.CopyTo(_dims);
        _rank = dims.Length;
        _length = empty ? 0 : counted;
    }

    private Shape(long rows, long columns, long length)
    {
        _dims[0] = rows;
        _dims[1] = columns;
        _rank = 2;
        _length = length;
    }

    /// <summary>The number of axes, 0 to <see cref="MaxRank"/>.</summary>
    public int Rank => _rank;

    /// <summary>The number of elements: the product of all sizes, 1 for a scalar.</summary>
    public long Length => _rank == 0 ? 1 : _length;

    /// <summary>The sizes with unused places behind the last axis, for loops of this folder.</summary>
    [UnscopedRef]
    internal ref readonly AxisBuffer Buffer => ref _dims;

    /// <summary>The size of an axis; -1 is the last one.</summary>
    /// <exception cref="ShapeException">There is no such axis.</exception>
    public long this[int axis]
    {
        get
        {
            int normal = axis < 0 ? axis + _rank : axis;
            if ((uint)normal >= (uint)_rank) ShapeThrow.AxisOutOfRange(axis, this, nameof(Shape));
            return _dims[normal];
        }
    }

    /// <summary>The size of an axis; <c>^1</c> is the last one.</summary>
    /// <exception cref="ShapeException">There is no such axis.</exception>
    public long this[Index axis] => this[axis.IsFromEnd && axis.Value == 0 ? _rank : axis.IsFromEnd ? -axis.Value : axis.Value];

    /// <summary>Whether both shapes have the same sizes.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Whether the shapes differ.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>A shape of these sizes; <c>[2, 3]</c> converts by it.</summary>
    /// <param name="dims">At most <see cref="MaxRank"/> sizes of 0 or more, outermost first.</param>
    /// <exception cref="ShapeException">Too many axes, a negative size, or too many elements to be counted.</exception>
    public static Shape Of(params ReadOnlySpan<long> dims) => new(dims, nameof(Shape));

    /// <summary>The shape of a matrix whose sizes are those of other shapes, so none is negative.</summary>
    /// <param name="rows">Size of the first axis.</param>
    /// <param name="columns">Size of the second axis.</param>
    /// <param name="by">The op that asks, for the error.</param>
    /// <exception cref="ShapeException">Too many elements to be counted.</exception>
    internal static Shape Matrix(long rows, long columns, string by)
    {
        if (Math.BigMul((ulong)rows, (ulong)columns, out ulong length) != 0 || length > long.MaxValue) ShapeThrow.TooManyElements([rows, columns], by);
        return new Shape(rows, columns, (long)length);
    }

    /// <summary>The sizes. The span lives as long as the variable that holds this shape.</summary>
    [UnscopedRef]
    public ReadOnlySpan<long> AsSpan() => ((ReadOnlySpan<long>)_dims)[.._rank];

    /// <summary>Enumerates the sizes, outermost first.</summary>
    [UnscopedRef]
    public ReadOnlySpan<long>.Enumerator GetEnumerator() => AsSpan().GetEnumerator();

    /// <summary>
    /// The shape that <paramref name="dims"/> means for this many elements: one of them may be -1 and is inferred.
    /// </summary>
    /// <param name="dims">The wished sizes, at most one of them -1.</param>
    /// <param name="by">The op that asks, for the error.</param>
    /// <exception cref="ShapeException">The sizes do not fit <see cref="Length"/>, or the inferred one is ambiguous.</exception>
    public Shape Reshape(scoped ReadOnlySpan<long> dims, [CallerMemberName] string by = "")
    {
        int inferred = dims.IndexOf(-1);
        if (dims.Length > MaxRank || inferred < 0)
            return CheckLength(Sized(dims, dims, by), dims, by);

        // With 1 in its place the other sizes are checked and multiplied by the constructor.
        AxisBuffer buffer = default;
        Span<long> sizes = ((Span<long>)buffer)[..dims.Length];
        dims.CopyTo(sizes);
        sizes[inferred] = 1;
        if (sizes.Contains(-1))
            ShapeThrow.TwoInferred(this, dims, by);
        long others = Sized(sizes, dims, by).Length;
        if (others == 0)
            ShapeThrow.AmbiguousInference(this, dims, by);
        sizes[inferred] = Length / others;
        return CheckLength(Sized(sizes, dims, by), dims, by);
    }

    /// <summary>The shape after a reduction over <paramref name="axes"/>: they vanish, or stay with size 1.</summary>
    /// <param name="axes">The reduced axes of this shape.</param>
    /// <param name="keepDims">Whether reduced axes stay with size 1.</param>
    public Shape Reduce(Axes axes, bool keepDims)
    {
        AxisBuffer kept = default;
        int rank = 0;
        for (int axis = 0; axis < _rank; axis++)
        {
            if (!axes.Contains(axis))
                kept[rank++] = _dims[axis];
            else if (keepDims)
                kept[rank++] = 1;
        }

        return new Shape(((ReadOnlySpan<long>)kept)[..rank], nameof(Reduce));
    }

    /// <summary>This shape with another size on one axis.</summary>
    /// <param name="axis">The axis; -1 is the last one.</param>
    /// <param name="size">Its new size.</param>
    /// <exception cref="ShapeException">There is no such axis, or the size is refused by the constructor.</exception>
    public Shape WithSize(int axis, long size)
    {
        AxisBuffer dims = _dims;
        dims[Axes.Normalize(axis, this)] = size;
        return new Shape(((ReadOnlySpan<long>)dims)[.._rank], nameof(WithSize));
    }

    /// <summary>Takes a shape of two axes apart: <c>var (rows, columns) = shape</c>.</summary>
    /// <exception cref="ShapeException">The rank is not 2.</exception>
    public void Deconstruct(out long dim0, out long dim1)
    {
        CheckRank(2);
        (dim0, dim1) = (_dims[0], _dims[1]);
    }

    /// <summary>Takes a shape of three axes apart.</summary>
    /// <exception cref="ShapeException">The rank is not 3.</exception>
    public void Deconstruct(out long dim0, out long dim1, out long dim2)
    {
        CheckRank(3);
        (dim0, dim1, dim2) = (_dims[0], _dims[1], _dims[2]);
    }

    /// <summary>Takes a shape of four axes apart: <c>var (batch, channels, height, width) = shape</c>.</summary>
    /// <exception cref="ShapeException">The rank is not 4.</exception>
    public void Deconstruct(out long dim0, out long dim1, out long dim2, out long dim3)
    {
        CheckRank(4);
        (dim0, dim1, dim2, dim3) = (_dims[0], _dims[1], _dims[2], _dims[3]);
    }

    /// <inheritdoc/>
    public bool Equals(Shape other) => AsSpan().SequenceEqual(other.AsSpan());

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (long dim in this)
            hash.Add(dim);
        return hash.ToHashCode();
    }

    /// <summary>The sizes in brackets: <c>[2, 3]</c>, <c>[]</c> for a scalar.</summary>
    public override string ToString() => ShapeThrow.Text(AsSpan());

    /// <summary>A shape to reshape this to; sizes that make no shape are told together with this one.</summary>
    private Shape Sized(scoped ReadOnlySpan<long> sizes, scoped ReadOnlySpan<long> asked, string by)
    {
        try
        {
            return new Shape(sizes, by);
        }
        catch (ShapeException refused)
        {
            throw new ShapeException($"reshape {this} to {ShapeThrow.Text(asked)}", by, refused.Numbers, refused.Remedy);
        }
    }

    private Shape CheckLength(Shape target, scoped ReadOnlySpan<long> dims, string by)
    {
        if (target.Length != Length)
            ShapeThrow.LengthDiffers(this, dims, target.Length, by);
        return target;
    }

    private void CheckRank(int rank)
    {
        if (_rank != rank)
            ShapeThrow.RankDiffers(this, rank);
    }
}
