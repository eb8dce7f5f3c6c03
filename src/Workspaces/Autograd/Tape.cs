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
            if (input.Checked("record").Node is not null) return NoGradScope.IsRecording(TensorFrames.Current);
        }

        return false;
    }

    /// <summary>Puts an op on the tape.</summary>
    /// <param name="differential">Its backward half.</param>
    /// <param name="output">Its result, which remembers the node.</param>
    /// <param name="inputs">Its inputs, at most <see cref="Node.MaxInputs"/>.</param>
    /// <returns>The node, to save tensors and numbers in.</returns>
    internal static Node Record(Differential differential, Tensor output, params ReadOnlySpan<Tensor> inputs)
    {
        TensorHeader header = output.Checked("record");
        Frame frame = TensorFrames.Current;
        Node node = NodePool.Take(frame);
        node.Begin(differential, frame, header.Layout.Shape, header.DType);
        foreach (Tensor input in inputs) node.AddInput(input);
        header.Node = node;
        return node;
    }
}
