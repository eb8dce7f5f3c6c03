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
        CheckShapes(run);
        if (!json) Console.Out.WriteLine(run.Model);
        using TraceOutput? output = traceOut is null ? null : new TraceOutput(traceOut);
        using OutputFile? page = report is null ? null : new OutputFile(report, prepare is null ? "train --report" : "resume --report");
        using ReportRecorder? recorder = page is null ? null : new ReportRecorder(run);
        TrainResult result = json
            ? run.Train(Watched(null, output, recorder), stop.Token)
            : ConsoleProgress.Run(observer => run.Train(Watched(new SerilogTrainObserver(log, observer, EpochLevel(configuration)), output, recorder), stop.Token));
        if (json) JsonLine.Print(ToJson(result));
        else Print(result, configuration);
        output?.ThrowIfFailed();
        if (recorder is not null) ReportCommand.Write(recorder.ToReport(), page!, json ? null : report);
        return result.Cancelled ? stop.ExitCode : 0;
    }

    private static ITrainObserver? Watched(ITrainObserver? observer, TraceOutput? output, ReportRecorder? report)
    {
        if (output is not null) observer = new TraceRecorder(output, observer);
        return report is null ? observer : observer is null ? report : new TrainObservers(report, observer);
    }

    /// <summary>
    /// Layers that do not fit together are an error of the file, and it comes alone, before anything says that it trains. What shapes alone do not tell, the
    /// training itself finds.
    /// </summary>
    private static void CheckShapes(TrainingRun run)
    {
        try
        {
            run.Summarize();
        }
        catch (ArgumentException)
        {
            run.Forecast(); // runs the same layers, and says which one it is and where it stands
        }
        catch (Exception error) when (error is not (ConfigurationException or OutOfMemoryException))
        {
            // A layer reads values, or cannot be summed up: that is no reason not to train.
        }
    }

    /// <summary>
    /// The progress shows the epochs on standard output. A line of the log repeats them only where that is another place: in sinks that the configuration names, or
    /// where just one of the two streams goes to the terminal.
    /// </summary>
    private static LogLevel EpochLevel(RunConfiguration configuration) =>
        Console.IsOutputRedirected != Console.IsErrorRedirected || configuration.Root.GetSection("Serilog:WriteTo").GetChildren().Any() ? LogLevel.Information : LogLevel.Debug;

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

    private static void Print(TrainResult result, RunConfiguration configuration)
    {
        CultureInfo plain = CultureInfo.InvariantCulture;
        if (result.TestAccuracy is { } accuracy) Console.Out.WriteLine(string.Create(plain, $"test accuracy      {accuracy * 100:F2} %"));
        if (result.TestLoss is { } loss) Console.Out.WriteLine($"test loss          {ProgressText.Loss(loss)}");
        foreach ((string name, double value) in result.Metrics ?? new Dictionary<string, double>())
            Console.Out.WriteLine(string.Create(plain, $"{name,-18} {value:G6}"));
        Console.Out.WriteLine(string.Create(plain, $"steps              {result.Steps}, median {result.MillisecondsPerStepMedian:F2} ms"));
        Console.Out.WriteLine($"step and scratch   {ByteSize.Round(result.Memory.ArenaPeakBytes)} at most, lower bound {ByteSize.Round(result.Memory.LowerBoundBytes)}");
        PrintSpills(result, configuration);
        Console.Out.WriteLine($"parameters etc.    {ByteSize.Round(result.Memory.PersistentBytes)}, batches {ByteSize.Round(result.Memory.DataBytes)}");
        Console.Out.WriteLine($"process            {ByteSize.Round(result.Memory.PeakRssBytes)} resident at most");
        if (result.Checkpoint is { } checkpoint) Console.Out.WriteLine($"checkpoint         {checkpoint}");
    }

    /// <summary>What lay outside the arena makes its peak less than the lower bound. In a long run only its steady part is counted.</summary>
    private static void PrintSpills(TrainResult result, RunConfiguration configuration)
    {
        if (result.Memory.SpilledBytes == 0) return;
        WorkspaceConfiguration step = configuration.Root.GetWorkspace("step");
        if (step.WorkspaceMode == WorkspaceMode.None) return; // tensors own their memory; nothing is outside an arena
        long steps = result.Memory.SteadySteps > 0 ? result.Memory.SteadySteps : result.Steps;
        string why = step.MaxSize > 0 ? $"; MaxSize {ByteSize.Round(step.MaxSize)}" : "";
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"spilled            {ByteSize.Round(result.Memory.SpilledBytes)} in {steps} steps, {ByteSize.Round(result.Memory.SpilledBytes / Math.Max(1, steps))} a step{why}"));
    }
}
