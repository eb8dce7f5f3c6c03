using Workspaces.Hosting.Configuration;

namespace Workspaces.Hosting.Composition;

/// <summary>How long a run trains; schedules that are not told their length last as long.</summary>
/// <param name="Steps">Steps of the optimizer, at least 1.</param>
/// <param name="Epochs">Epochs, at least 1.</param>
public readonly record struct TrainingLength(long Steps, int Epochs)
{
    /// <summary>The length of a run: an update of the parameters takes <c>AccumulationSteps</c> batches, the last one of an epoch what is left.</summary>
    internal static TrainingLength Of(TrainingOptions training, int batchesPerEpoch)
    {
        long whole = training.Epochs, rest = 0;
        if (training.Steps > 0) (whole, rest) = Math.DivRem(training.Steps, batchesPerEpoch);
        if (training.MaxSteps > 0 && training.MaxSteps < (whole * batchesPerEpoch) + rest) (whole, rest) = Math.DivRem(training.MaxSteps, batchesPerEpoch);
        long perEpoch = ((long)batchesPerEpoch + training.AccumulationSteps - 1) / training.AccumulationSteps;
        return new TrainingLength(Math.Max(1, (whole * perEpoch) + (rest / training.AccumulationSteps)), (int)Math.Max(1, whole + (rest > 0 ? 1 : 0)));
    }
}
