namespace Workspaces.Train;

/// <summary>What a checkpoint says of itself, without loading it anywhere.</summary>
public sealed record CheckpointInfo
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>Where the training stood.</summary>
    public required TrainingPosition Position { get; init; }

    /// <summary>The configuration of the run, full keys with their values; empty when it was made in code.</summary>
    public required IReadOnlyDictionary<string, string?> Configuration { get; init; }

    /// <summary>Shape of one sample of the training data; empty when it was saved without a loader.</summary>
    public required IReadOnlyList<long> SampleShape { get; init; }

    /// <summary>Whether samples are whole numbers, such as tokens.</summary>
    public required bool HasTokens { get; init; }

    /// <summary>Kind of the optimizer, or null without one.</summary>
    public string? Optimizer { get; init; }

    /// <summary>True when there is an average of the weights.</summary>
    public bool HasAverage { get; init; }
}
