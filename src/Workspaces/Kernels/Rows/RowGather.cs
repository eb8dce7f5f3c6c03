using System.Numerics;
using Workspaces.Kernels.Team;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Workspaces.Kernels.Rows;

/// <summary>Rows of a contiguous table [count, columns] chosen by indices, and their sums brought back to it.</summary>
internal static class RowGather
{
    private const int PartsPerThread = 8;

    /// <summary>-1, or the first position whose index is not a row.</summary>
    public static int FirstBad<TIndex>(ReadOnlySpan<TIndex> indices, long count)
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        for (int i = 0; i < indices.Length; i++)
        {
            long index = long.CreateSaturating(indices[i]);
            if (index < 0 || index >= count)
                return i;
        }

        return -1;
    }

    /// <summary>y[i] = table[indices[i]]; the indices have been checked.</summary>
    public static void Gather<T, TIndex>(ReadOnlySpan<T> table, ReadOnlySpan<TIndex> indices, Span<T> y, int columns, KernelTeam? team = null)
        where T : unmanaged
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        int parts = team is null ? 1 : Math.Clamp(indices.Length, 1, team.Threads * PartsPerThread);
        var job = new GatherJob<T, TIndex> { Table = table, Indices = indices, Y = y, Columns = columns, Parts = parts };
        if (team is null || parts == 1) job.Execute(0);
        else team.Run(parts, ref job);
    }

    /// <summary>table[indices[i]] += rows[i], in the order of i; positions with the padding index are left out.</summary>
    public static void ScatterAdd<T, TIndex>(ReadOnlySpan<T> rows, ReadOnlySpan<TIndex> indices, Span<T> table, int columns, long padding)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        for (int i = 0; i < indices.Length; i++)
        {
            int index = int.CreateTruncating(indices[i]);
            if (index == padding)
                continue;
            Span<T> row = table.Slice(index * columns, columns);
            TensorPrimitives.Add(row, rows.Slice(i * columns, columns), row);
        }
    }

    private ref struct GatherJob<T, TIndex> : IKernelJob
        where T : unmanaged
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        public ReadOnlySpan<T> Table;
        public ReadOnlySpan<TIndex> Indices;
        public Span<T> Y;
        public int Columns, Parts;

        public readonly void Execute(int part)
        {
            int end = (int)((long)Indices.Length * (part + 1) / Parts);
            for (int i = (int)((long)Indices.Length * part / Parts); i < end; i++)
                Table.Slice(int.CreateTruncating(Indices[i]) * Columns, Columns).CopyTo(Y.Slice(i * Columns, Columns));
        }
    }
}
