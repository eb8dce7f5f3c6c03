using Serilog;
using Workspaces.Train;

namespace Workspaces.Hosting.Logging;

/// <summary>Writes a training run to a log (steps at Debug, epochs and the end at Information) and hands everything on to another observer.</summary>
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
    public void OnEpoch(EpochResult epoch)
    {
        ArgumentNullException.ThrowIfNull(epoch);
        log.Debug("Epoch {Epoch}: loss {Loss}, test accuracy {Accuracy}", epoch.Epoch + 1, epoch.TrainLoss, epoch.TestAccuracy);
        next?.OnEpoch(epoch);
    }

    /// <inheritdoc/>
    public void OnEnd(TrainResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        log.Information(
            "Training ended after {Steps} steps: loss {Loss}, test accuracy {Accuracy}, {Milliseconds} ms a step, arena {ArenaBytes} bytes",
            result.Steps, result.TrainLoss, result.TestAccuracy, result.MillisecondsPerStepMedian, result.Memory.ArenaPeakBytes);
        next?.OnEnd(result);
    }
}
