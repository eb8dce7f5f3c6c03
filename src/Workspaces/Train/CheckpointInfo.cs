using Workspaces.Data;
using Workspaces.Data.Transforms;

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

    /// <summary>What the training did with its samples, as the file has it.</summary>
    internal PreparationState? Preparation { get; init; }

    /// <summary>What the training did with its samples: <see cref="SamplePreparation.Apply"/> does the same with others.</summary>
    /// <param name="custom">
    /// Makes a transform that is the program's own: of its place among those of the training data, and the shape of the samples that come to it. Null when there is none.
    /// </param>
    /// <returns>The preparation; null when the checkpoint was saved without a loader, or by an older version.</returns>
    /// <exception cref="InvalidDataException">What the file says of it contradicts itself, or nobody knows one of the transforms.</exception>
    public SamplePreparation? PreparationOf(Func<int, IReadOnlyList<long>, IDataTransform>? custom = null)
    {
        try
        {
            return Preparation is { } state ? SamplePreparation.Of(state, custom) : null;
        }
        catch (ArgumentException error)
        {
            CheckpointErrors.Throw(Path, $"what it says of the preparation of samples contradicts itself: {error.Message}", error);
            throw;
        }
        catch (InvalidDataException error)
        {
            CheckpointErrors.Throw(Path, $"its samples cannot be prepared as it says: {error.Message.TrimEnd('.')}", error);
            throw;
        }
    }
}
