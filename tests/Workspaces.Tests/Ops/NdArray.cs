namespace Workspaces.Tests.Ops;

/// <summary>A row-major array of doubles with the few operations that references are written in: slow, plain, and apart from the library.</summary>
public sealed class NdArray(int[] dims, double[] data)
{
    public int[] Dims { get; } = dims;

    public double[] Data { get; } = data;

    public int Rank => Dims.Length;

    public double this[params int[] index]
    {
        get => Data[Position(index)];
        set => Data[Position(index)] = value;
    }

    public static NdArray Build(int[] dims, Func<int[], double> value)
    {
        var result = new NdArray(dims, new double[dims.Aggregate(1, (product, size) => product * size)]);
        for (int flat = 0; flat < result.Data.Length; flat++) result.Data[flat] = value(result.IndexOf(flat));
        return result;
    }

    public NdArray Map(Func<double, double> function) => new(Dims, [.. Data.Select(function)]);

    /// <summary>Combines two arrays element by element, broadcast.</summary>
    public NdArray Zip(NdArray other, Func<double, double, double> function)
    {
        int rank = Math.Max(Rank, other.Rank);
        var dims = new int[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            int left = axis - rank + Rank, right = axis - rank + other.Rank;
            int a = left < 0 ? 1 : Dims[left], b = right < 0 ? 1 : other.Dims[right];
            dims[axis] = a == 1 ? b : a;
        }

        return Build(dims, index => function(Stretched(index), other.Stretched(index)));
    }

    /// <summary>The element that stands at a place of a larger, broadcast shape.</summary>
    public double Stretched(int[] index)
    {
        var own = new int[Rank];
        for (int axis = 0; axis < Rank; axis++) own[axis] = Dims[axis] == 1 ? 0 : index[index.Length - Rank + axis];
        return this[own];
    }

    /// <summary>Folds the elements along axes, each group given as a list.</summary>
    public NdArray Reduce(int[] axes, bool keepDims, Func<List<double>, double> fold)
    {
        bool[] reduced = [.. Enumerable.Range(0, Rank).Select(axis => axes.Length == 0 || axes.Contains(axis) || axes.Contains(axis - Rank))];
        int[] kept = [.. Dims.Select((size, axis) => reduced[axis] ? 1 : size)];
        NdArray groups = Build(kept, _ => 0);
        var lists = groups.Data.Select(_ => new List<double>()).ToArray();
        for (int flat = 0; flat < Data.Length; flat++)
        {
            int[] index = IndexOf(flat);
            for (int axis = 0; axis < Rank; axis++) index[axis] = reduced[axis] ? 0 : index[axis];
            lists[groups.Position(index)].Add(Data[flat]);
        }

        int[] dims = keepDims ? kept : [.. Dims.Where((_, axis) => !reduced[axis])];
        return new NdArray(dims, [.. lists.Select(fold)]);
    }

    public NdArray Permute(params int[] order) => Build([.. order.Select(axis => Dims[axis])], index =>
    {
        var source = new int[Rank];
        for (int axis = 0; axis < Rank; axis++) source[order[axis]] = index[axis];
        return this[source];
    });

    public NdArray Reshape(params int[] dims) => new(dims, Data);

    /// <summary>The product over the last two axes, batches broadcast.</summary>
    public NdArray MatMul(NdArray other)
    {
        int rows = Dims[^2], inner = Dims[^1], columns = other.Dims[^1];
        NdArray batches = new NdArray(Dims[..^2], new double[Count(Dims[..^2])]).Zip(new NdArray(other.Dims[..^2], new double[Count(other.Dims[..^2])]), (_, _) => 0);
        return Build([.. batches.Dims, rows, columns], index =>
        {
            double sum = 0;
            for (int k = 0; k < inner; k++)
                sum += Batched(index[..^2], index[^2], k) * other.Batched(index[..^2], k, index[^1]);
            return sum;
        });
    }

    public int[] IndexOf(int flat)
    {
        var index = new int[Rank];
        for (int axis = Rank - 1; axis >= 0; axis--)
        {
            index[axis] = flat % Dims[axis];
            flat /= Dims[axis];
        }

        return index;
    }

    private static int Count(int[] dims) => dims.Aggregate(1, (product, size) => product * size);

    private double Batched(int[] batch, int row, int column)
    {
        var own = new int[Rank];
        for (int axis = 0; axis < Rank - 2; axis++) own[axis] = Dims[axis] == 1 ? 0 : batch[batch.Length - (Rank - 2) + axis];
        own[^2] = row;
        own[^1] = column;
        return this[own];
    }

    private int Position(int[] index)
    {
        int position = 0;
        for (int axis = 0; axis < Rank; axis++) position = (position * Dims[axis]) + index[axis];
        return position;
    }
}
