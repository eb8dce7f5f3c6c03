using System.Runtime.CompilerServices;

namespace Workspaces.Tensors;

/// <summary>
/// NumPy's rule for operands of different shapes: align them at the last axis; sizes must be equal or 1, and a 1 is stretched.
/// </summary>
public static class Broadcasting
{
    /// <summary>The shape of an elementwise op on these two shapes.</summary>
    /// <param name="a">The left operand's shape.</param>
    /// <param name="b">The right operand's shape.</param>
    /// <param name="by">The op that asks, for the error.</param>
    /// <exception cref="ShapeException">Two sizes differ and neither is 1, or the result has too many elements.</exception>
    public static Shape Shapes(in Shape a, in Shape b, [CallerMemberName] string by = "")
    {
        if (!TryShapes(a, b, out Shape shape, by))
            ShapeThrow.CannotBroadcast(a, b, by);
        return shape;
    }

    /// <summary>As <see cref="Shapes"/>, for callers that have more to say about shapes that do not fit.</summary>
    /// <param name="a">The left operand's shape.</param>
    /// <param name="b">The right operand's shape.</param>
    /// <param name="shape">The shape of the result.</param>
    /// <param name="by">The op that asks, for the error.</param>
    /// <returns>False when two sizes differ and neither is 1.</returns>
    /// <exception cref="ShapeException">The result has too many elements.</exception>
    public static bool TryShapes(in Shape a, in Shape b, out Shape shape, [CallerMemberName] string by = "")
    {
        shape = default;
        int rank = Math.Max(a.Rank, b.Rank);
        AxisBuffer dims = default;
        for (int fromEnd = 1; fromEnd <= rank; fromEnd++)
        {
            long left = fromEnd <= a.Rank ? a[-fromEnd] : 1;
            long right = fromEnd <= b.Rank ? b[-fromEnd] : 1;
            if (left != right && left != 1 && right != 1)
                return false;
            dims[rank - fromEnd] = left == 1 ? right : left;
        }

        shape = new Shape(((ReadOnlySpan<long>)dims)[..rank], by);
        return true;
    }

    /// <summary>
    /// The axes of <paramref name="result"/> over which <paramref name="operand"/> was stretched, missing leading axes
    /// included: a gradient is summed over them to get the operand's shape back.
    /// </summary>
    /// <param name="operand">The operand's shape, which broadcasts to the result.</param>
    /// <param name="result">The broadcast shape.</param>
    /// <param name="by">The op that asks, for the error.</param>
    /// <exception cref="ShapeException">The operand does not broadcast to the result.</exception>
    public static Axes StretchedAxes(in Shape operand, in Shape result, [CallerMemberName] string by = "")
    {
        int missing = result.Rank - operand.Rank;
        Span<int> stretched = stackalloc int[Shape.MaxRank];
        int count = 0;
        for (int axis = 0; axis < result.Rank; axis++)
        {
            long size = axis < missing ? 1 : operand[axis - missing];
            if (axis < missing || (size == 1 && result[axis] != 1))
                stretched[count++] = axis;
            else if (size != result[axis])
                ShapeThrow.CannotBroadcastTo(operand, result, axis, by);
        }

        if (missing < 0)
            ShapeThrow.CannotBroadcastTo(operand, result, 0, by);
        return Axes.Of(stretched[..count], result, by);
    }
}
