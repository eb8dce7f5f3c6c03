using System.Numerics;
using Workspaces.Kernels.Attention;
using Workspaces.Kernels.Random;
using Workspaces.Memory;
using Workspaces.Tensors;

namespace Workspaces.Ops;

/// <summary>Masks of attention: what is allowed, and where an element lies.</summary>
internal static class AttentionMasks
{
    internal static AttentionMaskKind KindOf(in AttentionCall call) => call switch
    {
        { Mask: { } mask } => mask.DType == DType.Bool ? AttentionMaskKind.Visible : AttentionMaskKind.Added,
        { KeyPadding: not null } => AttentionMaskKind.Padding,
        _ => AttentionMaskKind.None,
    };

    /// <summary>A mask that leaves out the padding too.</summary>
    internal static Tensor Merged(Tensor mask, Tensor padding)
    {
        using Tensor left = padding.Reshape(padding.Shape[0], 1, 1, padding.Shape[1]);
        if (mask.DType == DType.Bool)
        {
            using Tensor seen = left.Not();
            return seen.And(mask);
        }

        using Tensor nothing = Tensor.Scalar(double.NegativeInfinity, mask.DType);
        return left.Where(nothing, mask);
    }

    /// <summary>Refuses masks of other types, and shapes that do not broadcast to [batch, head, query, key].</summary>
    internal static void Check(string name, Tensor mask, Tensor query, in Shape scores)
    {
        Shape shape = mask.Checked(name).Layout.Shape;
        if (mask.DType != DType.Bool && mask.DType != query.DType)
            throw new ArgumentException(WorkspaceException.Compose(
                $"mask scores {scores} of {query.DType.Name}{query.Shape} by {mask.DType.Name}{shape}", name,
                $"a mask is bool, true for what is seen, or {query.DType.Name}, to be added to the scores",
                "convert it with To"));
        bool fits = shape.Rank <= scores.Rank;
        for (int axis = 1; axis <= shape.Rank && fits; axis++) fits = shape[-axis] == 1 || shape[-axis] == scores[-axis];
        if (!fits)
            throw new ShapeException(
                $"mask scores {scores} of {query.Shape} by {shape}", name, "scores have the axes batch, head, query and key, and the mask does not broadcast to them",
                "give each axis of the mask its size there, or 1");
    }

    internal static void Check(string name, Tensor query, in DropoutDraw dropout)
    {
        if (!(dropout.Probability is >= 0 and <= 1)) OpThrow.Parameter("dropout", name, query, dropout.Probability, "a probability lies from 0 to 1", "give one in range");
    }

    /// <summary>What the kernel is told; a default gradient for none.</summary>
    internal static AttentionFilter<T> Filter<T>(in OpScope op, AttentionMaskKind kind, Tensor mask, Tensor gradient, in DropoutDraw dropout)
        where T : unmanaged, IFloatingPointIeee754<T> => new()
        {
            Padding = kind == AttentionMaskKind.Padding ? op.ReadSpan<bool>(mask) : default,
            Visible = kind == AttentionMaskKind.Visible ? op.ReadSpan<bool>(mask) : default,
            Added = kind == AttentionMaskKind.Added ? op.ReadSpan<T>(mask) : default,
            Gradient = gradient.HeaderOrNull is null ? default : op.WriteSpan<T>(gradient),
            Layout = kind is AttentionMaskKind.Visible or AttentionMaskKind.Added ? LayoutOf(mask.Shape) : default,
            Dropout = dropout,
        };

    /// <summary>The steps of a contiguous mask; 0 along axes of size 1 and those that it does not have.</summary>
    private static MaskLayout LayoutOf(in Shape shape)
    {
        Span<int> steps = stackalloc int[4];
        steps.Clear();
        int step = 1;
        for (int axis = 1; axis <= shape.Rank; axis++)
        {
            int size = checked((int)shape[-axis]);
            if (size > 1) steps[^axis] = step;
            step = checked(step * Math.Max(1, size));
        }

        return new MaskLayout(steps[0], steps[1], steps[2], steps[3]);
    }
}
