using System.Diagnostics.CodeAnalysis;
using Workspaces.Memory;
using Workspaces.Tensors;

namespace Workspaces.Autograd;

/// <summary>Errors of <c>Backward</c>.</summary>
internal static class BackwardThrow
{
    [DoesNotReturn]
    internal static void Ended(Node node) => throw new StaleAccessException(
        "run backward", $"{node.OpName}, recorded in pass {node.PassNumber}", $"its pass, or that of an input, has ended, and the graph with it: {node.Path}",
        "run Backward in the pass of the forward computation; carry state from pass to pass with Detach().MoveTo(…)");

    [DoesNotReturn]
    internal static void Shared(Node node) => throw new InvalidOperationException(WorkspaceException.Compose(
        "run backward", node.OpName, "another Backward began meanwhile on another thread and walks over the same part of the graph",
        "run one Backward at a time over what branches share, or add their results and run it once"));

    [DoesNotReturn]
    internal static void Spent(Node node) => throw new InvalidOperationException(WorkspaceException.Compose(
        "run backward a second time", node.OpName, $"the first run has released what the graph had saved: {node.Path}",
        "Detach() a state that a loop carries from one Backward to the next; else call Backward(retainGraph: true) the first time, or compute the forward part again"));

    [DoesNotReturn]
    internal static void NotRecorded(TensorHeader header) => throw new InvalidOperationException(WorkspaceException.Compose(
        "run backward", TensorThrow.Describe(header),
        "no op on it was recorded: no input requires a gradient (a gradient itself never does), or recording was off",
        "compute it from parameters or from tensors with RequireGrad(), outside Gradients.Off()"));

    [DoesNotReturn]
    internal static void OfGradient(string asked, TensorHeader header) => throw new NotSupportedException(WorkspaceException.Compose(
        asked, TensorThrow.Describe(header), "gradients are numbers without a graph: 0 of the ops that computed them are recorded, so none has a gradient of its own",
        "write the derivative as ops of the forward computation, or take finite differences of two Backward runs"));
}
