using System.Numerics;
using Workspaces.Kernels.Attention;
using Workspaces.Tensors;

namespace Workspaces.Ops;

/// <summary>
/// Self-attention of one new position to a kept prefix. The position is a number, not a shape: calls at all positions make the same requests and run from
/// one plan. For inference only; nothing is recorded.
/// </summary>
internal static class PrefixAttentionOps
{
    private const string Name = "PrefixAttention";

    /// <summary>Writes keys and values of the position behind those kept, and attends to all of them.</summary>
    /// <param name="projected">Query, key and value side by side, [batch, 1, 3 · heads · d].</param>
    /// <param name="keys">[batch, head, room, d], contiguous; written in place.</param>
    /// <param name="values">[batch, head, room, d], contiguous; written in place.</param>
    /// <param name="position">The new position, 0 to room - 1.</param>
    /// <returns>[batch, 1, heads · d].</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no room for the position.</exception>
    internal static Tensor Run(Tensor projected, Tensor keys, Tensor values, int position)
    {
        Shape input = projected.Checked(Name).Layout.Shape, kept = keys.Checked(Name).Layout.Shape;
        if (kept.Rank != 4 || kept != values.Checked(Name).Layout.Shape || input != new Shape(kept[0], 1, 3 * kept[1] * kept[3]) || !AreDense(projected, keys, values))
            throw new ShapeException(
                $"attend from {input} to keys {kept} and values {values.Layout.Shape}", Name,
                "the new position is [batch, 1, 3 · heads · d], and both prefixes are contiguous [batch, head, room, d]", "reserve the prefixes for this layer and batch");
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, kept[2]);
        using var op = new OpScope(Name, projected, keys, values);
        op.BeginWrite(keys, mayBeLeaf: true);
        op.BeginWrite(values, mayBeLeaf: true);
        Tensor y = op.Allocate(projected.DType, new Shape(kept[0], 1, kept[1] * kept[3]));
        var settings = new PrefixSettings(
            (int)kept[0], (int)kept[1], (int)kept[3], (int)kept[2], position, 1 / Math.Sqrt(Math.Max(1, kept[3])));
        if (projected.DType == DType.F32) Run<float>(op, projected, keys, values, y, settings);
        else Run<double>(op, projected, keys, values, y, settings);
        op.Complete();
        return y;
    }

    private static void Run<T>(in OpScope op, Tensor projected, Tensor keys, Tensor values, Tensor y, in PrefixSettings settings)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using OpScratch<T> scores = op.Scratch<T>(settings.Room);
        if (!op.Computes) return;
        PrefixAttention.Run(op.ReadSpan<T>(projected), op.WriteSpan<T>(keys), op.WriteSpan<T>(values), op.WriteSpan<T>(y), scores.Span, settings);
    }

    private static bool AreDense(Tensor projected, Tensor keys, Tensor values) =>
        projected.Layout.IsContiguous && keys.Layout.IsContiguous && values.Layout.IsContiguous && projected.DType.IsFloatingPoint
        && projected.DType == keys.DType && projected.DType == values.DType;
}
