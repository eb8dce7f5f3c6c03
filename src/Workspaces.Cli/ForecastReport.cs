using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Workspaces.Hosting.Composition;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;
using Workspaces.Train;

namespace Workspaces.Cli;

/// <summary><c>plan CONFIG.json</c>: the memory that a run file will need, from shapes alone.</summary>
internal static class ForecastReport
{
    internal static void Show(string path, IReadOnlyList<string> settings, bool json)
    {
        RunConfiguration configuration = RunConfiguration.Load(path, settings);
        using TrainingRun run = TrainingRun.CreateForShapes(configuration);
        (_, double firstMs) = Timed(run);
        (MemoryForecast forecast, double ms) = Timed(run);
        if (json)
        {
            JsonLine.Print(ToJson(forecast, ms, firstMs));
            return;
        }

        Console.Out.WriteLine(run.Summarize());
        Console.Out.WriteLine();
        Print(forecast, ms);
    }

    /// <summary>Tracing all passes and planning them; reading the files and making the model are not counted.</summary>
    private static (MemoryForecast Forecast, double Milliseconds) Timed(TrainingRun run)
    {
        long begin = Stopwatch.GetTimestamp();
        MemoryForecast forecast = run.Forecast();
        return (forecast, Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
    }

    private static JsonObject ToJson(MemoryForecast forecast, double ms, double firstMs) => new()
    {
        ["arena_bytes"] = forecast.ArenaBytes,
        ["parameter_bytes"] = forecast.ParameterBytes,
        ["gradient_bytes"] = forecast.GradientBytes,
        ["optimizer_bytes"] = forecast.OptimizerBytes,
        ["lower_bound_bytes"] = forecast.LowerBoundBytes,
        ["plan_ms"] = ms,
        ["first_plan_ms"] = firstMs,
        ["scratch_bytes"] = forecast.ScratchBytes,
        ["fits_max_size"] = forecast.FitsMaxSize,
        ["passes"] = new JsonArray([.. forecast.Passes.Select(static pass => new JsonObject
        {
            ["name"] = pass.Name,
            ["requests"] = pass.Requests,
            ["planned_bytes"] = pass.PlannedBytes,
            ["scratch_bytes"] = pass.ScratchBytes,
            ["lower_bound_bytes"] = pass.LowerBoundBytes,
        })]),
    };

    private static void Print(MemoryForecast forecast, double ms)
    {
        CultureInfo plain = CultureInfo.InvariantCulture;
        var table = new TextTable(1, "pass", "requests", "planned B", "scratch B", "bound B");
        foreach (PassForecast pass in forecast.Passes)
            table.Add(pass.Name, pass.Requests.ToString(plain), pass.PlannedBytes.ToString(plain), pass.ScratchBytes.ToString(plain), pass.LowerBoundBytes.ToString(plain));
        table.Write(Console.Out, TextTable.Terminal());
        Console.Out.WriteLine();
        Line("step and scratch", forecast.ArenaBytes);
        Line("parameters", forecast.ParameterBytes);
        Line("gradients", forecast.GradientBytes);
        Line("optimizer", forecast.OptimizerBytes);
        Line("together", forecast.ArenaBytes + forecast.ParameterBytes + forecast.GradientBytes + forecast.OptimizerBytes);
        Console.Out.WriteLine(string.Create(plain, $"{"found in",-18} {ms,14:F2} ms"));
        if (!forecast.FitsMaxSize)
            Console.Out.WriteLine($"does not fit       Workspaces:step:MaxSize is {forecast.MaxSize} bytes; raise it, use smaller batches, or let the rest spill (PolicySpill)");

        void Line(string name, long bytes) => Console.Out.WriteLine(string.Create(plain, $"{name,-18} {bytes,14} bytes ({ByteSize.Round(bytes)})"));
    }
}
