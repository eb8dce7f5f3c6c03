using System.Numerics;
using Workspaces.Kernels.Team;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Workspaces.Kernels.Rows;

/// <summary>Rows of a contiguous table [count, columns] chosen by indices, and their sums brought back to it.</summary>
internal static class RowGather
{
    /// <summary>Columns at a multiple of which parts begin, and the least of one.</summary>
    private const int LeastColumns = 64;

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
    public static void ScatterAdd<T, TIndex>(
        ReadOnlySpan<T> rows, ReadOnlySpan<TIndex> indices, Span<T> table, int columns, long padding, KernelTeam? team = null)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        int parts = team is null ? 1 : Math.Clamp(columns / LeastColumns, 1, team.Threads);
        var job = new ScatterJob<T, TIndex> { Rows = rows, Indices = indices, Table = table, Columns = columns, Padding = padding, Parts = parts };
        if (team is null || parts == 1) job.Execute(0);
        else team.Run(parts, ref job);
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

    /// <summary>A part has columns of its own and all rows, so sums have one order whatever the number of threads.</summary>
    private ref struct ScatterJob<T, TIndex> : IKernelJob
        where T : unmanaged, IFloatingPointIeee754<T>
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        public ReadOnlySpan<T> Rows;
        public ReadOnlySpan<TIndex> Indices;
        public Span<T> Table;
        public int Columns, Parts;
        public long Padding;

        public readonly void Execute(int part)
        {
            int grains = Columns / LeastColumns, first = grains * part / Parts * LeastColumns;
            int count = (part == Parts - 1 ? Columns : grains * (part + 1) / Parts * LeastColumns) - first;
            for (int i = 0; i < Indices.Length; i++)
            {
                int index = int.CreateTruncating(Indices[i]);
                if (index == Padding)
                    continue;
                Span<T> row = Table.Slice((index * Columns) + first, count);
                TensorPrimitives.Add(row, Rows.Slice((i * Columns) + first, count), row);
            }
        }
    }
}
