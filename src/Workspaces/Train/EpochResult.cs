namespace Workspaces.Train;

/// <summary>What an epoch came to.</summary>
/// <param name="Epoch">Number of the epoch, from 0.</param>
/// <param name="TrainLoss">Mean loss over its samples.</param>
/// <param name="TestAccuracy">Fraction of the test samples classified rightly, or null without test data.</param>
/// <param name="SamplesPerSecond">Training samples a second, evaluation excluded.</param>
/// <param name="ArenaBytes">Committed bytes of the step workspace.</param>
public readonly record struct EpochResult(int Epoch, double TrainLoss, double? TestAccuracy, double SamplesPerSecond, long ArenaBytes)
{
    /// <summary>Mean loss over the test samples, without dropout and the like; null without test data.</summary>
    public double? TestLoss { get; init; }

    /// <summary>The metrics of <see cref="TrainerOptions.Metrics"/> over the test samples, by name; null without any.</summary>
    public IReadOnlyDictionary<string, double>? Metrics { get; init; }
}
