using System.Globalization;
using Workspaces.Memory;
using Workspaces.Train;

namespace Workspaces.Hosting.Progress;

/// <summary>The words of progress lines.</summary>
internal static class ProgressText
{
    private const double MostPlain = 1e6;

    internal static string Step(in TrainStep step, int epochs, double samplesPerSecond) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Where(step, epochs)}  step {step.Step}  {Figures(samplesPerSecond, step.PeakBytes, step.ArenaBytes)}");

    /// <summary>Short, because the bar, the percentage and the time left share a terminal's 80 columns with it.</summary>
    internal static string Where(in TrainStep step, int epochs) =>
        string.Create(CultureInfo.InvariantCulture, $"epoch {step.Epoch + 1}/{epochs}  loss {Loss(step.Loss)}");

    /// <summary>Four digits behind the point; one that has run away is not written out in full.</summary>
    internal static string Loss(double loss) => loss.ToString(Math.Abs(loss) < MostPlain ? "F4" : "G5", CultureInfo.InvariantCulture);

    /// <summary>Throughput, the most that was in use of the arena of the steps, and what it has committed, which has the arena's own bookkeeping too.</summary>
    internal static string Figures(double samplesPerSecond, long peakBytes, long? committedBytes)
    {
        string committed = committedBytes is { } bytes ? $", {ByteSize.Round(bytes)} committed" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{samplesPerSecond:N0} samples/s  arena {ByteSize.Round(peakBytes)} used{committed}");
    }

    internal static string Validation(in Validation validation, int epochs)
    {
        string accuracy = validation.Accuracy is { } fraction ? string.Create(CultureInfo.InvariantCulture, $"  test {fraction * 100:F2} %") : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {validation.Epoch + 1}/{epochs}  step {validation.Step}{accuracy}  test loss {Loss(validation.Loss)}{Metrics(validation.Metrics)}");
    }

    internal static string Resume(TrainingPosition position) =>
        string.Create(CultureInfo.InvariantCulture, $"goes on behind step {position.Step}, in epoch {position.Epoch + 1} at batch {position.Batch}");

    private static string Metrics(IReadOnlyDictionary<string, double>? metrics) => metrics is null
        ? ""
        : string.Concat(metrics.Select(static metric => string.Create(CultureInfo.InvariantCulture, $"  {metric.Key} {metric.Value:G5}")));

    /// <summary>An epoch that is complete; the memory is left away where it is shown otherwise.</summary>
    internal static string Epoch(EpochResult epoch, int epochs, long? peakBytes)
    {
        string arena = peakBytes is { } bytes ? $"  arena {ByteSize.Round(bytes)} used" : "";
        string accuracy = epoch.TestAccuracy is { } fraction ? string.Create(CultureInfo.InvariantCulture, $"  test {fraction * 100:F2} %") : "";
        string loss = epoch.TestLoss is { } mean ? string.Create(CultureInfo.InvariantCulture, $" (loss {Loss(mean)})") : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {epoch.Epoch + 1}/{epochs}  loss {Loss(epoch.TrainLoss)}{accuracy}{loss}{Metrics(epoch.Metrics)}"
            + $"  {epoch.SamplesPerSecond:N0} samples/s{arena}");
    }
}
