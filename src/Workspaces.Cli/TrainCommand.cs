using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Serilog.Core;
using Serilog.Events;
using Workspaces.Hosting.Composition;
using Workspaces.Hosting.Configuration;
using Workspaces.Hosting.Logging;
using Workspaces.Hosting.Progress;
using Workspaces.Memory;
using Workspaces.Train;

namespace Workspaces.Cli;

/// <summary><c>train CONFIG</c>: trains the model that a run file describes.</summary>
internal static class TrainCommand
{
    internal static Command Create()
    {
        var config = new Argument<string>("config") { Description = "The run file, e.g. configs/mnist-mlp.json." };
        var seed = new Option<string?>("--seed") { Description = "Seed of everything random (Training:Seed)." };
        RunFileOptions run = new();
        var json = new Option<bool>("--json") { Description = "Print one JSON object as the last line; no progress." };
        var traceOut = new Option<string?>("--trace-out") { Description = "Write the memory trace of a training step to this CSV file, for plan and replay." };
        var command = new Command("train", "Train the model of a run file.") { config, seed, traceOut, json };
        run.AddTo(command);
        command.SetAction(parsed => CommandErrors.Guard(() =>
        {
            List<string> settings = run.Settings(parsed);
            RunFileOptions.Add(settings, "Training:Seed", parsed.GetValue(seed));
            return Run(parsed.GetValue(config)!, settings, parsed.GetValue(traceOut), parsed.GetValue(json));
        }));
        return command;
    }

    private static int Run(string path, IReadOnlyList<string> settings, string? traceOut, bool json)
    {
        if (path.Length == 0)
            throw new ArgumentException(WorkspaceException.Compose("train a run file", "train", "its name is empty", "name a file, e.g. configs/mnist-mlp.json"));
        RunConfiguration configuration = RunConfiguration.Load(path, settings);
        using Logger log = SerilogSetup.CreateLogger(configuration.Root, json ? LogEventLevel.Warning : null);
        EffectiveConfiguration.Write(configuration, log);
        using TrainingRun run = TrainingRun.Create(configuration, log);
        using var stop = new StopSignals();
        if (!json) Console.Out.WriteLine(run.Model);
        using TraceOutput? output = traceOut is null ? null : new TraceOutput(traceOut);
        TrainResult result = json
            ? run.Train(Recorded(null, output), stop.Token)
            : ConsoleProgress.Run(observer => run.Train(Recorded(new SerilogTrainObserver(log, observer), output), stop.Token));
        if (json) JsonLine.Print(ToJson(result));
        else Print(result);
        output?.ThrowIfFailed();
        return result.Cancelled ? stop.ExitCode : 0;
    }

    private static ITrainObserver? Recorded(ITrainObserver? observer, TraceOutput? output) => output is null ? observer : new TraceRecorder(output, observer);

    private static JsonObject ToJson(TrainResult result) => new JsonObject
    {
        ["test_accuracy"] = result.TestAccuracy,
        ["test_loss"] = result.TestLoss is { } loss ? JsonLine.Finite(loss) : null,
        ["train_loss"] = JsonLine.Finite(result.TrainLoss),
        ["steps"] = result.Steps,
        ["ms_per_step_median"] = result.MillisecondsPerStepMedian,
        ["cancelled"] = result.Cancelled,
    }.AddMemory(result.Memory);

    private static void Print(TrainResult result)
    {
        CultureInfo plain = CultureInfo.InvariantCulture;
        if (result.TestAccuracy is { } accuracy) Console.Out.WriteLine(string.Create(plain, $"test accuracy      {accuracy * 100:F2} %"));
        if (result.TestLoss is { } loss) Console.Out.WriteLine(string.Create(plain, $"test loss          {loss:F4}"));
        Console.Out.WriteLine(string.Create(plain, $"steps              {result.Steps}, median {result.MillisecondsPerStepMedian:F2} ms"));
        Console.Out.WriteLine($"step and scratch   {ByteSize.Round(result.Memory.ArenaPeakBytes)} at most, lower bound {ByteSize.Round(result.Memory.LowerBoundBytes)}");
        Console.Out.WriteLine($"parameters etc.    {ByteSize.Round(result.Memory.PersistentBytes)}, batches {ByteSize.Round(result.Memory.DataBytes)}");
        Console.Out.WriteLine($"process            {ByteSize.Round(result.Memory.PeakRssBytes)} resident at most");
    }
}
