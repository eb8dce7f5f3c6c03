using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Tensors.Compute;

namespace Workspaces.Tensors;

/// <summary>Leaving a pass alive: moves and copies.</summary>
public readonly partial struct Tensor
{
    /// <summary>
    /// Moves the tensor to the innermost open pass of a workspace: copies the elements (a view compactly) and releases the source. To the pass it
    /// lives in already it does nothing.
    /// </summary>
    /// <param name="workspace">The target; open, and not necessarily ambient.</param>
    /// <returns>The tensor in its new place; the old handle is stale unless it was a view.</returns>
    /// <exception cref="StaleAccessException">The tensor is stale or a default value.</exception>
    /// <exception cref="ObjectDisposedException">The workspace's lease has ended.</exception>
    /// <exception cref="InvalidOperationException">The tape holds the tensor: detach it first.</exception>
    public Tensor MoveTo(Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        return MoveToFrame(workspace.MemoryManager.Frame);
    }

    /// <summary>Moves the tensor to a pass that is open; see <see cref="MoveTo(Memory.Workspace)"/>. This is how a result leaves a nested pass for an outer one.</summary>
    /// <param name="pass">The target.</param>
    /// <returns>The tensor in its new place.</returns>
    /// <exception cref="StaleAccessException">The tensor or the pass is stale.</exception>
    /// <exception cref="InvalidOperationException">The tape holds the tensor: detach it first.</exception>
    public Tensor MoveTo(Pass pass) => MoveToFrame(pass.Checked("move a tensor into it"));

    /// <summary>Copies the elements into another tensor of the same shape and type; counts as a write in place there, and no gradient flows.</summary>
    /// <param name="destination">Receives the elements.</param>
    /// <exception cref="StaleAccessException">One of the tensors is stale or a default value.</exception>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    /// <exception cref="ArgumentException">The data types differ.</exception>
    /// <exception cref="InvalidOperationException">The destination is a broadcast view or the result of a recorded op.</exception>
    public void CopyTo(Tensor destination)
    {
        using Tensor apart = Arithmetic.CopyIfOverlapping(this, destination, nameof(CopyTo));
        Tensor source = apart.HeaderOrNull is null ? this : apart;
        using var op = new OpScope("CopyTo", source, destination);
        if (destination.DType != DType) TensorThrow.TypesDiffer("CopyTo", this, destination);
        if (destination.Shape != Shape)
            throw new ShapeException($"copy {Shape} to {destination.Shape}", "CopyTo", "the shapes differ", "reshape or slice one of them");
        op.BeginLoad(destination);
        TensorCopy.Run(op, source, destination);
        op.Complete();
    }

    private Tensor MoveToFrame(Frame frame)
    {
        TensorHeader header = Checked("move");
        if (header.Root is null && ReferenceEquals(header.Frame, frame)) return this;
        if (header.Node is { IsLeaf: false } || (header.Root is null && header.Holds > 1))
            throw new InvalidOperationException(WorkspaceException.Compose(
                "move to another pass", TensorThrow.Describe(header), "the tape still holds it", "call Detach() and move the result, or move it after Backward"));
        Tensor moved;
        using (var op = new OpScope("MoveTo", frame, this))
        {
            moved = op.Allocate(header.DType, header.Layout.Shape);
            TensorCopy.Run(op, this, moved);
            if (header.Name is { } name) moved.Named(name);
            op.Complete();
        }

        Dispose();
        return moved;
    }
}
