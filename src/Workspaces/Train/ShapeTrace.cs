using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Tracking;
using Workspaces.Tensors;

namespace Workspaces.Train;

/// <summary>
/// Runs steps of a workspace on shapes alone, before they run for real: nothing is computed, nothing outside the pass changes, and the trace that stays
/// with the workspace is the one that the real step will record. Inputs lie in a frame of their own, as real batches do.
/// </summary>
/// <param name="workspace">The workspace of the steps; leased.</param>
internal sealed class ShapeTrace(Workspace workspace)
{
    private readonly Frame _inputs = workspace.NewDetachedFrame();

    /// <summary>Traces one step.</summary>
    /// <param name="signature">The signature that the real step will enter with.</param>
    /// <param name="features">Type and shape of the first input.</param>
    /// <param name="labels">Type and shape of the second input.</param>
    /// <param name="step">What the step does inside its pass.</param>
    /// <exception cref="ShapesOnlyException">The step reads values.</exception>
    internal void Run(in PassSignature signature, (DType DType, Shape Shape) features, (DType DType, Shape Shape) labels, Action<Tensor, Tensor> step)
    {
        workspace.Restart(_inputs, shapesOnly: true);
        Tensor x = TensorFrames.Allocate(_inputs, features.DType, features.Shape, nameof(ShapeTrace));
        Tensor y = TensorFrames.Allocate(_inputs, labels.DType, labels.Shape, nameof(ShapeTrace));
        using (workspace.EnterShapes(signature)) step(x, y);
    }

    /// <summary>As <see cref="Run"/>, for steps that are going to run anyway: one that cannot be traced is reported and learns its memory while it runs.</summary>
    /// <returns>False when the step cannot be traced.</returns>
    internal bool TryRun(
        string name, in PassSignature signature, (DType DType, Shape Shape) features, (DType DType, Shape Shape) labels, Action<Tensor, Tensor> step)
    {
        try
        {
            Run(signature, features, labels, step);
            return true;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            string text = WorkspaceException.Compose(
                $"trace a pass ({name}) on shapes alone before it runs", $"the trainer, in workspace '{workspace.Name ?? "(unnamed)"}'", error.Message.TrimEnd('.'),
                "nothing has to be done if the pass itself runs: then it learns its memory while it runs");
            workspace.Manager.QueueFinding(new Finding(FindingCodes.NotTracedOnShapes, FindingSeverity.Information, workspace.Name ?? "(unnamed)", text));
            workspace.Manager.DeliverFindings();
            return false;
        }
    }
}
