using System.Globalization;
using System.Text.Json.Nodes;
using Workspaces.Ops;

namespace Workspaces.Cli.Bench;

/// <summary>
/// Time and memory of cases with workspaces on, off, and in another framework, in turn, round by round. Bytes are those beyond weights and the optimizer's
/// state: the arena or what tensors own by themselves, and gradients.
/// </summary>
internal static class MemoryTable
{
    private const int LeastSteps = 100;
    private static readonly string[] Modes = ["on", "off"];

    internal static JsonObject Of(IReadOnlyList<string> cases, BenchSettings settings, double seconds, int rounds, string? folder, CancellationToken cancellation)
    {
        var peers = new Peers(folder);
        JsonArray rows = Peers.RowsOf(cases, name => Rows(name, settings, seconds, rounds, peers, cancellation), cancellation);
        JsonObject json = peers.Head(settings, rounds);
        json["rows"] = rows;
        return json;
    }

    /// <summary>Prints a table in Markdown, a line a case; three figures in a cell are workspaces on, off, and the fastest other framework.</summary>
    internal static void Print(JsonObject json, TextWriter output)
    {
        output.WriteLine($"{json["cpu"]}, threads: {json["threads"]}, rounds: {json["rounds"]}, {json["date"]}; on / off / the fastest other framework\n");
        bool several = json["threads"]!.GetValue<int>() > 1;
        output.WriteLine($"| case | median ms | peak KiB | lower bound KiB | allocations | managed bytes | collections | pauses ms |{(several ? " round trip ns |" : "")} other |");
        output.WriteLine($"|---|---:|---:|---:|---:|---:|---:|---:|{(several ? "---:|" : "")}---|");
        foreach (IGrouping<string, JsonNode> rows in json["rows"]!.AsArray().Select(static row => row!).GroupBy(static row => row["case"]!.GetValue<string>()))
        {
            JsonNode[] all = [.. rows], own = all[..Modes.Length];
            string bound = Number(own[0]["lower_bound_bytes"], Kibibytes), other = all.Length > own.Length ? $"{all[^1]["by"]}, {all[^1]["setup"]}" : "-";
            string trip = several ? $" {Cell(own, RoundTrip.Field, Count)} |" : "";
            output.WriteLine(
                $"| `{rows.Key}` | {Cell(all, "ms_median", Three)} | {Cell(all, "peak_bytes", Kibibytes)} | {bound} | {Cell(all, "allocator_calls_per_step", Count)} " +
                $"| {Cell(own, "managed_bytes_per_step", Count)} | {Cell(own, "gc_collections", Count)} | {Cell(own, "gc_pause_ms", Count)} |{trip} {other} |");
        }

        foreach ((string script, JsonNode? reason) in json["left_out"]!.AsObject()) output.WriteLine($"\nleft out: {script}: {reason}");
    }

    private static List<JsonObject> Rows(
        string name, BenchSettings settings, double seconds, int rounds, Peers peers, CancellationToken cancellation)
    {
        BenchCase[] measured = [.. Modes.Select(mode => BenchCases.Create(name, settings with { Workspace = mode }))];
        try
        {
            List<BenchRun>[] runs = [.. Modes.Select(static _ => new List<BenchRun>())];
            var others = new PeerTimes();
            PeerSetup[] setups = [.. peers.SetupsOf(name)];
            for (int round = 0; round < rounds && !cancellation.IsCancellationRequested; round++)
            {
                for (int i = 0; i < measured.Length; i++) runs[i].Add(BenchRun.Of(measured[i], seconds, LeastSteps, cancellation));
                others.Round(setups, settings.Threads, cancellation);
            }

            var rows = measured.Select((one, i) => Own(name, Modes[i], one, runs[i])).ToList();
            if (others.Medians is [var fastest, ..]) rows.Add(Other(name, fastest, settings.Threads));
            return rows;
        }
        finally
        {
            foreach (BenchCase one in measured) one.Dispose();
        }
    }

    private static JsonObject Own(string name, string mode, BenchCase measured, List<BenchRun> runs)
    {
        var row = new JsonObject
        {
            ["case"] = name,
            ["workspace"] = mode,
            ["ms_median"] = JsonLine.Finite(PeerTimes.Median([.. runs.Select(static run => run.Quantile(0.5))])),
            ["gc_pause_ms"] = runs.Sum(static run => run.PauseMilliseconds),
        };
        RoundTrip.AddTo(row, measured.Workspace?.Manager.KernelThreads ?? 1, RoundTrip.Largest(runs));
        if (runs is not [.., { Memory: { } memory }] || measured.Workspace is not { } workspace) return row;
        long gradients = workspace.Manager.Persistent.GradientBytes;
        row["peak_bytes"] = memory.ArenaPeakBytes + gradients;
        row.AddMemory(memory);
        row["lower_bound_bytes"] = memory.LowerBoundBytes + gradients;
        if (runs.TrueForAll(static run => run.Memory?.GcCollections is not null)) row["gc_collections"] = runs.Sum(static run => run.Memory!.GcCollections);
        return row;
    }

    private static JsonObject Other(string name, (PeerSetup Setup, double Milliseconds) fastest, int threads)
    {
        var row = new JsonObject { ["case"] = name, ["by"] = fastest.Setup.Peer, ["setup"] = fastest.Setup.Setup, ["ms_median"] = fastest.Milliseconds };
        if (PeerProcess.MemoryOf(fastest.Setup, threads) is not { } memory) return row;
        row["peak_bytes"] = memory.PeakBytes;
        row["allocator_calls_per_step"] = memory.Blocks;
        return row;
    }

    private static string Cell(JsonNode[] rows, string field, Func<double, string> text) =>
        string.Join(" / ", rows.Select(row => Number(row[field], text)));

    private static string Number(JsonNode? node, Func<double, string> text) =>
        node is JsonValue value && double.TryParse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? text(number) : "-";

    private static string Three(double value) =>
        value >= 100 ? value.ToString("F0", CultureInfo.InvariantCulture) : value.ToString("G3", CultureInfo.InvariantCulture);

    private static string Kibibytes(double bytes) => (bytes / 1024).ToString("N0", CultureInfo.InvariantCulture);

    private static string Count(double value) => value.ToString(value < 10 ? "0.#" : "N0", CultureInfo.InvariantCulture);
}
