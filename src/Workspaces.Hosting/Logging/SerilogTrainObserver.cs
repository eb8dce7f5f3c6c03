using Microsoft.Extensions.Logging;
using Serilog.Extensions.Logging;
using Workspaces.Train;

namespace Workspaces.Hosting.Logging;

/// <summary>Writes a training run to a Serilog log, as <see cref="TrainLogObserver"/> does, and hands everything on to another observer.</summary>
/// <param name="log">Receives the lines; their <c>SourceContext</c> is <c>Workspaces.Training</c>.</param>
/// <param name="next">Sees everything too; null for nobody.</param>
/// <param name="epochs">Level of the line that each epoch gets; lower where the same is shown otherwise.</param>
public sealed class SerilogTrainObserver(Serilog.ILogger log, ITrainObserver? next = null, LogLevel epochs = LogLevel.Information) : ITrainObserver
{
    private readonly TrainLogObserver _observer = new(new SerilogLoggerProvider(log ?? throw new ArgumentNullException(nameof(log))).CreateLogger(TrainLog.Category), next, epochs);

    /// <inheritdoc/>
    public void OnStart(int epochs, long stepsPerEpoch) => _observer.OnStart(epochs, stepsPerEpoch);

    /// <inheritdoc/>
    public void OnStep(in TrainStep step) => _observer.OnStep(step);

    /// <inheritdoc/>
    public void OnResume(TrainingPosition position) => _observer.OnResume(position);

    /// <inheritdoc/>
    public void OnValidation(in Validation validation) => _observer.OnValidation(validation);

    /// <inheritdoc/>
    public void OnCheckpoint(string path) => _observer.OnCheckpoint(path);

    /// <inheritdoc/>
    public void OnEpoch(EpochResult epoch) => _observer.OnEpoch(epoch);

    /// <inheritdoc/>
    public void OnEnd(TrainResult result) => _observer.OnEnd(result);
}
