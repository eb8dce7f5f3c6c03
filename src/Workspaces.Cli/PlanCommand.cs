using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Workspaces.Memory;
using Workspaces.Memory.Planning;

namespace Workspaces.Cli;

/// <summary>
/// <c>plan TRACE.csv</c>: packs a recorded pass, or every trace of a folder, and compares the peak with the lower bound. <c>plan CONFIG.json</c>: predicts
/// the memory of a training run.
/// </summary>
internal static class PlanCommand
{
    private sealed record Settings(int Alignment, double Seconds, int Seed);

    internal static Command Create()
    {
        var path = new Argument<string>("trace") { Description = "A trace in CSV (id,lower,upper,size), a folder of them, or a run file in JSON." };
        var align = new AlignOption();
        var seconds = new Option<double>("--seconds") { Description = "Most time to look for a better plan of a trace.", DefaultValueFactory = _ => 5 };
        var output = new Option<string?>("--out") { Description = "Write the plan to this CSV file." };
        var seed = new Option<int>("--seed") { Description = "Seed of the search.", DefaultValueFactory = _ => 1 };
        var json = new Option<bool>("--json") { Description = "Print one JSON object as the last line." };
        RunFileOptions run = new();
        var command = new Command("plan", "Plan the memory of recorded passes, or predict that of a run file.") { path, align.Option, seconds, output, seed, json };
        run.AddTo(command);
        command.SetAction(parsed => CommandErrors.Guard(() =>
        {
            var settings = new Settings(align.Of(parsed), parsed.GetValue(seconds), parsed.GetValue(seed));
            if (!(settings.Seconds is >= 0 and <= 86400))
                throw Refused($"search for {JsonLine.Plain(settings.Seconds)} seconds", "the time lies between 0 and 86400", "give --seconds in this range");
            using var stop = new StopSignals();
            if (IsRunFile(parsed.GetValue(path)!))
            {
                if (parsed.GetValue(output) is { } file) throw Refused($"write '{file}'", "a run file has several plans", "leave --out away");
                if (align.IsWritten(parsed))
                    throw Refused(
                        $"align to {JsonLine.Plain(settings.Alignment)} bytes", $"workspaces align to {PlanningProblem.DefaultAlignment}", "leave --align away; it is for traces");
                ForecastReport.Show(parsed.GetValue(path)!, run.Settings(parsed), parsed.GetValue(json));
                return stop.Code;
            }

            if (run.Settings(parsed) is [string first, ..]) throw Refused($"set {first}", "a trace has no configuration", "give a run file, or leave the setting away");
            return Run(parsed.GetValue(path)!, settings, parsed.GetValue(output), parsed.GetValue(json), stop);
        }));
        return command;
    }

    private static int Run(string path, Settings settings, string? output, bool json, StopSignals stop)
    {
        if (File.Exists(path))
        {
            using OutputFile? file = output is null ? null : new OutputFile(output, "plan --out");
            if (PlanFile(path, settings, file, stop.Token) is { } plan) Show([plan], json, single: true);
            file?.ThrowIfFailed();
            return stop.Code;
        }

        if (!Directory.Exists(path)) throw Refused($"read '{path}'", "there is no such file or folder", "give a trace in CSV or a folder of traces");
        if (output is not null) throw Refused($"write '{output}'", $"'{path}' is a folder", "give --out with one trace only");
        string[] files = Directory.GetFiles(path, "*.csv");
        if (files.Length == 0) throw Refused($"read '{path}'", "the folder holds 0 files *.csv", "give a folder of traces");
        Array.Sort(files, StringComparer.Ordinal);
        List<JsonObject> plans = [];
        foreach (string file in files)
        {
            if (PlanFile(file, settings, null, stop.Token) is not { } plan) break;
            plans.Add(plan);
        }

        Show(plans, json, single: false);
        return stop.Code;
    }

    private static bool IsRunFile(string path) => Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase);

    /// <summary>Plans one trace; null when it is cancelled before it is read. Cancelled later, the best plan so far counts.</summary>
    private static JsonObject? PlanFile(string file, Settings settings, OutputFile? output, CancellationToken cancellation)
    {
        if (TryRead(file, settings, cancellation) is not { } problem) return null;
        var planner = new AnytimePlanner();
        var budget = new PlanningBudget { Time = TimeSpan.FromSeconds(settings.Seconds), Seed = settings.Seed, CancellationToken = cancellation };
        (MemoryPlan first, double firstMs) = Timed(planner, problem, budget);
        (MemoryPlan second, double ms) = cancellation.IsCancellationRequested ? (first, firstMs) : Timed(planner, problem, budget);
        MemoryPlan plan = second.Peak <= first.Peak ? second : first;
        PlanValidation validation = PlanValidator.Validate(problem, plan);
        if (!validation.IsValid)
            throw new InvalidOperationException(WorkspaceException.Compose($"plan '{file}'", planner.Name, validation.Message, "report this defect with the trace"));
        if (output is not null)
        {
            using var text = new StringWriter();
            TraceCsv.Write(text, problem, plan);
            output.Write(text.ToString());
        }

        return new JsonObject
        {
            ["trace"] = Path.GetFileNameWithoutExtension(file),
            ["buffers"] = problem.Count,
            ["lower_bound_bytes"] = plan.LowerBound,
            ["peak_bytes"] = plan.Peak,
            ["ratio"] = plan.Ratio,
            ["plan_ms"] = ms,
            ["first_plan_ms"] = firstMs,
            ["planner"] = plan.Planner,
            ["valid"] = validation.IsValid,
        };
    }

    private static PlanningProblem? TryRead(string file, Settings settings, CancellationToken cancellation)
    {
        try
        {
            return TraceCsv.Read(file, settings.Alignment, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Lower bound and plan from scratch; reading the file is not counted.</summary>
    private static (MemoryPlan Plan, double Milliseconds) Timed(AnytimePlanner planner, PlanningProblem problem, PlanningBudget budget)
    {
        long begin = Stopwatch.GetTimestamp();
        MemoryPlan plan = planner.Plan(new PlanningProblem(problem.Buffers, problem.Alignment), budget);
        return (plan, Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
    }

    private static void Show(List<JsonObject> plans, bool json, bool single)
    {
        if (json)
        {
            JsonLine.Print(single ? plans[0] : new JsonObject { ["plans"] = new JsonArray([.. plans]) });
            return;
        }

        CultureInfo plain = CultureInfo.InvariantCulture;
        var table = new TextTable(1, "trace", "buffers", "bound B", "peak B", "ratio", "plan ms");
        foreach (JsonObject plan in plans)
        {
            table.Add(
                (string?)plan["trace"] ?? "", ((int)plan["buffers"]!).ToString(plain), ((long)plan["lower_bound_bytes"]!).ToString(plain),
                ((long)plan["peak_bytes"]!).ToString(plain), ((double)plan["ratio"]!).ToString("F6", plain), ((double)plan["plan_ms"]!).ToString("F2", plain));
        }

        table.Write(Console.Out, TextTable.Terminal());
        if (single)
            Console.Out.WriteLine(string.Create(
                plain, $"planned by {(string?)plans[0]["planner"]}; the first time, with compilation, in {(double)plans[0]["first_plan_ms"]!:F2} ms"));
    }

    private static ArgumentException Refused(string asked, string numbers, string remedy) =>
        new(WorkspaceException.Compose(asked, "plan", numbers, remedy));
}
