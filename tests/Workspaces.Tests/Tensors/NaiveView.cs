namespace Workspaces.Tests.Tensors;

/// <summary>The slowest possible view: sizes and the position of every element in row-major order, copied by each operation.</summary>
internal sealed record NaiveView(long[] Dims, long[] Positions)
{
    public static NaiveView Contiguous(long[] dims, long offset = 0) =>
        new(dims, [.. Enumerable.Range(0, (int)Product(dims)).Select(k => offset + k)]);

    /// <summary>NumPy's rule, or null where it refuses.</summary>
    public static long[]? Broadcast(long[] a, long[] b)
    {
        int rank = Math.Max(a.Length, b.Length);
        long[] left = Padded(a, rank), right = Padded(b, rank);
        for (int axis = 0; axis < rank; axis++)
        {
            if (left[axis] != right[axis] && left[axis] != 1 && right[axis] != 1)
                return null;
        }

        return [.. left.Zip(right, (l, r) => l == 1 ? r : l)];
    }

    public NaiveView Transpose(int a, int b)
    {
        int[] order = [.. Enumerable.Range(0, Dims.Length)];
        (order[a], order[b]) = (order[b], order[a]);
        return Permute(order);
    }

    public NaiveView Permute(int[] order) => Gather([.. order.Select(axis => Dims[axis])], at =>
    {
        long[] source = new long[Dims.Length];
        for (int axis = 0; axis < order.Length; axis++)
            source[order[axis]] = at[axis];
        return source;
    });

    public NaiveView Slice(int axis, long start, long length, long step) =>
        Gather([.. Dims.Select((d, k) => k == axis ? length : d)], at => [.. at.Select((c, k) => k == axis ? start + (c * step) : c)]);

    public NaiveView Select(int axis, long index) =>
        Gather([.. Dims.Where((_, k) => k != axis)], at => [.. at[..axis], index, .. at[axis..]]);

    public NaiveView BroadcastTo(long[] target) => Gather(target, at =>
        [.. at[(target.Length - Dims.Length)..].Select((c, k) => Dims[k] == 1 ? 0 : c)]);

    public NaiveView Reshape(long[] dims) => new(dims, Positions);

    /// <summary>Whether one stride for each axis reproduces all positions: found by trying the only candidates there are.</summary>
    public bool HasStridesFor(long[] dims)
    {
        if (Positions.Length == 0)
            return true;
        long[] strides = new long[dims.Length];
        for (int axis = 0; axis < dims.Length; axis++)
            strides[axis] = dims[axis] == 1 ? 0 : Positions[Product(dims[(axis + 1)..])] - Positions[0];
        int next = 0;
        return Coordinates(dims).All(at => Positions[next++] == Positions[0] + at.Zip(strides, (c, s) => c * s).Sum());
    }

    private static long Product(long[] dims) => dims.Aggregate(1L, (p, d) => p * d);

    private static long[] Padded(long[] dims, int rank) => [.. Enumerable.Repeat(1L, rank - dims.Length), .. dims];

    private static IEnumerable<long[]> Coordinates(long[] dims)
    {
        for (long k = 0, count = Product(dims); k < count; k++)
        {
            long[] at = new long[dims.Length];
            long rest = k;
            for (int axis = dims.Length - 1; axis >= 0; axis--)
                (rest, at[axis]) = (rest / dims[axis], rest % dims[axis]);
            yield return at;
        }
    }

    private NaiveView Gather(long[] dims, Func<long[], long[]> source) =>
        new(dims, [.. Coordinates(dims).Select(at => Positions[Flat(source(at))])]);

    private long Flat(long[] at)
    {
        long flat = 0;
        for (int axis = 0; axis < Dims.Length; axis++)
            flat = (flat * Dims[axis]) + at[axis];
        return flat;
    }
}
