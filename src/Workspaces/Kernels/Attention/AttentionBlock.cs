using System.Numerics;
using Workspaces.Kernels.Elementwise;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Workspaces.Kernels.Attention;

/// <summary>The probabilities of a block of queries: scores made by a product become weights in place.</summary>
internal static class AttentionBlock
{
    /// <summary>Queries that are treated at a time, so that scratch grows with the keys and not with their square.</summary>
    public const int Rows = 64;

    /// <summary>
    /// Scales, masks and normalises scores, row by row. A row with nothing to see becomes 0 rather than NaN.
    /// </summary>
    /// <param name="scores">[rows, columns]: products of queries with the keys that the last of them may see.</param>
    /// <param name="rows">Queries of the block.</param>
    /// <param name="columns">Keys.</param>
    /// <param name="firstQuery">Number of the first query, for the causal mask.</param>
    /// <param name="settings">Scale and the causal mask.</param>
    /// <param name="filter">Other masks.</param>
    /// <param name="batch">Number of the batch, for the masks.</param>
    /// <param name="head">Number of the head, for the masks.</param>
    public static void Softmax<T>(
        Span<T> scores, int rows, int columns, int firstQuery, in AttentionSettings settings, in AttentionFilter<T> filter, int batch, int head)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T scale = T.CreateTruncating(settings.Scale);
        for (int r = 0; r < rows; r++)
        {
            Span<T> row = scores.Slice(r * columns, columns);
            int seen = settings.IsCausal ? Math.Min(columns, firstQuery + r + 1) : columns;
            row[seen..].Clear();
            row = row[..seen];
            TensorPrimitives.Multiply(row, scale, row);
            filter.Mask(row, batch, head, firstQuery + r, settings.Keys);
            if (seen > 0)
                Normalize(row);
        }
    }

    /// <summary>dScores = scale · P (dP - Σ P dP), row by row, over <paramref name="slopes"/>, which holds dP.</summary>
    /// <param name="probabilities">[rows, columns].</param>
    /// <param name="slopes">[rows, columns], changed.</param>
    /// <param name="rows">Queries of the block.</param>
    /// <param name="columns">Keys.</param>
    /// <param name="firstQuery">Number of the first query, for the mask.</param>
    /// <param name="settings">The scale.</param>
    /// <param name="filter">A mask that wants a gradient.</param>
    /// <param name="batch">Number of the batch, for the mask.</param>
    /// <param name="head">Number of the head, for the mask.</param>
    public static void Backward<T>(
        ReadOnlySpan<T> probabilities, Span<T> slopes, int rows, int columns, int firstQuery, in AttentionSettings settings, in AttentionFilter<T> filter,
        int batch, int head)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T factor = T.CreateTruncating(settings.Scale);
        for (int r = 0; r < rows; r++)
        {
            ReadOnlySpan<T> p = probabilities.Slice(r * columns, columns);
            Span<T> row = slopes.Slice(r * columns, columns);
            T dot = TensorPrimitives.Dot(p, row);
            TensorPrimitives.Subtract(row, dot, row);
            TensorPrimitives.Multiply(row, p, row);
            filter.AddGradient(row, batch, head, firstQuery + r);
            TensorPrimitives.Multiply(row, factor, row);
        }
    }

    private static void Normalize<T>(Span<T> row)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T largest = TensorPrimitives.Max<T>(row);
        if (T.IsNegativeInfinity(largest))
        {
            row.Clear();
            return;
        }

        TensorPrimitives.Subtract(row, largest, row);
        SteadyMath.Exp<T>(row, row);
        TensorPrimitives.Divide(row, TensorPrimitives.Sum<T>(row), row);
    }
}
