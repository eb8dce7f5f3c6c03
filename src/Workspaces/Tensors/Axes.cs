using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Workspaces.Tensors;

/// <summary>A set of axes as a bit mask, e.g. those a reduction runs over. The default value is the empty set.</summary>
public readonly struct Axes : IEquatable<Axes>
{
    private Axes(int mask) => Mask = mask;

    /// <summary>Bit <c>k</c> is set when axis <c>k</c> is in the set.</summary>
    public int Mask { get; }

    /// <summary>The number of axes in the set.</summary>
    public int Count => BitOperations.PopCount((uint)Mask);

    /// <summary>Whether both sets hold the same axes.</summary>
    public static bool operator ==(Axes left, Axes right) => left.Equals(right);

    /// <summary>Whether the sets differ.</summary>
    public static bool operator !=(Axes left, Axes right) => !left.Equals(right);

    /// <summary>The set of these axes of a tensor. No axes give the empty set; what that means is the op's choice.</summary>
    /// <param name="axes">Axes from -rank to rank - 1, in any order, each once.</param>
    /// <param name="shape">The shape of the tensor.</param>
    /// <param name="by">The op that asks, for the error.</param>
    /// <exception cref="ShapeException">An axis is out of range or named twice.</exception>
    public static Axes Of(scoped ReadOnlySpan<int> axes, in Shape shape, [CallerMemberName] string by = "")
    {
        int mask = 0;
        foreach (int axis in axes)
        {
            int bit = 1 << Normalize(axis, shape, by);
            if ((mask & bit) != 0)
                ShapeThrow.AxisTwice(axes, axis, shape, by);
            mask |= bit;
        }

        return new Axes(mask);
    }

    /// <summary>All axes of a tensor.</summary>
    /// <param name="rank">Its rank, 0 to <see cref="Shape.MaxRank"/>.</param>
    public static Axes All(int rank)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rank);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rank, Shape.MaxRank);
        return new Axes((1 << rank) - 1);
    }

    /// <summary>Counts a negative axis from the end: the answer is 0 to rank - 1.</summary>
    /// <param name="axis">An axis from -rank to rank - 1.</param>
    /// <param name="shape">The shape of the tensor.</param>
    /// <param name="by">The op that asks, for the error.</param>
    /// <exception cref="ShapeException">The axis is out of range.</exception>
    public static int Normalize(int axis, in Shape shape, [CallerMemberName] string by = "")
    {
        int normal = axis < 0 ? axis + shape.Rank : axis;
        if ((uint)normal >= (uint)shape.Rank)
            ShapeThrow.AxisOutOfRange(axis, shape, by);
        return normal;
    }

    /// <summary>Where a new axis will stand, counted from the front: the answer is 0 to rank.</summary>
    /// <param name="axis">A place in the result, from -rank - 1 to rank.</param>
    /// <param name="shape">The shape without the new axis.</param>
    /// <param name="by">The op that asks, for the error.</param>
    /// <exception cref="ShapeException">The place is out of range, or the rank is <see cref="Shape.MaxRank"/> already.</exception>
    public static int NormalizeNew(int axis, in Shape shape, [CallerMemberName] string by = "")
    {
        int place = axis < 0 ? axis + shape.Rank + 1 : axis;
        if ((uint)place > (uint)shape.Rank)
            ShapeThrow.NewAxisOutOfRange(axis, shape, by);
        if (shape.Rank == Shape.MaxRank)
            ShapeThrow.NoRoomForAxis(shape, by);
        return place;
    }

    /// <summary>Whether an axis, 0 or more, is in the set.</summary>
    public bool Contains(int axis) => (uint)axis < Shape.MaxRank && (Mask >> axis & 1) != 0;

    /// <inheritdoc/>
    public bool Equals(Axes other) => Mask == other.Mask;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Axes other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Mask;

    /// <summary>The axes in braces: <c>{0, 2}</c>.</summary>
    public override string ToString()
    {
        List<int> axes = [];
        for (int axis = 0; axis < Shape.MaxRank; axis++)
        {
            if (Contains(axis))
                axes.Add(axis);
        }

        return $"{{{string.Join(", ", axes)}}}";
    }
}
