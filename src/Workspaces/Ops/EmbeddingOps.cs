using System.Numerics;
using Workspaces.Autograd;
using Workspaces.Kernels.Rows;
using Workspaces.Memory;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>Rows of a table, chosen by indices.</summary>
public static class EmbeddingOps
{
    private const string By = nameof(Embedding);

    /// <summary>Bytes in the time of which a byte is read and written: what is written has been written by the other core, and is written row by row.</summary>
    private const int CopyFactor = 4;

    extension(Tensor table)
    {
        /// <summary>The rows that indices name. Rows named several times add up their gradients, in the order of the indices.</summary>
        /// <param name="indices">int64 or int32 of any shape, each 0 to rows - 1.</param>
        /// <param name="paddingIndex">Row whose gradient stays 0, or -1 for none.</param>
        /// <returns>A new tensor: the shape of the indices, then the columns of the table.</returns>
        /// <exception cref="ShapeException">The table has not two axes.</exception>
        /// <exception cref="ArgumentException">Wrong data types, or an index out of range.</exception>
        public Tensor Embedding(Tensor indices, long paddingIndex = -1)
        {
            Shape shape = Check(table, indices, paddingIndex);
            Tensor rows = table.Contiguous(), chosen = indices.Contiguous();
            using Tensor madeRows = Arithmetic.Made(rows, table), madeChosen = Arithmetic.Made(chosen, indices);
            Tensor y = Forward(rows, chosen, shape);
            if (Tape.Records(rows)) Tape.Record(EmbeddingBackward.Instance, y, rows).Save(0, chosen).Number = paddingIndex;
            return y;
        }
    }

    private static Shape Check(Tensor table, Tensor indices, long paddingIndex)
    {
        Shape rows = table.Checked(By).Layout.Shape, chosen = indices.Checked(By).Layout.Shape;
        if (rows.Rank != 2 || chosen.Rank == Shape.MaxRank)
            throw new ShapeException(
                $"choose rows of {rows} with indices {chosen}", By, $"a table has two axes, and indices at most {Shape.MaxRank - 1}",
                "give a table [rows, columns], and Flatten the indices");
        Dispatch.RequireFloat(table, By);
        if (indices.DType is not (DType.I64 or DType.I32))
            OpThrow.NotIntegers(By, table, indices, "indices");
        if (paddingIndex < -1 || paddingIndex >= rows[0])
            throw new ArgumentException(WorkspaceException.Compose(
                $"use row {paddingIndex} of {rows} for padding", By, $"the table has rows 0 to {rows[0] - 1}", "name one of them, or -1 for none"));
        Span<long> dims = stackalloc long[Shape.MaxRank];
        chosen.AsSpan().CopyTo(dims);
        dims[chosen.Rank] = rows[1];
        return new Shape(dims[..(chosen.Rank + 1)]);
    }

    private static Tensor Forward(Tensor table, Tensor indices, in Shape shape)
    {
        using var op = new OpScope(By, table, indices);
        Tensor y = op.Allocate(table.DType, shape);
        if (op.Computes)
        {
            if (table.DType == DType.F32) Gather<float>(op, table, indices, y);
            else Gather<double>(op, table, indices, y);
        }

        op.Complete();
        return y;
    }

    private static void Gather<T>(in OpScope op, Tensor table, Tensor indices, Tensor y)
        where T : unmanaged
    {
        if (indices.DType == DType.I64) Gather<T, long>(op, table, indices, y);
        else Gather<T, int>(op, table, indices, y);
    }

    private static void Gather<T, TIndex>(in OpScope op, Tensor table, Tensor indices, Tensor y)
        where T : unmanaged
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        ReadOnlySpan<TIndex> chosen = op.ReadSpan<TIndex>(indices);
        int bad = RowGather.FirstBad(chosen, table.Shape[0]);
        if (bad >= 0) ThrowIndex(bad, long.CreateSaturating(chosen[bad]), table.Shape, indices.Shape);
        RowGather.Gather(op.ReadSpan<T>(table), chosen, op.WriteSpan<T>(y), (int)table.Shape[1], ComputeTeams.For(op.Frame, CopyFactor * y.Length * y.DType.SizeInBytes));
    }

    private static void ThrowIndex(int position, long index, in Shape table, in Shape indices) => throw new ArgumentException(WorkspaceException.Compose(
        $"choose row {index} of {table} with indices {indices}", $"{By}, index {position}", $"the table has {table[0]} rows, so indices run from 0 to {table[0] - 1}",
        "check the data, or make the table as large as the vocabulary"));

    /// <summary>dTable[indices[i]] += dY[i]; 0 in rows that no index names.</summary>
    private sealed class EmbeddingBackward : Differential
    {
        internal static readonly EmbeddingBackward Instance = new();

        internal override string Name => By;

        internal override void Backward(in BackwardContext context)
        {
            Tensor indices = context.Saved(0), given = context.Gradient, dY = given.Layout.IsContiguous ? given : Arithmetic.Copy(given, Name);
            using Tensor made = Arithmetic.Made(dY, given);
            Tensor dTable = context.Target(0, context.Node[0].Shape, out bool accumulate);
            if (!accumulate) Arithmetic.FillInPlace(dTable, 0);
            using var op = new OpScope(Name, indices, dY, dTable);
            op.BeginWrite(dTable, mayBeLeaf: true);
            if (op.Computes)
            {
                if (dY.DType == DType.F32) Scatter<float>(op, indices, dY, dTable, context.Node.Number);
                else Scatter<double>(op, indices, dY, dTable, context.Node.Number);
            }

            op.Complete();
        }

        private static void Scatter<T>(in OpScope op, Tensor indices, Tensor dY, Tensor dTable, long padding)
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            int columns = (int)dTable.Shape[1];
            if (indices.DType == DType.I64)
                RowGather.ScatterAdd(op.ReadSpan<T>(dY), op.ReadSpan<long>(indices), op.WriteSpan<T>(dTable), columns, padding);
            else
                RowGather.ScatterAdd(op.ReadSpan<T>(dY), op.ReadSpan<int>(indices), op.WriteSpan<T>(dTable), columns, padding);
        }
    }
}
