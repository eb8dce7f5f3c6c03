using System.CommandLine;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;

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
        var report = new Option<string?>("--report") { Description = "Write a report of the run with its memory picture to this HTML file." };
        var command = new Command("train", "Train the model of a run file.") { config, seed, traceOut, report, json };
        run.AddTo(command);
        command.SetAction(parsed => CommandErrors.Guard(() =>
        {
            List<string> settings = run.Settings(parsed);
            RunFileOptions.Add(settings, "Training:Seed", parsed.GetValue(seed));
            return Run(parsed.GetValue(config)!, settings, parsed.GetValue(traceOut), parsed.GetValue(json), parsed.GetValue(report));
        }));
        return command;
    }

    private static int Run(string path, IReadOnlyList<string> settings, string? traceOut, bool json, string? report)
    {
        if (path.Length == 0)
            throw new ArgumentException(WorkspaceException.Compose("train a run file", "train", "its name is empty", "name a file, e.g. configs/mnist-mlp.json"));
        return TrainSession.Run(RunConfiguration.Load(path, settings), null, traceOut, json, report);
    }
}
