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

    /// <summary>Most bytes of step workspace and kernel scratch over all passes.</summary>
    public long ArenaBytes => Passes.Count == 0 ? 0 : Passes.Max(static pass => pass.PlannedBytes) + ScratchBytes;

    /// <summary>Most scratch that one kernel takes.</summary>
    public long ScratchBytes => Passes.Count == 0 ? 0 : Passes.Max(static pass => pass.ScratchBytes);

    /// <summary>The highest lower bound of a pass.</summary>
    public long LowerBoundBytes => Passes.Count == 0 ? 0 : Passes.Max(static pass => pass.LowerBoundBytes);
}
