using System.Globalization;
using System.Text.Json.Nodes;
using Workspaces.Diagnostics;

namespace Workspaces.Cli.Bench;

/// <summary>
/// Each case against its floor: for every op of a step the multiply-adds over the peak of this machine, or the bytes over the bandwidth of the nearest level of
/// memory that holds them, whichever is longer. Arithmetic that is no multiply-add of a product (exp, divisions, sums) is not in the floor, so ops that are
/// made of it cannot reach it. Beside a case that is one op and bound by memory stands the time in which a plain sum reads as many bytes.
/// </summary>
internal static class Roofline
{
    private const int LeastSteps = 30, ShownOps = 6;
    private const double ReadingSeconds = 0.1;
    private const string ReadField = "read_ms";

    internal static JsonObject Of(IReadOnlyList<string> cases, BenchSettings settings, double seconds, CancellationToken cancellation)
    {
        MachineCeilings before = MachineCeilings.Measure(settings.Threads);
        var json = new JsonObject
        {
            ["cpu"] = Processor.Name,
            ["kernel"] = KernelInfo.Variant,
            ["threads"] = settings.Threads,
            ["fma_gflops"] = new JsonObject(before.MultiplyAdds.Select(static peak => new KeyValuePair<string, JsonNode?>(peak.Variant, Round(peak.PerSecond * 2e-9)))),
            ["gigabytes_per_s"] = new JsonObject(before.Levels.Select(static level => new KeyValuePair<string, JsonNode?>(level.Name, Round(level.BytesPerSecond * 1e-9)))),
        };
        var rows = new JsonArray();
        foreach (string name in cases)
        {
            if (cancellation.IsCancellationRequested) break;
            rows.Add((JsonNode)Row(name, settings, seconds, before, cancellation));
        }

        json["cases"] = rows;
        return json;
    }

    /// <summary>The figures as a table.</summary>
    internal static void Print(JsonObject json)
    {
        Console.Out.WriteLine($"{json["cpu"]}, {json["kernel"]}, threads: {json["threads"]}");
        Console.Out.WriteLine($"multiply-adds, GFLOP/s: {Join(json["fma_gflops"]!)}; memory, GB/s: {Join(json["gigabytes_per_s"]!)}");
        bool several = json["threads"]!.GetValue<int>() > 1;
        Console.Out.WriteLine(
            $"{"case",-26}{"median ms",11}{"floor ms",11}{"reached",9}{"GFLOP",9}{"GFLOP/s",9}{"MB",9}{"read ms",11}{(several ? RoundTrip.Heading : "")}  largest floors");
        foreach (JsonNode? row in json["cases"]!.AsArray())
        {
            string read = row![ReadField] is { } milliseconds ? Number(milliseconds).ToString("G4", CultureInfo.InvariantCulture) : "-";
            string ops = string.Join(", ", row["ops"]!.AsArray().Take(ShownOps).Select(static op => $"{op!["op"]} {Number(op["share_of_floor"], 100):F0} %"));
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{row["case"],-26}{Number(row["ms_median"]),11:G4}{Number(row["floor_ms"]),11:G4}{Number(row["reached"], 100),7:F0} %")
                + string.Create(CultureInfo.InvariantCulture, $"{Number(row["gflop"]),9:G3}{Number(row["gflops"]),9:G3}{Number(row["megabytes"]),9:G3}")
                + $"{read,11}" + (several ? string.Create(CultureInfo.InvariantCulture, $"{Number(row[RoundTrip.Field]),RoundTrip.Width:F0}") : "") + $"  {ops}");
        }
    }

    private static JsonObject Row(string name, BenchSettings settings, double seconds, MachineCeilings ceilings, CancellationToken cancellation)
    {
        using BenchCase measured = BenchCases.Create(name, settings);
        IReadOnlyList<OpWork> ops;
        using (var meter = new WorkMeter(measured.Workspace!.Manager))
        {
            measured.Trace();
            ops = meter.Ops;
        }

        bool isBoundByMemory = ops.Count == 1 && ceilings.Least(ops[0]) is var (arithmetic, memory, _) && memory > arithmetic;
        double readBefore = isBoundByMemory ? ReadMilliseconds(ops[0], settings.Threads) : double.NaN;
        BenchRun run = BenchRun.Of(measured, seconds, LeastSteps, cancellation);
        double median = run.Quantile(0.5), floor = ops.Sum(op => ceilings.Least(op).Floor) * 1000;
        double gflop = ops.Sum(static op => op.MultiplyAdds) * 2e-9;
        var row = new JsonObject
        {
            ["case"] = name,
            ["ms_median"] = JsonLine.Finite(median),
            ["ms_p10"] = JsonLine.Finite(run.Quantile(0.1)),
            ["floor_ms"] = floor,
            ["reached"] = JsonLine.Finite(floor / median),
            ["arithmetic_ms"] = ops.Sum(op => ceilings.Least(op).Arithmetic) * 1000,
            ["memory_ms"] = ops.Sum(op => ceilings.Least(op).Memory) * 1000,
            ["gflop"] = gflop,
            ["gflops"] = JsonLine.Finite(gflop / median * 1000),
            ["megabytes"] = ops.Sum(static op => op.Bytes) * 1e-6,
            ["ops"] = new JsonArray([.. ByOp(ops, ceilings, floor)]),
        };
        if (isBoundByMemory) row[ReadField] = JsonLine.Finite(Math.Min(readBefore, ReadMilliseconds(ops[0], settings.Threads)));
        RoundTrip.AddTo(row, settings.Threads, RoundTrip.Largest([run]));
        return row;
    }

    private static double ReadMilliseconds(in OpWork op, int threads) => op.Bytes / MachineCeilings.MeasureReading(op.Bytes, threads, ReadingSeconds) * 1000;

    private static IEnumerable<JsonNode> ByOp(IReadOnlyList<OpWork> ops, MachineCeilings ceilings, double floor) => ops
        .GroupBy(static op => op.Name)
        .Select(group => (
            group.Key, Count: group.Count(), Floor: group.Sum(op => ceilings.Least(op).Floor) * 1000,
            Adds: group.Sum(static op => op.MultiplyAdds), Bytes: group.Sum(static op => op.Bytes)))
        .OrderByDescending(static op => op.Floor)
        .Select(op => (JsonNode)new JsonObject
        {
            ["op"] = op.Key,
            ["calls"] = op.Count,
            ["floor_ms"] = op.Floor,
            ["share_of_floor"] = JsonLine.Finite(op.Floor / floor),
            ["gflop"] = op.Adds * 2e-9,
            ["megabytes"] = op.Bytes * 1e-6,
        });

    private static double Number(JsonNode? node, double factor = 1) => (node?.GetValue<double>() ?? double.NaN) * factor;

    private static string Join(JsonNode figures) =>
        string.Join(", ", figures.AsObject().Select(static pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {Number(pair.Value):F0}")));

    private static double Round(double value) => Math.Round(value, 1);
}
