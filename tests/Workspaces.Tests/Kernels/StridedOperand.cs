namespace Workspaces.Tests.Kernels;

/// <summary>A random layout of a shape: dimensions in any order, with gaps, perhaps broadcast; and its naive reading.</summary>
internal sealed class StridedOperand
{
    public StridedOperand(Random random, long[] shape, bool broadcast)
    {
        Shape = shape;
        Strides = new long[shape.Length];
        int[] order = [.. Enumerable.Range(0, shape.Length)];
        if (random.Next(2) == 0)
            random.Shuffle(order);
        long step = random.Next(4) == 0 ? 2 : 1;
        foreach (int d in Enumerable.Reverse(order))
        {
            bool repeat = broadcast && random.Next(4) == 0;
            Strides[d] = repeat ? 0 : step;
            step = repeat ? step : (step * Math.Max(1, shape[d])) + (random.Next(5) == 0 ? 3 : 0);
        }

        Extent = shape.Contains(0) ? 0 : 1 + (int)shape.Zip(Strides, (n, s) => (n - 1) * s).Sum();
    }

    public long[] Shape { get; }

    public long[] Strides { get; }

    /// <summary>Elements from the first to the last.</summary>
    public int Extent { get; }

    /// <summary>The offsets of all elements in row-major order.</summary>
    public IEnumerable<int> Offsets()
    {
        long count = Shape.Aggregate(1L, (a, b) => a * b);
        for (long i = 0; i < count; i++)
        {
            long rest = i, offset = 0;
            for (int d = Shape.Length - 1; d >= 0; d--)
            {
                offset += rest % Shape[d] * Strides[d];
                rest /= Shape[d];
            }

            yield return (int)offset;
        }
    }

    /// <summary>A random shape of 0 to 5 dimensions, sometimes with a long or an empty one.</summary>
    public static long[] RandomShape(Random random)
    {
        var shape = new long[random.Next(6)];
        for (int d = 0; d < shape.Length; d++)
            shape[d] = random.Next(30) == 0 ? 0 : random.Next(1, 6);
        if (shape.Length is > 0 and < 5 && random.Next(2) == 0)
            shape[random.Next(shape.Length)] = random.Next(1, 70);
        return shape;
    }
}
