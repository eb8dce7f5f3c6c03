using System.Runtime.CompilerServices;

namespace Workspaces.Tensors;

/// <content>Reshaping without a copy, where the strides permit it.</content>
public readonly partial struct Layout
{
    /// <summary>Tries to see the same elements, in the same row-major order, under another shape.</summary>
    /// <param name="dims">The wished sizes; one may be -1 and is inferred.</param>
    /// <param name="view">
    /// True: the view. False: the contiguous layout at offset 0 that a copy of the elements has to have.
    /// </param>
    /// <param name="by">The op that asks, for the error.</param>
    /// <returns>False when no strides can express the shape, so that a copy is needed.</returns>
    /// <exception cref="ShapeException">The sizes do not fit the number of elements.</exception>
    public bool TryReshape(scoped ReadOnlySpan<long> dims, out Layout view, [CallerMemberName] string by = "")
    {
        Shape target = _shape.Reshape(dims, by);
        if (target == _shape)
        {
            view = this;
            return true;
        }

        if (Length == 0)
        {
            view = Contiguous(target, Offset);
            return true;
        }

        bool fits = TryMapStrides(target, out AxisBuffer steps);
        view = fits ? View(target.Buffer, steps, target.Rank, Offset, by) : Contiguous(target);
        return fits;
    }

    // Both shapes are walked from the last axis. Neighbouring axes of this layout that step through memory like one long
    // axis form a run; the target's axes must fill each run exactly:
    //
    //     [4, 2, 3] strides [12, 3, 1]      runs: 4 (step 12) | 6 (step 1)
    //     to [2, 2, 6]: 6 fills the second run, 2·2 the first     strides [24, 12, 1]
    //     to [8, 3]:    3 then 8 passes the boundary              a copy is needed
    private bool TryMapStrides(in Shape target, out AxisBuffer mapped)
    {
        mapped = default;
        ReadOnlySpan<long> dims = _shape.AsSpan(), steps = _strides.AsSpan();
        int axis = dims.Length - 1;
        int next = target.Rank - 1;
        while (axis >= 0)
        {
            long run = dims[axis], step = steps[axis];
            axis--;
            if (run == 1)
                continue;

            // run·step < 2⁶⁴ because run - 1 steps lie inside the extent; a product beyond a long is negative, so unequal.
            while (axis >= 0 && (dims[axis] == 1 || steps[axis] == run * step))
            {
                run *= dims[axis];
                axis--;
            }

            long filled = 1;
            while (filled < run)
            {
                mapped[next] = filled * step;
                filled *= target.Buffer[next];
                next--;
            }

            if (filled != run)
                return false;
        }

        for (; next >= 0; next--)
            mapped[next] = next + 1 < target.Rank ? StrideOfLeadingOne(target.Buffer[next + 1], mapped[next + 1]) : 1;
        return true;
    }

    // Only axes of size 1 are left over in front; as for Unsqueeze, contiguous layouts stay equal to Contiguous(shape).
    private static long StrideOfLeadingOne(long size, long step) => size <= long.MaxValue / Math.Max(step, 1) ? size * step : 1;
}
