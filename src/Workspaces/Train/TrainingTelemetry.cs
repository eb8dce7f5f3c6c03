using System.Diagnostics;
using System.Diagnostics.Metrics;
using Workspaces.Memory.Telemetry;

namespace Workspaces.Train;

/// <summary>What the trainers of the process tell meters and spans; nothing is computed and nothing made while nobody listens.</summary>
internal static class TrainingTelemetry
{
    private const string Phase = "workspaces.train.phase";
    private static readonly Counter<long> Steps = WorkspaceMeter.Meter.CreateCounter<long>("workspaces.train.steps", "{step}", "Training steps taken.");
    private static readonly Counter<long> Samples = WorkspaceMeter.Meter.CreateCounter<long>("workspaces.train.samples", "{sample}", "Samples that training steps have seen.");
    private static readonly Counter<long> Epochs = WorkspaceMeter.Meter.CreateCounter<long>("workspaces.train.epochs", "{epoch}", "Epochs that are complete.");
    private static readonly Histogram<double> Durations =
        WorkspaceMeter.Meter.CreateHistogram<double>("workspaces.train.step.duration", "s", "Wall time of a training step, loading the batch included.");
    private static readonly Gauge<double> Rate = WorkspaceMeter.Meter.CreateGauge<double>("workspaces.train.step.rate", "{step}/s", "Steps a second of the last epoch.");
    private static readonly Gauge<double> Loss = WorkspaceMeter.Meter.CreateGauge<double>("workspaces.train.loss", "1", "Mean loss, of the last batch or the last evaluation.");
    private static readonly Gauge<double> Accuracy = WorkspaceMeter.Meter.CreateGauge<double>("workspaces.train.accuracy", "1", "Part of the test samples classified rightly.");

    /// <summary>A span for an epoch with its evaluation; null while nobody listens.</summary>
    internal static Activity? BeginEpoch(int epoch)
    {
        Activity? span = WorkspaceTelemetry.Activities.StartActivity("workspaces.epoch");
        span?.SetTag("workspaces.train.epoch", epoch + 1);
        return span;
    }

    /// <summary>A span for a step; null while nobody listens.</summary>
    internal static Activity? BeginStep(long step)
    {
        Activity? span = WorkspaceTelemetry.Activities.StartActivity("workspaces.step");
        span?.SetTag("workspaces.train.step", step);
        return span;
    }

    /// <summary>A step has been taken.</summary>
    internal static void CountStep(double loss, long samples, double milliseconds)
    {
        Steps.Add(1);
        Samples.Add(samples);
        if (Durations.Enabled) Durations.Record(milliseconds / 1000);
        if (Loss.Enabled) Loss.Record(loss, new KeyValuePair<string, object?>(Phase, "train"));
    }

    /// <summary>An epoch is complete.</summary>
    internal static void CountEpoch(in EpochResult epoch, double stepsPerSecond)
    {
        Epochs.Add(1);
        if (Rate.Enabled) Rate.Record(stepsPerSecond);
        if (Loss.Enabled && epoch.TestLoss is { } loss) Loss.Record(loss, new KeyValuePair<string, object?>(Phase, "test"));
        if (Accuracy.Enabled && epoch.TestAccuracy is { } accuracy) Accuracy.Record(accuracy, new KeyValuePair<string, object?>(Phase, "test"));
    }
}
