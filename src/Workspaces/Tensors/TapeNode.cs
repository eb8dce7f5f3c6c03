namespace Workspaces.Tensors;

/// <summary>
/// What a tensor knows of the op that made it. Tensors only carry the reference; autograd derives from it and gives it meaning.
/// </summary>
internal abstract class TapeNode
{
    /// <summary>Name of the op that made the tensor, for messages.</summary>
    public abstract string OpName { get; }

    /// <summary>True for the node of a leaf, which collects a gradient and passes none on.</summary>
    public abstract bool IsLeaf { get; }

    /// <summary>The op and those that it came from, nearest first, for messages.</summary>
    internal virtual string Path => OpName;

    /// <summary>The tensor is being disposed by its user.</summary>
    internal virtual void OnDispose()
    {
    }
}
