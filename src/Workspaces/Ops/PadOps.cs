using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Axes made longer or turned round.</summary>
public static class PadOps
{
    extension(Tensor x)
    {
        /// <summary>The tensor with elements added at the ends of its last axes.</summary>
        /// <param name="widths">Pairs (before, after), the last axis first, as PyTorch takes them; 0 or more.</param>
        /// <param name="mode">What is added.</param>
        /// <param name="value">The number that <see cref="PadMode.Constant"/> adds.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ShapeException">The widths are no pairs, are more than the axes, are negative, or are too wide to mirror or repeat.</exception>
        /// <exception cref="ArgumentException">An integer tensor cannot hold the value.</exception>
        public Tensor Pad(ReadOnlySpan<long> widths, PadMode mode = PadMode.Constant, double value = 0)
        {
            Shape shape = x.Checked(nameof(Pad)).Layout.Shape;
            CheckWidths(shape, widths, mode);
            if (x.DType != DType.Bool) Dispatch.RequireExact(x, value, nameof(Pad));
            AxisPattern pattern = mode switch { PadMode.Reflect => AxisPattern.Reflect, PadMode.Replicate => AxisPattern.Replicate, _ => AxisPattern.Constant };
            Tensor current = x;
            bool owned = false;
            for (int i = 0; i < widths.Length; i += 2)
            {
                if (widths[i] == 0 && widths[i + 1] == 0) continue;
                int axis = shape.Rank - 1 - (i / 2);
                current = Next(current, owned, axis, pattern, widths[i], shape[axis] + widths[i] + widths[i + 1], value, nameof(Pad));
                owned = true;
            }

            return owned ? current : x.Copy();
        }

        /// <summary>The tensor with axes in reverse order.</summary>
        /// <param name="axes">The axes, each once.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ShapeException">An axis does not exist or is named twice.</exception>
        public Tensor Flip(params ReadOnlySpan<int> axes)
        {
            Shape shape = x.Checked(nameof(Flip)).Layout.Shape;
            Axes.Of(axes, shape, nameof(Flip));
            Tensor current = x;
            for (int i = 0; i < axes.Length; i++)
            {
                int axis = Axes.Normalize(axes[i], shape, nameof(Flip));
                current = Next(current, i > 0, axis, AxisPattern.Reverse, 0, shape[axis], 0, nameof(Flip));
            }

            return axes.IsEmpty ? x.Copy() : current;
        }

        /// <summary>The tensor over and over along its axes.</summary>
        /// <param name="times">How often, one number an axis; more numbers than axes add axes in front, fewer stand for the last ones.</param>
        /// <returns>A new tensor.</returns>
        /// <exception cref="ShapeException">A number is negative, or there would be too many axes.</exception>
        public Tensor Tile(params ReadOnlySpan<long> times)
        {
            Tensor current = x;
            for (int missing = times.Length - x.Checked(nameof(Tile)).Layout.Rank; missing > 0; missing--) current = current.Unsqueeze(0);
            Shape shape = current.Shape;
            for (int i = 0; i < times.Length; i++)
            {
                int axis = shape.Rank - times.Length + i;
                if (times[i] < 0) OpThrow.SizeParameter(nameof(times), nameof(Tile), x, times[i], "a number of repetitions is 0 or more", "give such a number");
                if ((Int128)shape[axis] * times[i] > int.MaxValue)
                    OpThrow.SizeParameter(nameof(times), nameof(Tile), x, times[i], $"axis {axis} would have more than {int.MaxValue} elements", "give a smaller number");
            }

            bool owned = false;
            for (int i = 0; i < times.Length; i++)
            {
                if (times[i] == 1) continue;
                int axis = shape.Rank - times.Length + i;
                current = Next(current, owned, axis, AxisPattern.Tile, 0, shape[axis] * times[i], 0, nameof(Tile));
                owned = true;
            }

            return owned ? current : current.Copy();
        }
    }

    /// <summary>One more axis; an intermediate result is given back as soon as it has been read.</summary>
    private static Tensor Next(Tensor current, bool owned, int axis, AxisPattern pattern, long before, long size, double value, string name)
    {
        using Tensor done = owned ? current : default;
        return AxisMaps.Run(name, current, axis, pattern, before, size, value);
    }

    private static void CheckWidths(in Shape shape, ReadOnlySpan<long> widths, PadMode mode)
    {
        bool fits = widths.Length % 2 == 0 && widths.Length / 2 <= shape.Rank;
        for (int i = 0; fits && i < widths.Length; i++)
        {
            long size = shape[shape.Rank - 1 - (i / 2)];
            fits = widths[i] >= 0 && (Int128)size + widths[i] + widths[i ^ 1] <= int.MaxValue
                && (mode != PadMode.Reflect || widths[i] < Math.Max(1, size)) && (mode != PadMode.Replicate || size > 0 || widths[i] == 0);
        }

        if (!fits)
            throw new ShapeException(
                $"pad {shape} by {ShapeThrow.Text(widths)}, {mode}", nameof(Pad),
                "widths are pairs of 0 or more for the last axes, below the axis's size where it is mirrored; an empty axis has no edge to repeat, "
                + $"and a padded one at most {int.MaxValue} elements",
                "give (before, after) for the last axis first");
    }
}
