namespace Workspaces.Train;

/// <summary>One training step that has been taken.</summary>
/// <param name="Step">Number of the step, from 1.</param>
/// <param name="Epoch">Number of the epoch, from 0.</param>
/// <param name="Loss">Mean loss of the batch before the update.</param>
/// <param name="Samples">Samples in the batch.</param>
/// <param name="Milliseconds">Wall time of the step, loading the batch included.</param>
/// <param name="ArenaBytes">Committed bytes of the step workspace.</param>
public readonly record struct TrainStep(long Step, int Epoch, float Loss, int Samples, double Milliseconds, long ArenaBytes)
{
    /// <summary>Most bytes of the step workspace that were in use at one moment so far, those of learning passes included.</summary>
    public long PeakBytes { get; init; }
}
