using System.Globalization;
using System.Text.Json.Nodes;

namespace Workspaces.Cli.Bench;

/// <summary>
/// Our cases and those of other frameworks in turn, round by round, so that the drift of the machine meets all alike. The median over the rounds counts, and of
/// a framework the best of its set-ups.
/// </summary>
internal static class Comparison
{
    private const int LeastSteps = 30;

    internal static JsonObject Of(IReadOnlyList<string> cases, BenchSettings settings, double seconds, int rounds, string? folder, CancellationToken cancellation)
    {
        List<(Peer Peer, string Program)> peers = [];
        var missing = new JsonObject();
        foreach (Peer peer in Peer.All)
        {
            if (folder is null) missing[peer.Script] = "no folder of peers: give --peers";
            else if (!File.Exists(Path.Combine(folder, peer.Script))) missing[peer.Script] = "not in the folder of peers";
            else if (PeerProcess.Interpreter(peer) is { } program) peers.Add((peer, program));
            else missing[peer.Script] = $"no {peer.Interpreters[0]} with {peer.Name} on this machine";
        }

        var rows = new JsonArray();
        foreach (string name in cases)
        {
            if (cancellation.IsCancellationRequested) break;
            rows.Add((JsonNode)Row(name, settings, seconds, rounds, folder, peers, cancellation));
        }

        return new JsonObject
        {
            ["cpu"] = Processor.Name,
            ["threads"] = settings.Threads,
            ["date"] = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["rounds"] = rounds,
            ["left_out"] = missing,
            ["cases"] = rows,
            ["geometric_mean"] = GeometricMean(rows),
        };
    }

    internal static void Print(JsonObject json)
    {
        Console.Out.WriteLine($"{json["cpu"]}, threads: {json["threads"]}, rounds: {json["rounds"]}, {json["date"]}; medians in ms");
        foreach ((string script, JsonNode? reason) in json["left_out"]!.AsObject()) Console.Out.WriteLine($"left out: {script}: {reason}");
        Console.Out.WriteLine($"{"case",-18}{"Workspaces",12}{"best other",12}{"ratio",8}  by");
        foreach (JsonNode? row in json["cases"]!.AsArray())
        {
            JsonObject? best = row!["best"]?.AsObject();
            string by = best is null ? $"nobody: {string.Join("; ", row["problems"]!.AsArray())}" : $"{best["peer"]}, {best["setup"]}";
            Console.Out.WriteLine($"{row["case"],-18}{Text(row["ms"]),12}{Text(best?["ms"]),12}{Text(row["ratio"], "F2"),8}  {by}");
        }

        foreach (string problem in json["cases"]!.AsArray().Where(static row => row!["best"] is not null)
            .SelectMany(static row => row!["problems"]!.AsArray()).Select(static text => text!.ToString()).Distinct())
            Console.Out.WriteLine($"note: {problem}");
        Console.Out.WriteLine($"{"geometric mean",-18}{"",12}{"",12}{Text(json["geometric_mean"], "F2"),8}");
    }

    private static JsonObject Row(
        string name, BenchSettings settings, double seconds, int rounds, string? folder, List<(Peer Peer, string Program)> peers, CancellationToken cancellation)
    {
        using BenchCase measured = BenchCases.Create(name, settings);
        List<double> own = [];
        Dictionary<(string Peer, string Setup), List<double>> others = [];
        SortedSet<string> problems = new(StringComparer.Ordinal);
        for (int round = 0; round < rounds && !cancellation.IsCancellationRequested; round++)
        {
            own.Add(BenchRun.Of(measured, seconds, LeastSteps, cancellation).Quantile(0.5));
            foreach ((Peer peer, string program) in peers.Where(known => known.Peer.Knows(name)))
            {
                foreach ((string setup, string[] arguments) in peer.Setups(name))
                {
                    if (cancellation.IsCancellationRequested) break;
                    (double time, string? problem) = PeerProcess.Measure(program, Path.Combine(folder!, peer.Script), arguments, settings.Threads);
                    if (problem is not null) problems.Add($"{peer.Name}, {setup}: {problem}");
                    if (double.IsNaN(time)) continue;
                    if (others.TryGetValue((peer.Name, setup), out List<double>? times)) times.Add(time);
                    else others[(peer.Name, setup)] = [time];
                }
            }
        }

        if (others.Count == 0 && problems.Count == 0) problems.Add("no peer on this machine runs this case");
        (string Peer, string Setup, double Milliseconds)[] figures =
            [.. others.Select(static pair => (pair.Key.Peer, pair.Key.Setup, Median(pair.Value))).OrderBy(static figure => figure.Item3)];
        double median = Median(own);
        var row = new JsonObject
        {
            ["case"] = name,
            ["ms"] = JsonLine.Finite(median),
            ["ratio"] = figures.Length == 0 ? null : JsonLine.Finite(median / figures[0].Milliseconds),
            ["best"] = figures.Length == 0 ? null : Json(figures[0]),
            ["others"] = new JsonArray([.. figures.Select(Json)]),
            ["problems"] = new JsonArray([.. problems.Select(static text => (JsonNode)text)]),
        };
        return row;
    }

    private static JsonNode Json((string Peer, string Setup, double Milliseconds) figure) =>
        new JsonObject { ["peer"] = figure.Peer, ["setup"] = figure.Setup, ["ms"] = figure.Milliseconds };

    private static double Median(List<double> values)
    {
        if (values.Count == 0) return double.NaN;
        values.Sort();
        return values.Count % 2 == 1 ? values[values.Count / 2] : (values[(values.Count / 2) - 1] + values[values.Count / 2]) / 2;
    }

    private static double? GeometricMean(JsonArray rows)
    {
        double[] ratios = [.. rows.Select(static row => row!["ratio"]?.GetValue<double>() ?? double.NaN).Where(double.IsFinite)];
        return ratios.Length == 0 ? null : Math.Exp(ratios.Average(Math.Log));
    }

    private static string Text(JsonNode? node, string format = "G4") => node is null ? "-" : node.GetValue<double>().ToString(format, CultureInfo.InvariantCulture);
}
