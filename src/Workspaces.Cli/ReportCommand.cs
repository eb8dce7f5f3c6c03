using System.CommandLine;
using Workspaces.Hosting.Composition;
using Workspaces.Hosting.Configuration;
using Workspaces.Hosting.Reports;
using Workspaces.Memory;
using Workspaces.Memory.Recording;

namespace Workspaces.Cli;

/// <summary><c>report RUN</c>: the memory picture of a run file before it runs, of a saved trace or plan, or of a folder of them, as one HTML file.</summary>
internal static class ReportCommand
{
    private const int MostTraces = 64;

    internal static Command Create()
    {
        var path = new Argument<string>("run") { Description = "A run file in JSON, a trace or plan in CSV (id,lower,upper,size[,offset]), or a folder of those." };
        var output = new Option<string?>("--out") { Description = "The HTML file; the name of the input with .html in the current folder when left away." };
        var seconds = new Option<double>("--seconds") { Description = "Most time to look for a plan of a trace.", DefaultValueFactory = _ => 2 };
        RunFileOptions run = new();
        var command = new Command("report", "Draw the memory of a run file or of recorded passes as one HTML file.") { path, output, seconds };
        run.AddTo(command);
        command.SetAction(parsed => CommandErrors.Guard(() => Run(parsed.GetValue(path)!, parsed.GetValue(output), parsed.GetValue(seconds), run.Settings(parsed))));
        return command;
    }

    /// <summary>What <c>train --report</c> does when it is done, and this command too.</summary>
    /// <param name="report">What the page shows.</param>
    /// <param name="file">The page.</param>
    /// <param name="path">Its name, which is printed; null where only JSON is.</param>
    internal static void Write(RunReport report, OutputFile file, string? path)
    {
        file.Write(report.ToHtml());
        file.ThrowIfFailed();
        if (path is not null) Console.Out.WriteLine($"report             {path}");
    }

    private static int Run(string path, string? output, double seconds, List<string> settings)
    {
        if (path.Length == 0) throw Refused("draw a report", "the name of the run is empty", "name a run file, e.g. configs/mnist-mlp.json, or a trace in CSV");
        if (!(seconds is >= 0 and <= 86400))
            throw Refused($"search for {JsonLine.Plain(seconds)} seconds", "the time lies between 0 and 86400", "give --seconds in this range");
        bool isRunFile = Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase);
        if (!isRunFile && !File.Exists(path) && !Directory.Exists(path))
            throw Refused($"read '{path}'", "there is no such file or folder", "give a run file in JSON, a trace in CSV, or a folder of traces");
        if (!isRunFile && settings is [string first, ..]) throw Refused($"set {first}", "a trace has no configuration", "give a run file, or leave the setting away");
        string target = output ?? Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(path)) + ".html";
        if (File.Exists(path) && Path.GetFullPath(target) == Path.GetFullPath(path))
            throw Refused($"write '{target}'", "it is the file that is read", "name another file with --out");
        using var file = new OutputFile(target, "report --out");
        Write(isRunFile ? OfRunFile(path, settings) : OfTraces(path, TimeSpan.FromSeconds(seconds)), file, target);
        return 0;
    }

    private static RunReport OfRunFile(string path, List<string> settings)
    {
        using TrainingRun run = TrainingRun.CreateForShapes(RunConfiguration.Load(path, settings));
        return ReportRecorder.Forecast(run);
    }

    private static RunReport OfTraces(string path, TimeSpan time)
    {
        string[] files = Directory.Exists(path) ? Directory.GetFiles(path, "*.csv") : [path];
        if (files.Length == 0) throw Refused($"read '{path}'", "the folder holds 0 files *.csv", "give a folder of traces");
        if (files.Length > MostTraces)
            throw Refused($"read '{path}'", $"the folder holds {files.Length} files *.csv, and a page shows {MostTraces}", "give a folder of fewer, or one of them");
        Array.Sort(files, StringComparer.Ordinal);
        RecordedPass[] passes = [.. files.Select(RecordedPassCsv.Read)];
        return new RunReport
        {
            Title = Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(path)),
            Subtitle = passes.Length == 1 ? "a recorded pass" : $"{passes.Length} recorded passes",
            Passes = passes,
            PlanningTime = time,
        };
    }

    private static ArgumentException Refused(string asked, string numbers, string remedy) => new(WorkspaceException.Compose(asked, "report", numbers, remedy));
}
