using System.Globalization;
using System.Text.Json.Nodes;

namespace Workspaces.Cli.Bench;

/// <summary>Time and memory of cases with workspaces on and off.</summary>
internal static class MemoryTable
{
    private const int LeastSteps = 100;

    internal static JsonObject Of(IReadOnlyList<string> cases, BenchSettings settings, double seconds, CancellationToken cancellation)
    {
        var rows = new JsonArray();
        foreach (string name in cases)
        {
            foreach (string workspace in (string[])["on", "off"])
            {
                if (cancellation.IsCancellationRequested) break;
                rows.Add((JsonNode)Row(name, settings with { Workspace = workspace }, seconds, cancellation));
            }
        }

        return new JsonObject { ["cpu"] = Processor.Name, ["threads"] = settings.Threads, ["rows"] = rows };
    }

    internal static void Print(JsonObject json)
    {
        Console.Out.WriteLine($"{json["cpu"]}, threads: {json["threads"]}");
        Console.Out.WriteLine($"{"case",-18}{"workspace",10}{"median ms",11}{"peak bytes",14}{"lower bound",14}{"allocs/step",12}{"managed/step",13}{"GCs",5}{"pause ms",10}");
        foreach (JsonNode? row in json["rows"]!.AsArray())
        {
            string time = string.Create(CultureInfo.InvariantCulture, $"{row!["case"],-18}{row["workspace"],10}{row["ms_median"]?.GetValue<double>(),11:G4}");
            string memory = $"{Text(row["peak_bytes"]),14}{Text(row["lower_bound_bytes"]),14}{Text(row["allocator_calls_per_step"]),12}{Text(row["managed_bytes_per_step"]),13}";
            string collected = string.Create(CultureInfo.InvariantCulture, $"{Text(row["gc_collections"]),5}{row["gc_pause_ms"]!.GetValue<double>(),10:F2}");
            Console.Out.WriteLine($"{time}{memory}{collected}");
        }
    }

    /// <summary>The figure; a hyphen for one that was not taken.</summary>
    private static string Text(JsonNode? figure) => figure?.ToString() ?? "-";

    private static JsonObject Row(string name, BenchSettings settings, double seconds, CancellationToken cancellation)
    {
        using BenchCase measured = BenchCases.Create(name, settings);
        TimeSpan paused = GC.GetTotalPauseDuration();
        BenchRun run = BenchRun.Of(measured, seconds, LeastSteps, cancellation);
        var row = new JsonObject { ["case"] = name, ["workspace"] = settings.Workspace, ["ms_median"] = JsonLine.Finite(run.Quantile(0.5)) };
        row["peak_bytes"] = settings.Workspace == "on" ? run.Memory?.ArenaPeakBytes : measured.Workspace?.PeakOwnBytes;
        row["gc_pause_ms"] = (GC.GetTotalPauseDuration() - paused).TotalMilliseconds;
        return run.Memory is { } memory ? row.AddMemory(memory) : row;
    }
}
