using Workspaces.Train;

namespace Workspaces.Hosting.Progress;

/// <summary>A line an epoch, and one every few seconds inside long epochs.</summary>
internal sealed class PlainProgress(TextWriter output) : ITrainObserver
{
    private readonly RateMeter _rate = new(TimeSpan.FromSeconds(5));
    private int _epochs;
    private long _peakBytes;

    public void OnStart(int epochs, long stepsPerEpoch)
    {
        _epochs = epochs;
        output.WriteLine($"training {epochs} epochs of {stepsPerEpoch} steps");
    }

    public void OnStep(in TrainStep step)
    {
        _peakBytes = step.PeakBytes;
        if (_rate.Add(step.Samples, out double rate)) output.WriteLine(ProgressText.Step(step, _epochs, rate));
    }

    public void OnResume(TrainingPosition position) => output.WriteLine(ProgressText.Resume(position));

    public void OnValidation(in Validation validation) => output.WriteLine(ProgressText.Validation(validation, _epochs));

    public void OnEpoch(EpochResult epoch) => output.WriteLine(ProgressText.Epoch(epoch, _epochs, _peakBytes));

    public void OnEnd(TrainResult result)
    {
        if (result.StoppedEarly) output.WriteLine($"stopped early after {result.Steps} steps");
        if (result.Cancelled) output.WriteLine($"cancelled after {result.Steps} steps");
        output.Flush();
    }
}
