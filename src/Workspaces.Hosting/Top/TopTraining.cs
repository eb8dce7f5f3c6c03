namespace Workspaces.Hosting.Top;

/// <summary>How far the trainers of the process are, counted since the process can be attached to.</summary>
/// <param name="Steps">Steps taken.</param>
/// <param name="Epochs">Epochs complete.</param>
/// <param name="Samples">Samples seen.</param>
/// <param name="Loss">Mean loss of the last batch; null before the first, and when it is no number.</param>
/// <param name="TestLoss">Loss of the last evaluation at the end of an epoch.</param>
/// <param name="TestAccuracy">Accuracy of that evaluation, 0 to 1.</param>
public sealed record TopTraining(long Steps, long Epochs, long Samples, double? Loss, double? TestLoss, double? TestAccuracy)
{
    /// <summary>Steps a second since the snapshot before; null in the first one.</summary>
    public double? StepsPerSecond { get; init; }
}
