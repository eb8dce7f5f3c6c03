using Microsoft.Extensions.Logging;
using Workspaces.Train;

namespace Workspaces.Hosting.Logging;

/// <summary>
/// Writes a training run to a log and hands everything on to another observer: a line an epoch at Information, a loss that is no number as Warning, all else as
/// Debug. The ids are those of <see cref="LogEvents"/>.
/// </summary>
/// <param name="log">Receives the lines.</param>
/// <param name="next">Sees everything too; null for nobody.</param>
/// <param name="epochs">Level of the line that each epoch gets; lower where the same is shown otherwise.</param>
public sealed class TrainLogObserver(ILogger log, ITrainObserver? next = null, LogLevel epochs = LogLevel.Information) : ITrainObserver
{
    private readonly ILogger _log = log ?? throw new ArgumentNullException(nameof(log));
    private readonly bool _logsSteps = log.IsEnabled(LogLevel.Debug);

    /// <inheritdoc/>
    public void OnStart(int epochs, long stepsPerEpoch)
    {
        _log.TrainingBegins(epochs, stepsPerEpoch);
        next?.OnStart(epochs, stepsPerEpoch);
    }

    /// <inheritdoc/>
    public void OnStep(in TrainStep step)
    {
        if (_logsSteps) _log.StepTaken(step.Step, step.Epoch + 1, step.Loss, step.Milliseconds);
        next?.OnStep(step);
    }

    /// <inheritdoc/>
    public void OnResume(TrainingPosition position)
    {
        ArgumentNullException.ThrowIfNull(position);
        _log.TrainingResumes(position.Step, position.Epoch + 1, position.Batch);
        next?.OnResume(position);
    }

    /// <inheritdoc/>
    public void OnValidation(in Validation validation)
    {
        _log.Validated(validation.Step, validation.Epoch + 1, validation.Loss, validation.Accuracy);
        next?.OnValidation(validation);
    }

    /// <inheritdoc/>
    public void OnCheckpoint(string path)
    {
        _log.CheckpointWritten(path);
        next?.OnCheckpoint(path);
    }

    /// <inheritdoc/>
    public void OnEpoch(EpochResult epoch)
    {
        _log.EpochEnded(epochs, epoch.Epoch + 1, epoch.TrainLoss, epoch.TestAccuracy, epoch.SamplesPerSecond, epoch.ArenaBytes);
        if (!double.IsFinite(epoch.TrainLoss)) _log.LossNotFinite(epoch.Epoch + 1, epoch.TrainLoss);
        next?.OnEpoch(epoch);
    }

    /// <inheritdoc/>
    public void OnEnd(TrainResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        _log.TrainingEnded(result.Steps, result.TrainLoss, result.TestAccuracy, result.MillisecondsPerStepMedian, result.Memory.ArenaPeakBytes);
        next?.OnEnd(result);
    }
}
