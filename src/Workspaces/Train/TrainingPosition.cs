namespace Workspaces.Train;

/// <summary>A point between two steps of a training.</summary>
public sealed record TrainingPosition
{
    /// <summary>Batches taken so far in all epochs.</summary>
    public long Step { get; init; }

    /// <summary>The epoch that the next batch is of, from 0.</summary>
    public int Epoch { get; init; }

    /// <summary>Number of the next batch in its epoch; as many as there are when only the end of the epoch is to come.</summary>
    public int Batch { get; init; }

    /// <summary>Sum of the losses of the samples of this epoch so far.</summary>
    public double LossSum { get; init; }

    /// <summary>Samples of this epoch so far.</summary>
    public long LossSamples { get; init; }

    /// <summary>The epochs that are complete.</summary>
    public IReadOnlyList<EpochResult> Epochs { get; init; } = [];

    /// <summary>Best value of what is watched, see <see cref="EarlyStopping"/>; null before the first.</summary>
    public double? Best { get; init; }

    /// <summary>Validations since the best one.</summary>
    public long BadChecks { get; init; }
}
