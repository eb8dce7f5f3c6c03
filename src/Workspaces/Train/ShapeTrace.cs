using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Tracking;
using Workspaces.Tensors;

namespace Workspaces.Train;

/// <summary>
/// Runs steps of a workspace on shapes alone, before they run for real: nothing is computed, nothing outside the pass changes, and the trace that stays
/// with the workspace is the one that the real step will record, so that already the first real step runs from a plan.
/// </summary>
/// <remarks>Inputs lie in a frame of their own, as real batches do. Optimizers allocate their state, if they have none yet.</remarks>
public sealed class ShapeTrace
{
    private readonly Workspace _workspace;
    private readonly Frame _inputs;

    /// <summary>Makes a tracer.</summary>
    /// <param name="workspace">The workspace of the steps; leased in this flow.</param>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    public ShapeTrace(Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        _workspace = workspace;
        _inputs = workspace.NewDetachedFrame();
    }

    /// <summary>Traces one step.</summary>
    /// <param name="signature">The signature that the real step will enter with.</param>
    /// <param name="inputs">Types and shapes of what goes in.</param>
    /// <param name="step">What the step does inside its pass.</param>
    /// <exception cref="ShapesOnlyException">The step reads values.</exception>
    /// <exception cref="WorkspaceException">The workspace is open in another flow.</exception>
    public void Run(in PassSignature signature, ReadOnlySpan<(DType DType, Shape Shape)> inputs, TracedStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        _workspace.Restart(_inputs, shapesOnly: true);
        var tensors = new Tensor[inputs.Length];
        for (int i = 0; i < inputs.Length; i++) tensors[i] = TensorFrames.Allocate(_inputs, inputs[i].DType, inputs[i].Shape, nameof(ShapeTrace));
        using Pass pass = _workspace.EnterShapes(signature);
        try
        {
            step(tensors);
        }
        catch
        {
            pass.Checked("give up a trace", mustBeOpen: false).Abandon();
            throw;
        }
    }

    /// <summary>
    /// As <see cref="Run(in PassSignature, ReadOnlySpan{ValueTuple{DType, Shape}}, TracedStep)"/>, for steps that are going to run anyway: one that cannot be
    /// traced is reported as a finding and learns its memory while it runs.
    /// </summary>
    /// <param name="name">What the step is, for the finding.</param>
    /// <param name="signature">The signature that the real step will enter with.</param>
    /// <param name="inputs">Types and shapes of what goes in.</param>
    /// <param name="step">What the step does inside its pass.</param>
    /// <returns>False when the step cannot be traced.</returns>
    public bool TryRun(string name, in PassSignature signature, ReadOnlySpan<(DType DType, Shape Shape)> inputs, TracedStep step)
    {
        try
        {
            Run(signature, inputs, step);
            return true;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Report(name, error);
            return false;
        }
    }

    /// <summary>Says that a step could not be traced.</summary>
    internal void Report(string name, Exception error)
    {
        string workspace = _workspace.Name ?? "(unnamed)", text = WorkspaceException.Compose(
            $"trace a pass ({name}) on shapes alone before it runs", $"the caller, in workspace '{workspace}'", error.Message.TrimEnd('.'),
            "nothing has to be done if the pass itself runs: then it learns its memory while it runs");
        _workspace.Manager.QueueFinding(new Finding(FindingCodes.NotTracedOnShapes, FindingSeverity.Information, workspace, text));
        _workspace.Manager.DeliverFindings();
    }

    /// <summary>Traces one step with two inputs, as a trainer takes it.</summary>
    internal void Run(in PassSignature signature, (DType DType, Shape Shape) features, (DType DType, Shape Shape) labels, Action<Tensor, Tensor> step) =>
        Run(signature, [features, labels], inputs => step(inputs[0], inputs[1]));

    /// <summary>Traces one step with two inputs, unless it cannot be traced.</summary>
    internal bool TryRun(
        string name, in PassSignature signature, (DType DType, Shape Shape) features, (DType DType, Shape Shape) labels, Action<Tensor, Tensor> step) =>
        TryRun(name, signature, [features, labels], inputs => step(inputs[0], inputs[1]));
}
