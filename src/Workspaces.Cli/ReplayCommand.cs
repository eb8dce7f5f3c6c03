using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Workspaces.Memory;
using Workspaces.Memory.Planning;
using Workspaces.Memory.Simulation;

namespace Workspaces.Cli;

/// <summary><c>replay TRACE.csv</c>: serves a recorded pass with an allocator, or with all of them: time, peak, and what fails under a cap.</summary>
internal static class ReplayCommand
{
    private const string All = "all", BestFit = "best-fit";

    private sealed record Settings(string Allocator, long? Cap, int Alignment, double Seconds, int Seed);

    internal static Command Create()
    {
        string names = string.Join(", ", TraceAllocators.Names);
        var path = new Argument<string>("trace") { Description = "A trace in CSV with the columns id, lower, upper, size." };
        var allocator = new Option<string>("--allocator") { Description = $"{names}, or all.", DefaultValueFactory = _ => All };
        var cap = new Option<string?>("--cap") { Description = "Most bytes that the allocator may hold, e.g. 64MiB; what does not fit is counted." };
        var align = new AlignOption();
        var seconds = new Option<double>("--seconds") { Description = "Most time to look for a better plan (plan only).", DefaultValueFactory = _ => 5 };
        var seed = new Option<int>("--seed") { Description = "Seed of that search.", DefaultValueFactory = _ => 1 };
        var json = new Option<bool>("--json") { Description = "Print one JSON object as the last line." };
        var command = new Command("replay", "Replay a recorded pass with an allocator.") { path, allocator, cap, align.Option, seconds, seed, json };
        command.SetAction(parsed => CommandErrors.Guard(() =>
        {
            var settings = new Settings(
                parsed.GetValue(allocator)!, Cap(parsed.GetValue(cap)), align.Of(parsed), parsed.GetValue(seconds), parsed.GetValue(seed));
            if (!(settings.Seconds is >= 0 and <= 86400))
                throw Refused($"search for {JsonLine.Plain(settings.Seconds)} seconds", "the time lies between 0 and 86400", "give --seconds in this range");
            if (settings.Allocator != All && !TraceAllocators.Names.Contains(settings.Allocator))
                throw Refused($"replay with '{settings.Allocator}'", $"the allocators are {names}, and {All} for each of them", "choose one of these");
            using var stop = new StopSignals();
            return Run(parsed.GetValue(path)!, settings, parsed.GetValue(json), stop);
        }));
        return command;
    }

    private static int Run(string path, Settings settings, bool json, StopSignals stop)
    {
        if (Directory.Exists(path)) throw Refused($"read '{path}'", "it is a folder", "give one trace in CSV; plan takes folders");
        if (!File.Exists(path)) throw Refused($"read '{path}'", "there is no such file", "give a trace in CSV");
        if (TryRead(path, settings, stop.Token) is not { } schedule) return stop.Code;
        List<JsonObject> replays = [];
        try
        {
            if (settings.Allocator == All)
            {
                foreach (string name in TraceAllocators.Names) replays.Add(ReplayOrExplain(name, schedule, settings, stop.Token));
            }
            else
            {
                replays.Add(Replay(settings.Allocator, schedule, settings, stop.Token));
            }
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            // What is complete is shown all the same.
        }

        foreach (JsonObject replay in replays) Describe(replay, path, schedule, settings);
        if (json) PrintJson(replays, settings);
        else PrintTable(replays, path, schedule, settings);
        return stop.Code;
    }

    /// <summary>Null when it is cancelled.</summary>
    private static TraceSchedule? TryRead(string path, Settings settings, CancellationToken cancellation)
    {
        try
        {
            return new TraceSchedule(TraceCsv.Read(path, settings.Alignment, cancellation));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private static JsonObject Replay(string name, TraceSchedule schedule, Settings settings, CancellationToken cancellation)
    {
        var budget = new PlanningBudget { Time = TimeSpan.FromSeconds(settings.Seconds), Seed = settings.Seed, CancellationToken = cancellation };
        if (name == BestFit) BestFitTraceAllocator.ThrowIfOutOfRange(schedule, settings.Cap ?? long.MaxValue);
        using ITraceAllocator allocator = TraceAllocators.Create(name, schedule, settings.Cap ?? long.MaxValue, budget);
        ReplayResult result = TraceReplay.Run(schedule, allocator, cancellation);
        return new JsonObject
        {
            ["allocator"] = result.Allocator,
            ["peak_bytes"] = result.PeakBytes,
            ["ratio"] = result.Ratio,
            ["ns_per_event"] = result.NanosecondsPerEvent,
            ["failed_requests"] = result.FailedRequests,
            ["spilled_bytes"] = result.SpilledBytes,
            ["spilled_peak_bytes"] = result.SpilledPeakBytes,
            ["samples"] = result.Samples,
        };
    }

    /// <summary>Among all allocators, one that this machine has no memory for does not hide the others.</summary>
    private static JsonObject ReplayOrExplain(string name, TraceSchedule schedule, Settings settings, CancellationToken cancellation)
    {
        try
        {
            return Replay(name, schedule, settings, cancellation);
        }
        catch (Exception error) when (error is WorkspaceException or OutOfMemoryException)
        {
            return new JsonObject
            {
                ["allocator"] = name,
                ["peak_bytes"] = null,
                ["ratio"] = null,
                ["ns_per_event"] = null,
                ["failed_requests"] = null,
                ["spilled_bytes"] = null,
                ["refused"] = error.Message,
            };
        }
    }

    /// <summary>What is the same for all allocators.</summary>
    private static void Describe(JsonObject replay, string path, TraceSchedule schedule, Settings settings)
    {
        replay["trace"] = Path.GetFileNameWithoutExtension(path);
        replay["buffers"] = schedule.RequestCount;
        replay["events"] = schedule.Events.Length;
        replay["lower_bound_bytes"] = schedule.Problem.LowerBound;
        replay["cap_bytes"] = settings.Cap;
        replay["align"] = settings.Alignment;
    }

    private static void PrintJson(List<JsonObject> replays, Settings settings)
    {
        if (settings.Allocator == All) JsonLine.Print(new JsonObject { ["replays"] = new JsonArray([.. replays]) });
        else if (replays.Count > 0) JsonLine.Print(replays[0]);
    }

    private static void PrintTable(List<JsonObject> replays, string path, TraceSchedule schedule, Settings settings)
    {
        string cap = settings.Cap is { } bytes ? $", cap {ByteSize.Format(bytes)}" : "";
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Path.GetFileNameWithoutExtension(path)}: {schedule.RequestCount} buffers, lower bound {schedule.Problem.LowerBound} bytes{cap}"));
        Console.Out.WriteLine();
        var table = new TextTable(1, "allocator", "peak B", "ratio", "ns/event", "failed", "spilled B", "spill peak B");
        foreach (JsonObject replay in replays) table.Add(Cells(replay));
        table.Write(Console.Out, TextTable.Terminal());
        foreach (JsonObject replay in replays)
        {
            if (replay["refused"] is { } reason) Console.Out.WriteLine($"{(string?)replay["allocator"]}: {(string?)reason}");
        }
    }

    private static string[] Cells(JsonObject replay)
    {
        CultureInfo plain = CultureInfo.InvariantCulture;
        return
        [
            (string?)replay["allocator"] ?? "",
            ((long?)replay["peak_bytes"])?.ToString(plain) ?? "-",
            ((double?)replay["ratio"])?.ToString("F4", plain) ?? "-",
            ((double?)replay["ns_per_event"])?.ToString("F1", plain) ?? "-",
            ((long?)replay["failed_requests"])?.ToString(plain) ?? "-",
            ((long?)replay["spilled_bytes"])?.ToString(plain) ?? "-",
            ((long?)replay["spilled_peak_bytes"])?.ToString(plain) ?? "-",
        ];
    }

    private static long? Cap(string? text)
    {
        if (text is null) return null;
        return ByteSize.TryParse(text, out ByteSize size, out string? error)
            ? size.Bytes
            : throw Refused($"replay under a cap of '{text}'", error, "give --cap in bytes or with a unit, e.g. 64MiB");
    }

    private static ArgumentException Refused(string asked, string numbers, string remedy) =>
        new(WorkspaceException.Compose(asked, "replay", numbers, remedy));
}
