using System.Diagnostics.CodeAnalysis;
using Workspaces.Memory;
using Workspaces.Tensors;

namespace Workspaces.Autograd;

/// <summary>Errors of segments that are recomputed.</summary>
internal static class RecomputeThrow
{
    private const string By = "Recompute";

    [DoesNotReturn]
    internal static void WritesInput(TensorHeader input) => throw new InvalidOperationException(WorkspaceException.Compose(
        "recompute a segment", By, $"it has written in place to its input {TensorThrow.Describe(input)}, so it cannot run on it again",
        "compute a new tensor inside the segment, or write in place before it"));

    [DoesNotReturn]
    internal static void OtherResult(Node node, Tensor again) => throw new InvalidOperationException(WorkspaceException.Compose(
        "recompute a segment", By, $"it gave {node.DType.Name}{node.OutputShape} the first time and {again.DType.Name}{again.Shape} the second time",
        "let the segment depend on its input and on parameters only, and switch between Train and Eval after Backward"));

    [DoesNotReturn]
    internal static void OtherDraws() => throw new InvalidOperationException(WorkspaceException.Compose(
        "recompute a segment", By, "its random layers do not draw as many masks as the first time",
        "let the segment depend on its input and on parameters only, and switch between Train and Eval after Backward"));

    [DoesNotReturn]
    internal static void Captured(Node node) => throw new InvalidOperationException(WorkspaceException.Compose(
        "recompute a segment", By, $"it uses the result of {node.Describe()}, which is not its input and whose backward half has run already",
        "compute that tensor inside the segment, or make it the segment's input"));
}
