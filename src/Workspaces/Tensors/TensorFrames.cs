using System.Runtime.CompilerServices;
using Workspaces.Memory;
using Workspaces.Memory.Passes;

namespace Workspaces.Tensors;

/// <summary>Makes tensors and views in frames: the only place where layouts meet blocks.</summary>
internal static class TensorFrames
{
    /// <summary>The frame that new tensors go to: the ambient pass, or persistent memory outside every workspace.</summary>
    internal static Frame Current => CurrentOf(FlowThread.Current);

    /// <summary>As <see cref="Current"/>, for who knows the thread already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Frame CurrentOf(FlowThread me) => Ambient.CurrentOf(me) ?? WorkspaceManager.Default.Persistent.State;

    /// <summary>True while the ambient pass is traced on shapes alone: what lives outside it must not change.</summary>
    internal static bool IsTracing => Ambient.Current is { ShapesOnly: true };

    /// <summary>Counts a use of memory outside ops where it belongs to: in its own frame, that of persistent memory in the pass around it. Check handles after it.</summary>
    /// <returns>The frame to end the use in.</returns>
    internal static Frame BeginUse(Frame owner)
    {
        Frame frame = owner.IsPersistent ? Ambient.InnermostOpen ?? owner : owner;
        frame.BeginOp();
        if (owner.IsPersistent) frame.NoteHost(owner.Manager);
        return frame;
    }

    /// <summary>A new contiguous tensor.</summary>
    /// <param name="frame">Where it lives.</param>
    /// <param name="dtype">Type of its elements.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="op">What makes it.</param>
    /// <param name="zeroed">Whether its elements must be zero; else they are undefined.</param>
    /// <param name="ownOps">Ops that the calling thread has open on the frame.</param>
    /// <param name="index">Which output of the op it is, from 0.</param>
    internal static Tensor Allocate(Frame frame, DType dtype, in Shape shape, string? op, bool zeroed = false, int ownOps = 0, int index = 0) =>
        Allocate(FlowThread.Current, frame, dtype, shape, op, zeroed, ownOps, index);

    /// <summary>The same for who knows the thread already.</summary>
    internal static Tensor Allocate(FlowThread me, Frame frame, DType dtype, in Shape shape, string? op, bool zeroed, int ownOps, int index)
    {
        long bytes = ByteCount(dtype, shape, op);
        var header = (TensorHeader)frame.Allocate(me, TensorHeader.Factory, new BlockRequest(bytes, zeroed, RequestTag.Of(op, (int)dtype, index), op), ownOps);
        header.Begin(dtype, shape);
        return new Tensor(header, header.Birth);
    }

    /// <summary>A tensor in the file of a mapped workspace.</summary>
    internal static Tensor Stored(Workspace workspace, string name, DType dtype, in Shape shape)
    {
        var header = (TensorHeader)workspace.OpenStored(TensorHeader.Factory, name, ByteCount(dtype, shape, nameof(TensorStorage.OpenStored)));
        header.Begin(dtype, shape);
        header.Name = name;
        return new Tensor(header, header.Birth);
    }

    /// <summary>A view of a living tensor with another layout of the same memory.</summary>
    internal static Tensor View(Tensor tensor, in Layout layout, string op)
    {
        TensorHeader source = tensor.Described(op);
        return View(source, source.Root is null ? tensor.Generation : source.RootBirth, layout, op, source.ThroughHold);
    }

    /// <summary>A view of bytes that the tape holds, whether or not the user has released them.</summary>
    internal static Tensor ViewThroughHold(TensorHeader source, ulong rootBirth, in Layout layout, string op) => View(source, rootBirth, layout, op, throughHold: true);

    private static Tensor View(TensorHeader source, ulong rootBirth, in Layout layout, string op, bool throughHold)
    {
        TensorHeader root = source.Storage;
        DType dtype = source.DType;
        var header = (TensorHeader)Current.AllocateView(TensorHeader.Factory, op);
        header.Begin(dtype, layout);
        header.Root = root;
        header.RootBirth = rootBirth;
        header.ThroughHold = throughHold;
        header.OfPlain = source.Root is null ? root.Node is null : source.OfPlain;
        header.Address = root.Address;
        return new Tensor(header, header.Birth);
    }

    private static long ByteCount(DType dtype, in Shape shape, string? op)
    {
        long length = shape.Length;
        int size = dtype.SizeInBytes;
        if (length <= Granule.MaxRequest / size) return length * size;
        throw new ShapeException(
            $"make a {dtype.Name} tensor of shape {shape}", op ?? "the caller",
            $"{length} elements of {size} bytes are more than {Granule.MaxRequest} bytes", "check the dimensions");
    }
}
