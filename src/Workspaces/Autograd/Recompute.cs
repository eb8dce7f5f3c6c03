using Workspaces.Memory.Passes;
using Workspaces.Tensors;

namespace Workspaces.Autograd;

/// <summary>
/// Trades time for memory (Chen, Xu, Zhang and Guestrin 2016): a segment keeps only its input for <c>Backward</c>, which runs the segment once more to get
/// what its ops need.
/// </summary>
/// <remarks>
/// The second run is recorded in place of the segment, and the walk goes on in it, so parameters, nested segments, hooks and errors are those of an
/// ordinary graph. Layers that draw random masks draw the same ones again. A segment must depend on its input and on parameters only: what else it uses
/// must not change before <c>Backward</c>, and parameters that change in between are not noticed.
/// </remarks>
public static class Recompute
{
    /// <summary>True while the code that asks runs for the second time: what it counts or averages, it has counted already.</summary>
    public static bool IsRunningAgain => RandomDraws.Repeats(TensorFrames.Current);

    /// <summary>Runs a segment now without keeping its intermediate results, and again in <c>Backward</c>. Keep the delegate: making a new one each time is garbage.</summary>
    /// <param name="segment">
    /// Computes the output from the input, on the calling thread; releases its intermediate results or leaves them to the end of the pass. It must not write
    /// to its input in place.
    /// </param>
    /// <param name="input">The input; it stays the caller's, and its bytes are kept for <c>Backward</c>.</param>
    /// <returns>The output. Without recording, and outside every workspace, it is just what the segment returned.</returns>
    /// <exception cref="InvalidOperationException">The segment has written to its input.</exception>
    public static Tensor Run(Func<Tensor, Tensor> segment, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(segment);
        TensorHeader header = input.Checked("recompute");
        Frame frame = TensorFrames.Current;
        if (frame.IsPersistent || !NoGradScope.IsRecording(frame)) return segment(input);
        NodePool pool = NodePool.Of(frame);
        RandomDraws draws = RandomDraws.Active(frame) ?? pool.Draws;
        int version = header.Storage.Version, first = draws.Position;
        ulong births = frame.Births;
        long unrecorded = pool.BeginSegment();
        bool wanted;
        Tensor output;
        draws.BeginSegment();
        NoGradScope.Suspend(frame);
        try
        {
            output = segment(input);
        }
        finally
        {
            NoGradScope.EndSuspension(frame);
            draws.EndSegment();
            wanted = pool.EndSegment(unrecorded);
        }

        if (header.Node is null && !wanted) return output;
        if (header.Storage.Version != version) RecomputeThrow.WritesInput(header);
        output = OwnHeader(output, frame, births);
        Node node = Tape.Record(RecomputeBackward.Instance, output, input).Save(0, input);
        (node.Segment, node.Draws, node.FirstDraw, node.Number) = (segment, draws, first, draws.Position - first);
        return output;
    }

    /// <summary>The result, or a view of it where its place in the graph is taken: an input that was passed through, a parameter.</summary>
    internal static Tensor OwnHeader(Tensor result, Frame frame, ulong births)
    {
        TensorHeader header = result.Checked("recompute");
        bool isOwn = header.Node is null && ReferenceEquals(header.Frame, frame) && result.Generation > births;
        return isOwn ? result : TensorFrames.View(result, header.Layout, "Recompute");
    }
}
