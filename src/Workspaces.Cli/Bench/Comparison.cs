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
        var peers = new Peers(folder);
        JsonArray rows = Peers.RowsOf(cases, name => [Row(name, settings, seconds, rounds, peers, cancellation)], cancellation);
        JsonObject json = peers.Head(settings, rounds);
        json["cases"] = rows;
        json["geometric_mean"] = GeometricMean(rows);
        return json;
    }

    internal static void Print(JsonObject json)
    {
        Console.Out.WriteLine($"{json["cpu"]}, threads: {json["threads"]}, rounds: {json["rounds"]}, {json["date"]}; medians in ms");
        foreach ((string script, JsonNode? reason) in json["left_out"]!.AsObject()) Console.Out.WriteLine($"left out: {script}: {reason}");
        bool several = json["threads"]!.GetValue<int>() > 1;
        Console.Out.WriteLine($"{"case",-18}{"Workspaces",12}{"best other",12}{"ratio",8}{(several ? RoundTrip.Heading : "")}  by");
        foreach (JsonNode? row in json["cases"]!.AsArray())
        {
            JsonObject? best = row!["best"]?.AsObject();
            string by = best is null ? $"nobody: {string.Join("; ", row["problems"]!.AsArray())}" : $"{best["peer"]}, {best["setup"]}";
            string trip = several ? $"{Text(row[RoundTrip.Field], "F0"),RoundTrip.Width}" : "";
            Console.Out.WriteLine($"{row["case"],-18}{Text(row["ms"]),12}{Text(best?["ms"]),12}{Text(row["ratio"], "F2"),8}{trip}  {by}");
        }

        foreach (string problem in json["cases"]!.AsArray().Where(static row => row!["best"] is not null)
            .SelectMany(static row => row!["problems"]!.AsArray()).Select(static text => text!.ToString()).Distinct())
            Console.Out.WriteLine($"note: {problem}");
        Console.Out.WriteLine($"{"geometric mean",-18}{"",12}{"",12}{Text(json["geometric_mean"], "F2"),8}");
    }

    private static JsonObject Row(string name, BenchSettings settings, double seconds, int rounds, Peers peers, CancellationToken cancellation)
    {
        using BenchCase measured = BenchCases.Create(name, settings);
        PeerSetup[] setups = [.. peers.SetupsOf(name)];
        List<BenchRun> own = [];
        var others = new PeerTimes();
        for (int round = 0; round < rounds && !cancellation.IsCancellationRequested; round++)
        {
            own.Add(BenchRun.Of(measured, seconds, LeastSteps, cancellation));
            others.Round(setups, settings.Threads, cancellation);
        }

        (PeerSetup Setup, double Milliseconds)[] figures = others.Medians;
        IEnumerable<string> problems = setups.Length == 0 ? ["no peer on this machine runs this case"] : others.Problems;
        double median = PeerTimes.Median([.. own.Select(static run => run.Quantile(0.5))]);
        var row = new JsonObject
        {
            ["case"] = name,
            ["ms"] = JsonLine.Finite(median),
            ["ratio"] = figures.Length == 0 ? null : JsonLine.Finite(median / figures[0].Milliseconds),
            ["best"] = figures.Length == 0 ? null : Json(figures[0]),
            ["others"] = new JsonArray([.. figures.Select(Json)]),
            ["problems"] = new JsonArray([.. problems.Select(static text => (JsonNode)text)]),
        };
        RoundTrip.AddTo(row, settings.Threads, RoundTrip.Largest(own));
        return row;
    }

    private static JsonNode Json((PeerSetup Setup, double Milliseconds) figure) =>
        new JsonObject { ["peer"] = figure.Setup.Peer, ["setup"] = figure.Setup.Setup, ["ms"] = figure.Milliseconds };

    private static double? GeometricMean(JsonArray rows)
    {
        double[] ratios = [.. rows.Select(static row => row!["ratio"]?.GetValue<double>() ?? double.NaN).Where(double.IsFinite)];
        return ratios.Length == 0 ? null : Math.Exp(ratios.Average(Math.Log));
    }

    private static string Text(JsonNode? node, string format = "G4") => node is null ? "-" : node.GetValue<double>().ToString(format, CultureInfo.InvariantCulture);
}
