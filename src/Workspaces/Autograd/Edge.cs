using Workspaces.Tensors;

namespace Workspaces.Autograd;

/// <summary>Where the gradient of an input goes: the node that made it, its leaf, or nowhere.</summary>
internal readonly struct Edge
{
    private Edge(Node? node, LeafNode? leaf)
    {
        Node = node;
        Leaf = leaf;
    }

    internal Node? Node { get; }

    internal LeafNode? Leaf { get; }

    internal bool WantsGradient => Node is not null || Leaf is not null;

    internal static Edge To(Tensor input)
    {
        TapeNode? node = input.Checked("record").Node;
        return new Edge(node as Node, node as LeafNode);
    }
}
