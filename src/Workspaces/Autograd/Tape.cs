using System.Diagnostics.CodeAnalysis;
using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Tensors;

namespace Workspaces.Autograd;

/// <summary>Records ops whose inputs want gradients.</summary>
internal static class Tape
{
    /// <summary>True when an op on these inputs is to be recorded: some input wants a gradient and recording is not switched off.</summary>
    internal static bool Records(params ReadOnlySpan<Tensor> inputs)
    {
        foreach (Tensor input in inputs)
        {
            TensorHeader header = input.Described("record");
            if (header.Node is not null) return IsRecording(TensorFrames.Current);
            if (header.OfPlain && header.Root!.Node is { IsLeaf: false } && NoGradScope.IsRecording(TensorFrames.Current)) ThrowOutdated(header);
        }

        return false;
    }

    /// <summary>Refuses a recorded view whose memory was written to since: its values are no longer what its place in the graph says.</summary>
    internal static void CheckView(TensorHeader header)
    {
        if (header.Root is { } root && header.Node is Node node && root.Node is not LeafNode && node.ViewVersion != root.Version) ThrowOutdated(header);
    }

    /// <summary>Puts an op on the tape. Its node lives in the pass of the result, also when that is an outer one and the op wrote in place.</summary>
    /// <param name="differential">Its backward half.</param>
    /// <param name="output">Its result, which remembers the node.</param>
    /// <param name="inputs">Its inputs, at most <see cref="Node.MaxInputs"/>.</param>
    /// <returns>The node, to save tensors and numbers in.</returns>
    internal static Node Record(Differential differential, Tensor output, params ReadOnlySpan<Tensor> inputs)
    {
        TensorHeader header = output.Described("record");
        bool inPlace = ReferenceEquals(inputs[0].HeaderOrNull, header);
        if (inPlace && !header.Storage.Frame.ShapesOnly && TensorFrames.IsTracing) TensorThrow.ChangesOutside(header);
        Node node = NodePool.Take(header.Frame);
        node.Begin(differential, inPlace ? header.Storage.Writer : header.Op, header);
        foreach (Tensor input in inputs) node.AddInput(input);
        header.Node = node;
        return node;
    }

    /// <summary>Puts a node under a view that passes its gradient on to where another tensor's goes.</summary>
    internal static void RecordEdge(Differential differential, Tensor view, in Edge edge)
    {
        TensorHeader header = view.Described("record");
        Node node = NodePool.Take(header.Frame);
        node.Begin(differential, differential.Name, header);
        node.AddInput(edge);
        header.Node = node;
    }

    private static bool IsRecording(Frame frame)
    {
        if (NoGradScope.IsRecording(frame)) return true;
        NodePool.NoteUnrecorded(frame);
        return false;
    }

    [DoesNotReturn]
    private static void ThrowOutdated(TensorHeader header) => throw new InvalidOperationException(WorkspaceException.Compose(
        "record an op on a view", TensorThrow.Describe(header), $"{header.Root!.Writer} wrote to the memory under it after the view was taken",
        "take the view again after the write, or use its Detach()ed view where no gradient is wanted"));
}
