using System.CommandLine;
using Workspaces.Hosting.Composition;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;
using Workspaces.Train;

namespace Workspaces.Cli;

/// <summary><c>resume CHECKPOINT</c>: goes on with a training, with the configuration that the checkpoint has kept.</summary>
internal static class ResumeCommand
{
    internal static Command Create()
    {
        var checkpoint = new Argument<string>("checkpoint") { Description = "A checkpoint, or the folder of some, of which the newest counts." };
        RunFileOptions run = new();
        var json = new Option<bool>("--json") { Description = "Print one JSON object as the last line; no progress." };
        var report = new Option<string?>("--report") { Description = "Write a report of what follows with its memory picture to this HTML file." };
        var command = new Command("resume", "Go on with a training from a checkpoint.") { checkpoint, report, json };
        run.AddTo(command);
        command.SetAction(parsed => CommandErrors.Guard(() => Run(parsed.GetValue(checkpoint)!, run.Settings(parsed), parsed.GetValue(json), parsed.GetValue(report))));
        return command;
    }

    private static int Run(string path, List<string> settings, bool json, string? report)
    {
        if (path.Length == 0)
            throw new ArgumentException(WorkspaceException.Compose("go on from a checkpoint", "resume", "its name is empty", "name a checkpoint or a folder of some"));
        string file = CheckpointFolder.Newest(path);
        RunConfiguration configuration = TrainedModel.ConfigurationOf(Checkpoint.Read(file), settings);
        string[] changed = [.. settings.Select(static setting => setting.Split('=')[0].Trim())];
        return TrainSession.Run(configuration, run => run.Resume(file, changed), null, json, report);
    }
}
