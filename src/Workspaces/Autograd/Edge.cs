using Workspaces.Tensors;

namespace Workspaces.Autograd;

/// <summary>Where the gradient of an input goes: the node that made it, its leaf, or nowhere.</summary>
internal readonly struct Edge
{
    private readonly LeafNode? _leaf;

    private Edge(Node? node, LeafNode? leaf, in Shape shape, DType dtype)
    {
        Node = node;
        NodeSerial = node?.Serial ?? 0;
        _leaf = leaf;
        Shape = shape;
        DType = dtype;
    }

    /// <summary>Shape of the input.</summary>
    internal Shape Shape { get; }

    internal DType DType { get; }

    internal Node? Node { get; }

    /// <summary>Pass of the node when the edge was made; nodes are recycled, so another number means that the graph has ended.</summary>
    internal long NodeSerial { get; }

    /// <summary>The leaf, or null once it has been disposed: nobody can read its gradient then.</summary>
    internal LeafNode? Leaf => _leaf is { IsAlive: true } ? _leaf : null;

    internal bool WantsGradient => Node is not null || Leaf is not null;

    /// <summary>The node that made the input.</summary>
    /// <exception cref="Workspaces.Memory.StaleAccessException">The input is a leaf that was disposed since <see cref="WantsGradient"/> was asked.</exception>
    internal Node Producer
    {
        get
        {
            if (Node is null) _leaf!.ThrowStale("take a gradient");
            return Node!;
        }
    }

    internal static Edge To(Tensor input)
    {
        TensorHeader header = input.Described("record");
        Tape.CheckView(header);
        return new Edge(header.Node as Node, header.Node as LeafNode, header.Layout.Shape, header.DType);
    }
}
