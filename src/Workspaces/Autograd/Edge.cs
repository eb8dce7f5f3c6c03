using Workspaces.Tensors;

namespace Workspaces.Autograd;

/// <summary>Where the gradient of an input goes: the node that made it, its leaf, or nowhere.</summary>
internal readonly struct Edge
{
    private Edge(Node? node, LeafNode? leaf, in Shape shape, DType dtype)
    {
        Node = node;
        Leaf = leaf;
        Shape = shape;
        DType = dtype;
    }

    /// <summary>Shape of the input.</summary>
    internal Shape Shape { get; }

    internal DType DType { get; }

    internal Node? Node { get; }

    internal LeafNode? Leaf { get; }

    internal bool WantsGradient => Node is not null || Leaf is not null;

    internal static Edge To(Tensor input)
    {
        TensorHeader header = input.Checked("record");
        return new Edge(header.Node as Node, header.Node as LeafNode, header.Layout.Shape, header.DType);
    }
}
