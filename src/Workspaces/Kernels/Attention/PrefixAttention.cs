using System.Numerics;
using Workspaces.Kernels.Rows;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Workspaces.Kernels.Attention;

/// <summary>
/// Attention of one new position to itself and those before it, whose keys and values are kept: what a sequence that is written token by token needs.
/// <code>
///   keys of a head      k0 k1 k2 ·  ·  ·      the new position's key is written behind the others,
///                                ↑ position   then its query is compared with those up to it
/// </code>
/// Work and bytes read grow with the position, not with the room. One thread; the order of all sums is fixed.
/// </summary>
internal static class PrefixAttention
{
    /// <summary>Appends keys and values, and attends to all up to them.</summary>
    /// <param name="projected">Query, key and value of the new position side by side, [batch, 3 · heads · width].</param>
    /// <param name="keys">Kept keys, [batch, head, room, width]; those of the position are written.</param>
    /// <param name="values">Kept values, of the same shape; those of the position are written.</param>
    /// <param name="result">[batch, heads · width].</param>
    /// <param name="scores">Scratch of at least position + 1 elements.</param>
    /// <param name="settings">Sizes and the position.</param>
    public static void Run<T>(ReadOnlySpan<T> projected, Span<T> keys, Span<T> values, Span<T> result, Span<T> scores, in PrefixSettings settings)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int width = settings.Width, all = settings.Heads * width, plane = settings.Room * width;
        T scale = T.CreateTruncating(settings.Scale);
        for (int batch = 0; batch < settings.Batches; batch++)
        {
            ReadOnlySpan<T> sample = projected.Slice(batch * 3 * all, 3 * all);
            for (int head = 0; head < settings.Heads; head++)
            {
                int place = ((batch * settings.Heads) + head) * plane, column = head * width;
                Span<T> k = keys.Slice(place, plane), v = values.Slice(place, plane);
                sample.Slice(all + column, width).CopyTo(k[(settings.Position * width)..]);
                sample.Slice((2 * all) + column, width).CopyTo(v[(settings.Position * width)..]);
                Attend(sample.Slice(column, width), k, v, result.Slice((batch * all) + column, width), scores[..(settings.Position + 1)], scale);
            }
        }
    }

    private static void Attend<T>(ReadOnlySpan<T> query, ReadOnlySpan<T> keys, ReadOnlySpan<T> values, Span<T> result, Span<T> scores, T scale)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int width = query.Length;
        for (int i = 0; i < scores.Length; i++) scores[i] = TensorPrimitives.Dot(query, keys.Slice(i * width, width)) * scale;
        Softmax.Forward(scores, scores, 1, scores.Length);
        result.Clear();
        for (int i = 0; i < scores.Length; i++) TensorPrimitives.MultiplyAdd(values.Slice(i * width, width), scores[i], result, result);
    }
}
