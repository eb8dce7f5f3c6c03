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
        var config = new Argument<FileInfo>("config") { Description = "The run file, e.g. configs/mnist-mlp.json." };
        var epochs = new Option<int?>("--epochs") { Description = "Passes over the training data (Training:Epochs)." };
        var maxSteps = new Option<long?>("--max-steps") { Description = "Stop after so many steps (Training:MaxSteps)." };
        var seed = new Option<int?>("--seed") { Description = "Seed of everything random (Training:Seed)." };
        var threads = new Option<int?>("--threads") { Description = "Threads that compute (Training:Threads)." };
        var set = new Option<string[]>("--set") { Description = "Any other key, e.g. Workspaces:step:MaxSize=64MiB; repeatable.", AllowMultipleArgumentsPerToken = false };
        var json = new Option<bool>("--json") { Description = "Print one JSON object as the last line; no progress." };
        var command = new Command("train", "Train the model of a run file.") { config, epochs, maxSteps, seed, threads, set, json };
        command.SetAction((parsed, cancellation) =>
        {
            var settings = new List<string>(parsed.GetValue(set) ?? []);
            Add(settings, "Training:Epochs", parsed.GetValue(epochs));
            Add(settings, "Training:MaxSteps", parsed.GetValue(maxSteps));
            Add(settings, "Training:Seed", parsed.GetValue(seed));
            Add(settings, "Training:Threads", parsed.GetValue(threads));
            return Task.FromResult(CommandErrors.Guard(() => Run(parsed.GetValue(config)!.FullName, settings, parsed.GetValue(json), cancellation)));
        });
        return command;
    }

    private static void Add<T>(List<string> settings, string key, T? value)
        where T : struct, IFormattable
    {
        if (value is { } given) settings.Add($"{key}={given.ToString(null, CultureInfo.InvariantCulture)}");
    }

    private static int Run(string path, IReadOnlyList<string> settings, bool json, CancellationToken cancellation)
    {
        RunConfiguration configuration = RunConfiguration.Load(path, settings);
        using Logger log = SerilogSetup.CreateLogger(configuration.Root, json ? LogEventLevel.Warning : null);
        EffectiveConfiguration.Write(configuration, log);
        using TrainingRun run = TrainingRun.Create(configuration, log);
        if (!json) Console.Out.WriteLine(run.Model);
        TrainResult result = json
            ? run.Train(null, cancellation)
            : ConsoleProgress.Run(observer => run.Train(new SerilogTrainObserver(log, observer), cancellation));
        if (json) JsonLine.Print(ToJson(result));
        else Print(result);
        return result.Cancelled ? CommandErrors.Cancelled : 0;
    }

    private static JsonObject ToJson(TrainResult result) => new JsonObject
    {
        ["test_accuracy"] = result.TestAccuracy,
        ["train_loss"] = JsonLine.Finite(result.TrainLoss),
        ["steps"] = result.Steps,
        ["ms_per_step_median"] = result.MillisecondsPerStepMedian,
        ["cancelled"] = result.Cancelled,
    }.AddMemory(result.Memory);

    private static void Print(TrainResult result)
    {
        CultureInfo plain = CultureInfo.InvariantCulture;
        if (result.TestAccuracy is { } accuracy) Console.Out.WriteLine(string.Create(plain, $"test accuracy      {accuracy * 100:F2} %"));
        Console.Out.WriteLine(string.Create(plain, $"steps              {result.Steps}, median {result.MillisecondsPerStepMedian:F2} ms"));
        Console.Out.WriteLine($"step arena         {ByteSize.Round(result.Memory.ArenaPeakBytes)} at most, lower bound {ByteSize.Round(result.Memory.LowerBoundBytes)}");
        Console.Out.WriteLine($"parameters etc.    {ByteSize.Round(result.Memory.PersistentBytes)}, batches {ByteSize.Round(result.Memory.DataBytes)}");
        Console.Out.WriteLine($"process            {ByteSize.Round(result.Memory.PeakRssBytes)} resident at most");
    }
}
