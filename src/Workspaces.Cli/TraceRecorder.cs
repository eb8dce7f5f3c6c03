using Workspaces.Memory.Tracking;
using Workspaces.Train;

namespace Workspaces.Cli;

/// <summary>
/// Writes the trace of a training step: the first step of each epoch replaces that of the epoch before. The last pass of a run would be one of the
/// evaluation, and the last step often has a smaller batch.
/// </summary>
internal sealed class TraceRecorder(TraceOutput output, ITrainObserver? next) : ITrainObserver
{
    private int _epoch = -1;

    public void OnStart(int epochs, long stepsPerEpoch) => next?.OnStart(epochs, stepsPerEpoch);

    public void OnStep(in TrainStep step)
    {
        if (step.Epoch != _epoch) output.Write(PassTraceCsv.LastOfThisFlow());
        _epoch = step.Epoch;
        next?.OnStep(step);
    }

    public void OnResume(TrainingPosition position) => next?.OnResume(position);

    public void OnValidation(in Validation validation) => next?.OnValidation(validation);

    public void OnCheckpoint(string path) => next?.OnCheckpoint(path);

    public void OnEpoch(EpochResult epoch) => next?.OnEpoch(epoch);

    public void OnEnd(TrainResult result) => next?.OnEnd(result);
}
