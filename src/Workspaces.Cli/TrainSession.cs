using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Serilog.Core;
using Serilog.Events;
using Workspaces.Hosting.Composition;
using Workspaces.Hosting.Configuration;
using Workspaces.Hosting.Logging;
using Workspaces.Hosting.Progress;
using Workspaces.Hosting.Reports;
using Workspaces.Memory;
using Workspaces.Train;

namespace Workspaces.Cli;

/// <summary>Trains what a configuration describes, from the beginning or from a checkpoint, and shows the result.</summary>
internal static class TrainSession
{
    internal static int Run(RunConfiguration configuration, Action<TrainingRun>? prepare, string? traceOut, bool json, string? report = null)
    {
        using Logger log = SerilogSetup.CreateLogger(configuration.Root, json ? LogEventLevel.Warning : null);
        EffectiveConfiguration.Write(configuration, log);
        using TrainingRun run = TrainingRun.Create(configuration, log);
        prepare?.Invoke(run);
        using var stop = new StopSignals();
        if (!json) Console.Out.WriteLine(run.Model);
        using TraceOutput? output = traceOut is null ? null : new TraceOutput(traceOut);
        using OutputFile? page = report is null ? null : new OutputFile(report, prepare is null ? "train --report" : "resume --report");
        using ReportRecorder? recorder = page is null ? null : new ReportRecorder(run);
        TrainResult result = json
            ? run.Train(Watched(null, output, recorder), stop.Token)
            : ConsoleProgress.Run(observer => run.Train(Watched(new SerilogTrainObserver(log, observer, EpochLevel(configuration)), output, recorder), stop.Token));
        if (json) JsonLine.Print(ToJson(result));
        else Print(result);
        output?.ThrowIfFailed();
        if (recorder is not null) ReportCommand.Write(recorder.ToReport(), page!);
        return result.Cancelled ? stop.ExitCode : 0;
    }

    private static ITrainObserver? Watched(ITrainObserver? observer, TraceOutput? output, ReportRecorder? report)
    {
        if (output is not null) observer = new TraceRecorder(output, observer);
        return report is null ? observer : observer is null ? report : new TrainObservers(report, observer);
    }

    /// <summary>A live display shows the epochs, and lines of a log on the same terminal would tear it.</summary>
    private static LogLevel EpochLevel(RunConfiguration configuration) =>
        Console.IsOutputRedirected || Console.IsErrorRedirected || configuration.Root.GetSection("Serilog:WriteTo").GetChildren().Any() ? LogLevel.Information : LogLevel.Debug;

    private static JsonObject ToJson(TrainResult result) => new JsonObject
    {
        ["test_accuracy"] = result.TestAccuracy,
        ["test_loss"] = result.TestLoss is { } loss ? JsonLine.Finite(loss) : null,
        ["train_loss"] = JsonLine.Finite(result.TrainLoss),
        ["metrics"] = MetricsOf(result),
        ["steps"] = result.Steps,
        ["ms_per_step_median"] = result.MillisecondsPerStepMedian,
        ["cancelled"] = result.Cancelled,
        ["stopped_early"] = result.StoppedEarly,
        ["checkpoint"] = result.Checkpoint,
    }.AddMemory(result.Memory);

    private static JsonObject? MetricsOf(TrainResult result)
    {
        if (result.Metrics is null) return null;
        var json = new JsonObject();
        foreach ((string name, double value) in result.Metrics) json[name] = JsonLine.Finite(value);
        return json;
    }

    private static void Print(TrainResult result)
    {
        CultureInfo plain = CultureInfo.InvariantCulture;
        if (result.TestAccuracy is { } accuracy) Console.Out.WriteLine(string.Create(plain, $"test accuracy      {accuracy * 100:F2} %"));
        if (result.TestLoss is { } loss) Console.Out.WriteLine(string.Create(plain, $"test loss          {loss:F4}"));
        foreach ((string name, double value) in result.Metrics ?? new Dictionary<string, double>())
            Console.Out.WriteLine(string.Create(plain, $"{name,-18} {value:G6}"));
        Console.Out.WriteLine(string.Create(plain, $"steps              {result.Steps}, median {result.MillisecondsPerStepMedian:F2} ms"));
        Console.Out.WriteLine($"step and scratch   {ByteSize.Round(result.Memory.ArenaPeakBytes)} at most, lower bound {ByteSize.Round(result.Memory.LowerBoundBytes)}");
        Console.Out.WriteLine($"parameters etc.    {ByteSize.Round(result.Memory.PersistentBytes)}, batches {ByteSize.Round(result.Memory.DataBytes)}");
        Console.Out.WriteLine($"process            {ByteSize.Round(result.Memory.PeakRssBytes)} resident at most");
        if (result.Checkpoint is { } checkpoint) Console.Out.WriteLine($"checkpoint         {checkpoint}");
    }
}
