namespace Workspaces.Train;

/// <summary>What the test samples say of the model.</summary>
/// <param name="Step">Batches taken so far.</param>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="Loss">Mean loss, without dropout and the like.</param>
/// <param name="Accuracy">Fraction classified rightly; null for targets that are numbers.</param>
public readonly record struct Validation(long Step, int Epoch, double Loss, double? Accuracy)
{
    /// <summary>The metrics of <see cref="TrainerOptions.Metrics"/> by name; null without any.</summary>
    public IReadOnlyDictionary<string, double>? Metrics { get; init; }
}
