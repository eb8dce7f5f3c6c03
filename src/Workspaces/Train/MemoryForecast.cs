namespace Workspaces.Train;

/// <summary>The memory that a training run will need, found before it from shapes alone; see <see cref="Trainer.Forecast"/>.</summary>
public sealed record MemoryForecast
{
    /// <summary>The kinds of passes: full and last batches of training and evaluation.</summary>
    public required IReadOnlyList<PassForecast> Passes { get; init; }

    /// <summary>Bytes of parameters, in whole granules of 64.</summary>
    public required long ParameterBytes { get; init; }

    /// <summary>Bytes of their gradients.</summary>
    public required long GradientBytes { get; init; }

    /// <summary>Bytes that the optimizer remembers, with tensors made outside every workspace.</summary>
    public required long OptimizerBytes { get; init; }

    /// <summary>Most bytes that the step workspace may have; 0 means no cap.</summary>
    public long MaxSize { get; init; }

    /// <summary>True with <c>WorkspaceMode</c> None: tensors own their memory, and kernel scratch has its own.</summary>
    public bool ScratchIsApart { get; init; }

    /// <summary>
    /// Bytes of the step workspace under the largest plan, kernel scratch included. Under policies that do not plan, the bytes of the largest pass as it is
    /// served then: all its requests with <c>PolicyAllocation</c> Always, what its tensors own at once with <c>WorkspaceMode</c> None.
    /// </summary>
    public long ArenaBytes => StepBytes + (ScratchIsApart ? ScratchBytes : 0);

    /// <summary>False when a pass needs more than <see cref="MaxSize"/> allows.</summary>
    public bool FitsMaxSize => MaxSize == 0 || StepBytes <= MaxSize;

    /// <summary>Most scratch that one kernel takes.</summary>
    public long ScratchBytes => Passes.Count == 0 ? 0 : Passes.Max(static pass => pass.ScratchBytes);

    /// <summary>The highest lower bound of a pass.</summary>
    public long LowerBoundBytes => Passes.Count == 0 ? 0 : Passes.Max(static pass => pass.LowerBoundBytes);

    /// <summary>What counts against the cap.</summary>
    private long StepBytes => Passes.Count == 0 ? 0 : Passes.Max(pass => pass.PlannedBytes - (ScratchIsApart ? pass.ScratchBytes : 0));
}
