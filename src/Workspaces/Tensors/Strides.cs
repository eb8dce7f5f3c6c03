using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Workspaces.Tensors;

/// <summary>
/// How many elements lie between neighbours along each axis, outermost first; 0 repeats one element (a broadcast axis).
/// Never negative. Makes no garbage.
/// </summary>
[CollectionBuilder(typeof(Strides), nameof(Of))]
public readonly struct Strides : IEquatable<Strides>
{
    private readonly AxisBuffer _steps;
    private readonly int _rank;

    /// <summary>Strides of these many elements.</summary>
    /// <param name="steps">At most <see cref="Shape.MaxRank"/> strides of 0 or more, in elements, outermost first.</param>
    /// <exception cref="ShapeException">Too many axes or a negative stride.</exception>
    public Strides(params ReadOnlySpan<long> steps)
    {
        if (steps.Length > Shape.MaxRank)
            ShapeThrow.RankTooHigh(steps, nameof(Strides));
        for (int axis = 0; axis < steps.Length; axis++)
        {
            if (steps[axis] < 0)
                ShapeThrow.NegativeStride(steps, axis);
        }

        steps.CopyTo(_steps);
        _rank = steps.Length;
    }

    /// <summary>The number of axes, 0 to <see cref="Shape.MaxRank"/>.</summary>
    public int Rank => _rank;

    /// <summary>The strides with unused places behind the last axis, for loops of this folder.</summary>
    [UnscopedRef]
    internal ref readonly AxisBuffer Buffer => ref _steps;

    /// <summary>The stride of an axis, in elements; -1 is the last one.</summary>
    /// <exception cref="ShapeException">There is no such axis.</exception>
    public long this[int axis]
    {
        get
        {
            int normal = axis < 0 ? axis + _rank : axis;
            if ((uint)normal >= (uint)_rank) ShapeThrow.AxisOutOfRange(axis, $"strides {this}", _rank, nameof(Strides));
            return _steps[normal];
        }
    }

    /// <summary>Whether both have the same numbers.</summary>
    public static bool operator ==(Strides left, Strides right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(Strides left, Strides right) => !left.Equals(right);

    /// <summary>Strides of these many elements; <c>[3, 1]</c> converts by it.</summary>
    /// <param name="steps">At most <see cref="Shape.MaxRank"/> strides of 0 or more, in elements, outermost first.</param>
    /// <exception cref="ShapeException">Too many axes or a negative stride.</exception>
    public static Strides Of(params ReadOnlySpan<long> steps) => new(steps);

    /// <summary>
    /// The strides of a dense row-major tensor. Axes of size 0 count as 1, so that an empty tensor has strides too.
    /// </summary>
    /// <param name="shape">The shape.</param>
    public static Strides Contiguous(in Shape shape)
    {
        Strides strides = default;
        SetContiguous(ref strides, shape);
        return strides;
    }

    /// <summary>As <see cref="Contiguous"/>, written over other strides where those lie.</summary>
    /// <param name="target">Becomes the strides.</param>
    /// <param name="shape">The shape.</param>
    internal static void SetContiguous(ref Strides target, in Shape shape)
    {
        ref AxisBuffer steps = ref Unsafe.AsRef(in target._steps);
        steps = default;
        Unsafe.AsRef(in target._rank) = shape.Rank;
        long step = 1; // a shape's non-zero sizes multiply to a long, so this cannot overflow
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            steps[axis] = step;
            step *= Math.Max(shape.Buffer[axis], 1);
        }
    }

    /// <summary>The strides. The span lives as long as the variable that holds this value.</summary>
    [UnscopedRef]
    public ReadOnlySpan<long> AsSpan() => ((ReadOnlySpan<long>)_steps)[.._rank];

    /// <summary>Enumerates the strides, outermost first.</summary>
    [UnscopedRef]
    public ReadOnlySpan<long>.Enumerator GetEnumerator() => AsSpan().GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(Strides other) => AsSpan().SequenceEqual(other.AsSpan());

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Strides other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (long step in this)
            hash.Add(step);
        return hash.ToHashCode();
    }

    /// <summary>The strides in brackets: <c>[3, 1]</c>.</summary>
    public override string ToString() => ShapeThrow.Text(AsSpan());
}
