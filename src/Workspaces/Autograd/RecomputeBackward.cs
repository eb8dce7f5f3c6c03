using Workspaces.Memory.Passes;
using Workspaces.Tensors;

namespace Workspaces.Autograd;

/// <summary>
/// Runs a segment again, recorded, and lets the walk go on in what it recorded:
/// <code>
///   before    x ──▶ (Recompute) ──▶ y          the node keeps x and the segment
///   in its    x ──▶ (PassOn) ──▶ op ──▶ op ──▶ y'      y' has y's gradient; PassOn hands the input's on to x
///   turn
/// </code>
/// </summary>
internal sealed class RecomputeBackward : Differential
{
    internal static readonly RecomputeBackward Instance = new();

    internal override string Name => "Recompute";

    internal override void Backward(in BackwardContext context)
    {
        Node node = context.Node;
        Frame frame = TensorFrames.Current;
        ulong births = frame.Births;
        Tensor output = RunAgain(node, Input(context), frame);
        TensorHeader header = output.Checked(Name);
        if (header.Layout.Shape != node.OutputShape || header.DType != node.DType) RecomputeThrow.OtherResult(node, output);
        if (header.Node is not null) context.Continue(Named(output, header));
        Release(output, frame, births);
    }

    /// <summary>The saved input once more, with the original's place in the graph behind a node of its own.</summary>
    private static Tensor Input(in BackwardContext context)
    {
        Tensor saved = context.Saved(0), input = TensorFrames.View(saved, saved.Layout, "Recompute");
        Edge edge = context.Node[0];
        if (edge.WantsGradient) Tape.RecordEdge(PassOnBackward.Instance, input, edge);
        else input.HeaderOrNull!.OfPlain = false;
        return input;
    }

    private static Tensor RunAgain(Node node, Tensor input, Frame frame)
    {
        RandomDraws draws = node.Draws!;
        RandomDraws.Place place = draws.BeginRepetition(node.FirstDraw, (int)node.Number);
        int recording = NoGradScope.BeginRecording(frame);
        bool complete = false;
        Tensor output;
        try
        {
            output = node.Segment!(input);
        }
        finally
        {
            NoGradScope.EndRecording(frame, recording);
            complete = draws.EndRepetition(place);
        }

        if (!complete) RecomputeThrow.OtherDraws();
        return output;
    }

    /// <summary>A leaf as the result has no node of its own: it gets one that hands the gradient on.</summary>
    private static Tensor Named(Tensor output, TensorHeader header)
    {
        if (header.Node is Node) return output;
        Tensor view = TensorFrames.View(output, header.Layout, "Recompute");
        Tape.RecordEdge(PassOnBackward.Instance, view, Edge.To(output));
        return view;
    }

    /// <summary>Nobody needs the output a second time but the nodes that have saved it. Its memory is only let go if the second run has made it.</summary>
    private static void Release(Tensor output, Frame frame, ulong births)
    {
        TensorHeader header = output.HeaderOrNull!, storage = header.Storage;
        ulong birth = header.Root is null ? output.Generation : header.RootBirth;
        if (ReferenceEquals(storage.Frame, frame) && birth > births && storage.Node is not LeafNode) new Tensor(storage, birth).Dispose();
    }

    /// <summary>dx = dy: the input of a segment that runs again.</summary>
    private sealed class PassOnBackward : Differential
    {
        internal static readonly PassOnBackward Instance = new();

        internal override string Name => "Recompute";

        internal override void Backward(in BackwardContext context) => context.Send(0, context.Gradient);
    }
}
