using Workspaces.Kernels.Attention;
using Workspaces.Memory;
using Workspaces.Tensors;
using Workspaces.Tensors.Compute;

namespace Workspaces.Ops;

/// <summary>The operands of an attention: what is allowed, and where the matrix of each head lies in them.</summary>
internal static class AttentionShapes
{
    /// <summary>Sizes and layouts of operands that have been checked.</summary>
    internal static AttentionSettings Settings(AttentionForm form, int heads, Tensor query, Tensor key, Tensor value, in Shape result, bool isCausal, double scale)
    {
        bool split = form == AttentionForm.Heads;
        int count = split ? Size(query.Shape[1]) : heads, parts = form == AttentionForm.Fused ? 3 * heads : heads;
        return new AttentionSettings
        {
            Batches = Size(query.Shape[0]),
            Heads = count,
            Queries = Size(query.Shape[-2]),
            Keys = Size(key.Shape[-2]),
            KeyWidth = Size(split ? key.Shape[-1] : key.Shape[-1] / parts),
            ValueWidth = Size(split ? value.Shape[-1] : value.Shape[-1] / parts),
            Scale = scale,
            IsCausal = isCausal,
            Query = LayoutOf(form, heads, query.Layout, 0),
            Key = LayoutOf(form, heads, key.Layout, 1),
            Value = LayoutOf(form, heads, value.Layout, 2),
            Result = LayoutOf(split ? AttentionForm.Heads : AttentionForm.Packed, heads, Layout.Contiguous(result), 0),
        };
    }

    /// <summary>Where the matrices of query (0), key (1) or value (2) lie.</summary>
    internal static HeadLayout LayoutOf(AttentionForm form, int heads, in Layout layout, int operand)
    {
        int width = Size(layout.Shape[-1]);
        bool split = form == AttentionForm.Heads;
        int columns = split ? width : width / (form == AttentionForm.Fused ? 3 * heads : heads);
        int row = layout.Shape[-2] <= 1 ? Math.Max(1, width) : Size(layout.Strides[layout.Rank - 2]);
        int head = split ? Size(layout.Strides[1]) : columns;
        return new HeadLayout(form == AttentionForm.Fused ? operand * heads * columns : 0, Size(layout.Strides[0]), head, row);
    }

    /// <summary>The operand itself when the kernel can read it where it lies, else a dense copy.</summary>
    internal static Tensor Usable(Tensor x, string name)
    {
        Layout layout = x.Layout;
        int last = layout.Rank - 1;
        bool dense = layout.Shape[last] <= 1 || layout.Strides[last] == 1;
        bool apart = layout.Shape[last - 1] <= 1 || layout.Strides[last - 1] >= layout.Shape[last];
        bool forward = true;
        for (int axis = 0; axis < last - 1; axis++) forward &= layout.Strides[axis] >= 0;
        return dense && apart && forward ? x : Arithmetic.Copy(x, name);
    }

    /// <summary>Checks the operands; the shape of the result.</summary>
    internal static Shape Check(string name, AttentionForm form, int heads, Tensor query, Tensor key, Tensor value, in AttentionCall call)
    {
        Shape q = query.Checked(name).Layout.Shape, k = key.Checked(name).Layout.Shape, v = value.Checked(name).Layout.Shape;
        int rank = form == AttentionForm.Heads ? 4 : 3;
        if (q.Rank != rank || k.Rank != rank || v.Rank != rank) ThrowRank(name, rank, q, k, v);
        Dispatch.RequireFloat(query, name);
        if (key.DType != query.DType) TensorThrow.TypesDiffer(name, query, key);
        if (value.DType != query.DType) TensorThrow.TypesDiffer(name, query, value);
        if (form != AttentionForm.Heads) CheckHeads(name, form == AttentionForm.Fused ? 3 : 1, heads, q, k, v);
        bool leading = q[0] == k[0] && k[0] == v[0] && (form != AttentionForm.Heads || (q[1] == k[1] && k[1] == v[1]));
        if (!leading || k[-2] != v[-2] || q[-1] != k[-1])
            throw new ShapeException(
                $"attend from queries {q} to keys {k} and values {v}", name,
                "batches and heads must be the same, queries as wide as keys, and there must be a value for each key", "check what the projections make");
        if (q[-1] == 0)
            throw new ShapeException(
                $"attend from queries {q} to keys {k}", name, "they are 0 wide, so that no key is nearer than another", "give queries and keys at least one element");
        if (call.KeyPadding is { } padding)
        {
            Shape flags = padding.Checked(name).Layout.Shape;
            if (flags.Rank != 2 || flags[0] != k[0] || flags[1] != k[-2] || padding.DType != DType.Bool)
                throw new ShapeException(
                    $"leave keys of {k} out by a {padding.DType.Name} mask of {flags}", name, $"there are {k[0]} batches of {k[-2]} keys",
                    "give one bool a key, [batch, keys], true where it is padding");
        }

        AttentionMasks.Check(name, query, call.Dropout);
        if (call.Mask is { } mask)
            AttentionMasks.Check(name, mask, query, new Shape(q[0], form == AttentionForm.Heads ? q[1] : heads, q[-2], k[-2]));
        if (form == AttentionForm.Fused) return q.WithSize(-1, q[-1] / 3);
        return q.WithSize(-1, v[-1]);
    }

    private static void CheckHeads(string name, int parts, int heads, in Shape q, in Shape k, in Shape v)
    {
        if (heads >= 1 && q[-1] % (heads * (long)parts) == 0 && k[-1] % heads == 0 && v[-1] % heads == 0) return;
        throw new ShapeException(
            parts == 3 ? $"split {q} into {heads} heads" : $"split queries {q}, keys {k} and values {v} into {heads} heads", name,
            parts == 3 ? $"the last axis holds query, key and value of each head, and {q[-1]} is no multiple of 3 · {heads}"
                : $"the widths {q[-1]}, {k[-1]} and {v[-1]} must be multiples of the number of heads, which is at least 1",
            "choose a number of heads that divides the width");
    }

    private static void ThrowRank(string name, int rank, in Shape q, in Shape k, in Shape v) => throw new ShapeException(
        $"attend from queries {q} to keys {k} and values {v}", name,
        rank == 4 ? "each has four axes: batch, head, position, width" : "each has three axes: batch, position, width of all heads", "reshape them");

    private static int Size(long size) => checked((int)size);
}
