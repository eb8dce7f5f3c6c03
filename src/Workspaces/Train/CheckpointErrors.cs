using System.Diagnostics.CodeAnalysis;
using Workspaces.Memory;

namespace Workspaces.Train;

/// <summary>Every error of checkpoints.</summary>
internal static class CheckpointErrors
{
    [DoesNotReturn]
    internal static void Throw(string path, string numbers, Exception? inner = null) => throw new InvalidDataException(
        WorkspaceException.Compose($"read '{path}' as a checkpoint", nameof(Checkpoint), numbers, "use another checkpoint of the run, or a file that Checkpoint.Save has written"),
        inner);

    [DoesNotReturn]
    internal static void ThrowDifferences(string path, IReadOnlyList<string> differences)
    {
        const int most = 12;
        string shown = string.Join("; ", differences.Take(most));
        if (differences.Count > most) shown += $"; and {differences.Count - most} more";
        throw new InvalidDataException(WorkspaceException.Compose(
            $"go on from '{path}'", nameof(Checkpoint), $"it is of another training: {shown}",
            "make model, optimizer, schedule and loader as they were when it was saved, or load the weights alone with Checkpoint.LoadModel"));
    }

    [DoesNotReturn]
    internal static void ThrowScheduler(string kind) => throw new ArgumentException(WorkspaceException.Compose(
        "keep a schedule in a checkpoint", nameof(Checkpoint), $"{kind} does not say where it stands", "implement IResumableScheduler in it"));

    [DoesNotReturn]
    internal static void ThrowSwapped() => throw new InvalidOperationException(WorkspaceException.Compose(
        "save or load a checkpoint", nameof(Checkpoint), "the averages are in the parameters now", "dispose what SwapIn returned first"));

    [DoesNotReturn]
    internal static void ThrowWaiting(string parameter) => throw new InvalidOperationException(WorkspaceException.Compose(
        "save a checkpoint", nameof(Checkpoint), $"the gradient of '{parameter}' waits for an optimizer, and gradients are not kept",
        "save it between the optimizer's step and the next Backward"));
}
