using Microsoft.Extensions.Logging;

namespace Workspaces.Hosting.Logging;

/// <summary>The lines about training; their code is generated, and does nothing while their level is off.</summary>
internal static partial class TrainLog
{
    internal const string Category = "Workspaces.Training";

    [LoggerMessage(LogEvents.TrainingBegins, LogLevel.Debug, "Training {Epochs} epochs of {Steps} steps")]
    internal static partial void TrainingBegins(this ILogger log, int epochs, long steps);

    [LoggerMessage(LogEvents.StepTaken, LogLevel.Debug, "Step {Step} of epoch {Epoch}: loss {Loss:F4}, {Milliseconds:F3} ms")]
    internal static partial void StepTaken(this ILogger log, long step, int epoch, float loss, double milliseconds);

    [LoggerMessage(LogEvents.TrainingResumes, LogLevel.Debug, "Training goes on behind step {Step}, in epoch {Epoch} at batch {Batch}")]
    internal static partial void TrainingResumes(this ILogger log, long step, int epoch, int batch);

    [LoggerMessage(LogEvents.Validated, LogLevel.Debug, "Step {Step} of epoch {Epoch}: test loss {Loss:F4}, test accuracy {Accuracy:P2}")]
    internal static partial void Validated(this ILogger log, long step, int epoch, double loss, double? accuracy);

    [LoggerMessage(LogEvents.CheckpointWritten, LogLevel.Debug, "Checkpoint {Path}")]
    internal static partial void CheckpointWritten(this ILogger log, string path);

    [LoggerMessage(
        EventId = LogEvents.EpochEnded,
        Message = "Epoch {Epoch}: loss {Loss:F4}, test accuracy {Accuracy:P2}, {SamplesPerSecond:N0} samples/s, arena {ArenaBytes} bytes committed")]
    internal static partial void EpochEnded(this ILogger log, LogLevel level, int epoch, double loss, double? accuracy, double samplesPerSecond, long arenaBytes);

    [LoggerMessage(
        LogEvents.LossNotFinite, LogLevel.Warning, "The loss of epoch {Epoch} is {Loss}: lower Optimizer:LearningRate, or look for NaN in the data")]
    internal static partial void LossNotFinite(this ILogger log, int epoch, double loss);

    [LoggerMessage(
        LogEvents.TrainingEnded, LogLevel.Debug,
        "Training ended after {Steps} steps: loss {Loss:F4}, test accuracy {Accuracy:P2}, {Milliseconds:F3} ms a step, arena {ArenaBytes} bytes in use at most")]
    internal static partial void TrainingEnded(this ILogger log, long steps, double loss, double? accuracy, double milliseconds, long arenaBytes);

    [LoggerMessage(
        LogEvents.BatchCut, LogLevel.Warning,
        "Data:BatchSize is {BatchSize}, and there are {Samples} samples to train with: an epoch is one step with all of them. Remedy: make Data:BatchSize smaller")]
    internal static partial void BatchCut(this ILogger log, int batchSize, int samples);

    [LoggerMessage(
        LogEvents.ThreadsAboveProcessors, LogLevel.Warning,
        "Training:Threads is {Threads}, and this machine offers {Processors}: more threads than processors wait for each other, and each has scratch of its own. "
        + "Remedy: make Training:Threads no more than that, or 0 for one a processor")]
    internal static partial void ThreadsAboveProcessors(this ILogger log, int threads, int processors);
}
