using Serilog;
using Workspaces.Train;

namespace Workspaces.Hosting.Logging;

/// <summary>
/// Writes a training run to a log and hands everything on to another observer. Steps, epochs and the end are Debug lines; a loss that is no number is a Warning.
/// </summary>
/// <param name="log">Receives the lines.</param>
/// <param name="next">Sees everything too; null for nobody.</param>
public sealed class SerilogTrainObserver(ILogger log, ITrainObserver? next = null) : ITrainObserver
{
    private readonly bool _logsSteps = log.IsEnabled(Serilog.Events.LogEventLevel.Debug);

    /// <inheritdoc/>
    public void OnStart(int epochs, long stepsPerEpoch)
    {
        log.Debug("Training {Epochs} epochs of {Steps} steps", epochs, stepsPerEpoch);
        next?.OnStart(epochs, stepsPerEpoch);
    }

    /// <inheritdoc/>
    public void OnStep(in TrainStep step)
    {
        if (_logsSteps) log.Debug("Step {Step} of epoch {Epoch}: loss {Loss}, {Milliseconds} ms", step.Step, step.Epoch + 1, step.Loss, step.Milliseconds);
        next?.OnStep(step);
    }

    /// <inheritdoc/>
    public void OnResume(TrainingPosition position)
    {
        ArgumentNullException.ThrowIfNull(position);
        log.Debug("Training goes on behind step {Step}, in epoch {Epoch} at batch {Batch}", position.Step, position.Epoch + 1, position.Batch);
        next?.OnResume(position);
    }

    /// <inheritdoc/>
    public void OnValidation(in Validation validation)
    {
        log.Debug("Step {Step} of epoch {Epoch}: test loss {Loss}, test accuracy {Accuracy}", validation.Step, validation.Epoch + 1, validation.Loss, validation.Accuracy);
        next?.OnValidation(validation);
    }

    /// <inheritdoc/>
    public void OnCheckpoint(string path)
    {
        log.Debug("Checkpoint {Path}", path);
        next?.OnCheckpoint(path);
    }

    /// <inheritdoc/>
    public void OnEpoch(EpochResult epoch)
    {
        log.Debug("Epoch {Epoch}: loss {Loss}, test accuracy {Accuracy}", epoch.Epoch + 1, epoch.TrainLoss, epoch.TestAccuracy);
        if (!double.IsFinite(epoch.TrainLoss))
            log.Warning("The loss of epoch {Epoch} is {Loss}: lower Optimizer:LearningRate, or look for NaN in the data", epoch.Epoch + 1, epoch.TrainLoss);
        next?.OnEpoch(epoch);
    }

    /// <inheritdoc/>
    public void OnEnd(TrainResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        log.Debug(
            "Training ended after {Steps} steps: loss {Loss}, test accuracy {Accuracy}, {Milliseconds} ms a step, arena {ArenaBytes} bytes",
            result.Steps, result.TrainLoss, result.TestAccuracy, result.MillisecondsPerStepMedian, result.Memory.ArenaPeakBytes);
        next?.OnEnd(result);
    }
}
