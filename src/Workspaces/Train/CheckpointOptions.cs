namespace Workspaces.Train;

/// <summary>Where and how often a trainer writes checkpoints: at the end of the run, when it is cancelled, and in between.</summary>
public sealed record CheckpointOptions
{
    /// <summary>The folder; made when it is not there. Files are <c>checkpoint-0000000630.safetensors</c>, the number being the step, and <c>best.safetensors</c>.</summary>
    public required string Folder { get; init; }

    /// <summary>Batches between two checkpoints, each after the next step of the optimizer; 0 for one at the end of each epoch.</summary>
    public long Every { get; init; }

    /// <summary>How many of the newest are kept, at least 1; the best one is kept besides.</summary>
    public int Keep { get; init; } = 3;

    /// <summary>Configuration of the run to put in, full keys with their values; null for none.</summary>
    public IReadOnlyDictionary<string, string?>? Configuration { get; init; }
}
