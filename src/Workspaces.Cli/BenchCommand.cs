using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Workspaces.Cli.Bench;
using Workspaces.Memory;
using Workspaces.Memory.Configuration;
using Workspaces.Ops;

namespace Workspaces.Cli;

/// <summary><c>bench CASE</c>: times a product or a model, or two settings of it against each other.</summary>
internal static class BenchCommand
{
    internal static Command Create()
    {
        var names = new Argument<string[]>("case")
        {
            Description = $"{BenchCases.Numbered}, {string.Join(", ", BenchCases.Models)}; one, or with --roofline, --compare and --table any number (all models).",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var threads = new Option<int>("--threads") { Description = "Threads that compute.", DefaultValueFactory = _ => 1 };
        var seconds = new Option<double>("--seconds") { Description = "Least time to measure.", DefaultValueFactory = _ => 2 };
        var checks = new Option<string?>("--checks") { Description = $"Checks of the step workspace: {EnumNames.Allowed(typeof(CheckMode))}." };
        var lifetimes = new Option<string?>("--lifetimes") { Description = $"Lifetimes of the step workspace: {EnumNames.Allowed(typeof(LifetimePolicy))}." };
        var sites = new Option<string>("--sites") { Description = "Record places in the user's code: off, or one in how many is looked up.", DefaultValueFactory = _ => "off" };
        var workspace = new Option<string>("--workspace") { Description = "on, or off: every tensor owns its memory.", DefaultValueFactory = _ => "on" };
        var ab = new Option<string?>("--ab") { Description = $"Compare two values of a setting, e.g. workspace=on,off; of {string.Join(", ", BenchSettings.Keys)}." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object as the last line." };
        var traceOut = new Option<string?>("--trace-out") { Description = "Write the memory trace of the last step to this CSV file, for plan and replay." };
        var several = new SeveralOptions();
        var command = new Command("bench", "Measure a case.") { names, threads, seconds, checks, lifetimes, sites, workspace, ab, traceOut, json };
        several.AddTo(command);
        command.SetAction(parsed => CommandErrors.Guard(() =>
        {
            var settings = new BenchSettings
            {
                Threads = parsed.GetValue(threads),
                Checks = parsed.GetValue(checks),
                Lifetimes = parsed.GetValue(lifetimes),
                Sites = parsed.GetValue(sites)!,
                Workspace = parsed.GetValue(workspace)!,
            };
            double time = parsed.GetValue(seconds);
            if (!(time is > 0 and < 3600))
                throw new ArgumentException(WorkspaceException.Compose(
                    $"measure for {JsonLine.Plain(time)} seconds", "bench", "the time lies above 0 and below 3600", "give --seconds in this range"));
            string? comparison = parsed.GetValue(ab), path = parsed.GetValue(traceOut);
            if (comparison is not null && path is not null)
                throw new ArgumentException(WorkspaceException.Compose($"write '{path}'", "bench --trace-out", "--ab runs 2 settings", "trace one setting without --ab"));
            using var stop = new StopSignals();
            string[] cases = parsed.GetValue(names) ?? [];
            several.Check(parsed, comparison is not null ? ab.Name : path is not null ? traceOut.Name : null);
            if (several.Run(parsed, cases, settings, time, parsed.GetValue(json), stop.Token)) return stop.Code;
            string name = cases.Length == 1 ? cases[0] : throw new ArgumentException(WorkspaceException.Compose(
                $"measure {cases.Length} cases", "bench", "without --roofline, --compare or --table it takes 1", "name one case"));
            using TraceOutput? output = path is null ? null : new TraceOutput(path);
            bool isJson = parsed.GetValue(json);
            JsonObject result = comparison is null
                ? Measure(name, settings, time, output, isJson, stop.Token)
                : Compare(name, settings, comparison, time, stop.Token);
            result["cancelled"] = stop.Token.IsCancellationRequested;
            Print(result, isJson);
            output?.ThrowIfFailed();
            return stop.Code;
        }));
        return command;
    }

    private static JsonObject Measure(string name, BenchSettings settings, double seconds, TraceOutput? output, bool isJson, CancellationToken cancellation)
    {
        using BenchCase measured = BenchCases.Create(name, settings);
        if (output is not null && measured is KernelCase)
            throw new ArgumentException(WorkspaceException.Compose($"trace '{name}'", "bench --trace-out", "a kernel alone runs in no pass", "trace gemm: instead of kernel:"));
        BenchRun run = BenchRun.Of(measured, seconds, cancellation: cancellation);
        output?.Write(measured.Workspace?.LastTrace);
        double median = run.Quantile(0.5);
        var json = new JsonObject
        {
            ["case"] = name,
            ["threads"] = settings.Threads,
            ["ms_median"] = JsonLine.Finite(median),
            ["ms_least"] = JsonLine.Finite(run.Quantile(0)),
            ["ms_p10"] = JsonLine.Finite(run.Quantile(0.1)),
            ["ms_p90"] = JsonLine.Finite(run.Quantile(0.9)),
            ["samples_per_s"] = JsonLine.Finite(measured.SamplesPerStep * 1000 / median),
        };
        if (!isJson && !measured.HasSamples) json.Remove("samples_per_s"); // the fields of JSON are the same for all cases
        if (measured.Flops > 0) json["gflops"] = JsonLine.Finite(measured.Flops / median / 1e6);
        if (measured.Bytes > 0) json["gigabytes_per_s"] = JsonLine.Finite(measured.Bytes / median / 1e6);
        RoundTrip.AddTo(json, settings.Threads, RoundTrip.Largest([run]));
        return run.Memory is { } memory ? json.AddMemory(memory) : json;
    }

    private static JsonObject Compare(string name, BenchSettings settings, string comparison, double seconds, CancellationToken cancellation)
    {
        string[] parts = comparison.Split('=', 2);
        string[] values = parts.Length == 2 ? parts[1].Split(',') : [];
        if (values.Length != 2)
            throw new ArgumentException(WorkspaceException.Compose($"compare '{comparison}'", "bench --ab", "it takes KEY=A,B", "write e.g. --ab workspace=on,off"));
        using BenchCase a = BenchCases.Create(name, settings.With(parts[0], values[0]));
        if (!a.KeysRead.Contains(parts[0], StringComparer.OrdinalIgnoreCase))
            throw new ArgumentException(WorkspaceException.Compose(
                $"compare '{name}' by '{parts[0]}'", "bench --ab", "this case does not read it", $"compare by {string.Join(", ", a.KeysRead)}"));
        using BenchCase b = BenchCases.Create(name, settings.With(parts[0], values[1]));
        double before = double.MaxNumber(RoundTrip.Of(a), RoundTrip.Of(b));
        (double median, double low, double high, int pairs) = AbRun.Of(a, b, seconds, seed: 1, cancellation);
        var json = new JsonObject
        {
            ["case"] = name,
            ["threads"] = settings.Threads,
            ["key"] = parts[0].ToLowerInvariant(),
            ["a"] = values[0],
            ["b"] = values[1],
            ["pairs"] = pairs,
            ["ratio_median"] = JsonLine.Finite(median),
            ["ratio_ci95"] = new JsonArray(JsonLine.Finite(low), JsonLine.Finite(high)),
        };
        int threads = Math.Max(a.Workspace?.Manager.KernelThreads ?? 1, b.Workspace?.Manager.KernelThreads ?? 1);
        RoundTrip.AddTo(json, threads, double.MaxNumber(before, double.MaxNumber(RoundTrip.Of(a), RoundTrip.Of(b))));
        return json;
    }

    private static void Print(JsonObject result, bool json)
    {
        if (json)
        {
            JsonLine.Print(result);
            return;
        }

        foreach ((string key, JsonNode? value) in result)
        {
            Console.Out.WriteLine($"{key,-26} {(value is JsonArray figures ? string.Join(" to ", figures.Select(Text)) : Text(value))}");
        }
    }

    private static string Text(JsonNode? value) =>
        value is JsonValue number && number.TryGetValue(out double figure) ? figure.ToString("G6", CultureInfo.InvariantCulture) : value?.ToString() ?? "-";
}
