using System.Numerics;
using Workspaces.Kernels.Random;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Workspaces.Kernels.Attention;

/// <summary>What is left out of an attention, or added to its scores; by default nothing.</summary>
internal readonly ref struct AttentionFilter<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>[batches, keys], true to leave a key out; or empty.</summary>
    public ReadOnlySpan<bool> Padding { get; init; }

    /// <summary>True for keys that a query sees, laid out as <see cref="Layout"/> says; or empty.</summary>
    public ReadOnlySpan<bool> Visible { get; init; }

    /// <summary>Added to the scaled scores, laid out as <see cref="Layout"/> says; or empty.</summary>
    public ReadOnlySpan<T> Added { get; init; }

    /// <summary>Where the gradient of <see cref="Added"/> is added to, laid out alike; or empty. Matrices may share its elements: then one thread has to do them all.</summary>
    public Span<T> Gradient { get; init; }

    /// <summary>How the mask lies.</summary>
    public MaskLayout Layout { get; init; }

    /// <summary>Which probabilities are dropped.</summary>
    public DropoutDraw Dropout { get; init; }

    /// <summary>Masks the scaled scores of one query with its first keys.</summary>
    public void Mask(Span<T> scores, int batch, int head, int query, int keys)
    {
        if (!Padding.IsEmpty)
        {
            ReadOnlySpan<bool> padding = Padding.Slice(batch * keys, keys);
            for (int key = 0; key < scores.Length; key++)
            {
                if (padding[key])
                    scores[key] = T.NegativeInfinity;
            }
        }

        int start = Layout.Start(batch, head, query), step = Layout.Key;
        for (int key = 0; key < scores.Length && !Visible.IsEmpty; key++)
        {
            if (!Visible[start + (key * step)])
                scores[key] = T.NegativeInfinity;
        }

        if (Added.IsEmpty)
            return;
        if (step == 1)
            TensorPrimitives.Add(scores, Added.Slice(start, scores.Length), scores);
        else
            TensorPrimitives.Add(scores, Added[start], scores);
    }

    /// <summary>Adds the slopes of the scaled scores of one query to the gradient of the mask.</summary>
    public void AddGradient(ReadOnlySpan<T> slopes, int batch, int head, int query)
    {
        if (Gradient.IsEmpty)
            return;
        int start = Layout.Start(batch, head, query);
        if (Layout.Key == 1)
        {
            Span<T> target = Gradient.Slice(start, slopes.Length);
            TensorPrimitives.Add(target, slopes, target);
        }
        else
        {
            Gradient[start] += TensorPrimitives.Sum(slopes);
        }
    }

    /// <summary>Drops elements of a block of probabilities, or of their slopes; an element's fate depends on its place among all queries and keys only.</summary>
    /// <param name="block">[rows, columns].</param>
    /// <param name="rows">Queries of the block.</param>
    /// <param name="columns">Keys of the block.</param>
    /// <param name="firstRow">Number of the first query, counted over all matrices.</param>
    /// <param name="keys">Keys of a matrix.</param>
    public void Drop(Span<T> block, int rows, int columns, long firstRow, int keys)
    {
        for (int r = 0; r < rows && Dropout.Probability > 0; r++)
            Random.Dropout.Apply(block.Slice(r * columns, columns), Dropout, (ulong)((firstRow + r) * keys));
    }
}
