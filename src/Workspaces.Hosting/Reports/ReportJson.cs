using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory.Recording;
using Workspaces.Memory.Tracking;
using Workspaces.Train;

namespace Workspaces.Hosting.Reports;

/// <summary>
/// The data of a page as compact JSON: of blocks one array a column, times of birth as differences, places and texts as numbers. The writer escapes every character
/// that means something in HTML, so no name can end the script element that the data stands in.
/// </summary>
internal static class ReportJson
{
    internal const int Version = 1;
    private const long Unit = 64;

    internal static string Of(RunReport report)
    {
        var buffer = new ArrayBufferWriter<byte>(1 << 16);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("title", report.Title);
            json.WriteString("subtitle", report.Subtitle);
            json.WriteString("made", report.Made.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture));
            json.WriteStartArray("passes");
            foreach (RecordedPass pass in report.Passes.Where(pass => IsShown(report, pass)).OrderBy(pass => Rank(report, pass)))
                Write(json, report, PassPicture.Of(pass, report.PlanningTime));
            json.WriteEndArray();
            WriteRuns(json, report);
            WriteCurves(json, report);
            WriteMemory(json, report);
            WriteConfiguration(json, report.Configuration);
            WriteFindings(json, report.Findings);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>A pass that was traced on shapes is left out where it has run since.</summary>
    private static bool IsShown(RunReport report, RecordedPass pass) => pass.Blocks.Count > 0 && (pass.State != RecordedPassState.Shapes
        || !report.Passes.Any(other => other.State != RecordedPassState.Shapes && other.Signature == pass.Signature && other.Workspace == pass.Workspace));

    /// <summary>In the order of their names; planned ones before those that spilled, learned, or were traced on shapes.</summary>
    private static int Rank(RunReport report, RecordedPass pass)
    {
        int named = report.PassNames.Keys.ToList().IndexOf(pass.Signature);
        int state = pass.State switch
        {
            RecordedPassState.Planned => 0,
            RecordedPassState.Spilled => 1,
            RecordedPassState.Learning => 2,
            _ => 3,
        };
        return ((named < 0 ? report.PassNames.Count : named) * 4) + state;
    }

    private static string NameOf(RunReport report, string workspace, Memory.PassSignature signature) =>
        report.PassNames.TryGetValue(signature, out string? name) ? name
        : signature.Key == 0 ? workspace
        : $"{workspace} {signature.Key.ToString("x", CultureInfo.InvariantCulture)[..4]}";

    private static string Word(RecordedPassState state) => state switch
    {
        RecordedPassState.Learning => "learning",
        RecordedPassState.Planned => "planned",
        RecordedPassState.Spilled => "spilled",
        _ => "shapes",
    };

    private static void Write(Utf8JsonWriter json, RunReport report, PassPicture picture)
    {
        RecordedPass pass = picture.Pass;
        json.WriteStartObject();
        json.WriteString("name", NameOf(report, pass.Workspace, pass.Signature));
        json.WriteString("workspace", pass.Workspace);
        json.WriteString("state", Word(pass.State));
        json.WriteBoolean("plannedHere", picture.IsPlannedHere);
        json.WriteNumber("number", pass.Number);
        json.WriteNumber("events", pass.Events);
        json.WriteNumber("deviations", pass.Deviations);
        json.WriteString("planner", picture.Planner);
        json.WriteNumber("arenaTop", picture.ArenaTop);
        json.WriteNumber("outsideFrom", picture.OutsideFrom);
        json.WriteNumber("top", picture.Top);
        json.WriteNumber("lowerBound", picture.LowerBound);
        json.WriteNumber("lastUseBound", pass.LastUseBound);
        Write(json, "planPeak", picture.PlanBytes);
        Write(json, "bump", picture.Bump);
        Write(json, "bestFit", picture.BestFit);
        Write(json, "caching", picture.Caching);
        WriteBlocks(json, picture);
        json.WriteEndObject();
    }

    private static void WriteBlocks(Utf8JsonWriter json, PassPicture picture)
    {
        IReadOnlyList<RecordedBlock> blocks = picture.Pass.Blocks;
        var texts = new TextTable();
        json.WriteStartObject("blocks");
        json.WriteNumber("count", blocks.Count);
        json.WriteNumber("unit", Unit);
        int before = 0;
        Column(json, "birth", blocks, block =>
        {
            int step = block.Birth - before;
            before = block.Birth;
            return step;
        });
        Column(json, "life", blocks, static block => block.Death - block.Birth);
        Column(json, "used", blocks, static block => block.LastUse - block.Birth);
        json.WriteStartArray("offset");
        foreach (long offset in picture.Offsets) json.WriteNumberValue(offset / Unit);
        json.WriteEndArray();
        Column(json, "bytes", blocks, static block => block.Bytes);
        Column(json, "kind", blocks, static block => (int)block.Kind);
        Column(json, "unplanned", blocks, block => picture.Pass.State == RecordedPassState.Spilled && !block.IsPlanned ? 1 : 0);
        Column(json, "outside", blocks, static block => block.IsOutside ? 1 : 0);
        Column(json, "op", blocks, block => texts.NumberOf(OpOf(block)));
        Column(json, "name", blocks, block => texts.NumberOf(block.Name));
        Column(json, "shape", blocks, block => texts.NumberOf(block.Shape));
        Column(json, "dtype", blocks, block => texts.NumberOf(block.DType));
        Column(json, "part", blocks, block => texts.NumberOf(block.Part));
        Column(json, "site", blocks, block => texts.NumberOf(block.Site));
        json.WriteEndObject();
        json.WriteStartArray("texts");
        foreach (string text in texts.Texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    /// <summary>What the block is called after; traces of before a scratch block knew its op say <c>scratch</c>.</summary>
    private static string? OpOf(RecordedBlock block)
    {
        if (block.Kind != BlockKind.Scratch) return block.Op;
        return block.Op is null or "scratch" ? "scratch" : $"scratch of {block.Op}";
    }

    /// <summary>One number stands for a column that has it in every row.</summary>
    private static void Column(Utf8JsonWriter json, string name, IReadOnlyList<RecordedBlock> blocks, Func<RecordedBlock, long> value)
    {
        var values = new long[blocks.Count];
        for (int i = 0; i < values.Length; i++) values[i] = value(blocks[i]);
        if (!values.AsSpan().ContainsAnyExcept(values[0]))
        {
            json.WriteNumber(name, values[0]);
            return;
        }

        json.WriteStartArray(name);
        foreach (long number in values) json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    private static void WriteRuns(Utf8JsonWriter json, RunReport report)
    {
        json.WriteStartArray("runs");
        foreach (PassRun run in report.Runs)
        {
            json.WriteStartArray();
            json.WriteStringValue(NameOf(report, run.Workspace, run.Signature));
            json.WriteStringValue(Word(run.State));
            json.WriteNumberValue(run.Count);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static void WriteCurves(Utf8JsonWriter json, RunReport report)
    {
        json.WriteStartArray("curve");
        foreach (CurvePoint point in report.Curve)
        {
            json.WriteStartArray();
            json.WriteNumberValue(point.Step);
            WriteFinite(json, point.Loss, "G6");
            WriteFinite(json, point.SamplesPerSecond, "G6");
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteNumber("stepsPerEpoch", report.StepsPerEpoch);
        json.WriteStartArray("epochs");
        foreach (EpochResult epoch in report.Epochs)
        {
            json.WriteStartArray();
            json.WriteNumberValue(epoch.Epoch + 1);
            WriteFinite(json, epoch.TrainLoss, "G6");
            WriteFinite(json, epoch.TestLoss ?? double.NaN, "G6");
            WriteFinite(json, epoch.TestAccuracy ?? double.NaN, "G6");
            WriteFinite(json, epoch.SamplesPerSecond, "G6");
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static void WriteMemory(Utf8JsonWriter json, RunReport report)
    {
        if (report.Memory is { } memory)
        {
            json.WriteStartArray("memory");
            Pair(json, "Committed", memory.Committed);
            Pair(json, "Allocated", memory.Allocated);
            Pair(json, "Unreferenced", memory.Unreferenced);
            Pair(json, "Workspace: free", memory.Free);
            Pair(json, "Workspace: bookkeeping", memory.Bookkeeping);
            Pair(json, "External", memory.External);
            json.WriteEndArray();
        }

        json.WriteStartArray("persistent");
        foreach ((string name, long bytes) in report.Persistent) Pair(json, name, bytes);
        json.WriteEndArray();
    }

    private static void WriteConfiguration(Utf8JsonWriter json, IReadOnlyList<EffectiveValue> configuration)
    {
        json.WriteStartArray("configuration");
        foreach ((string key, string value, string origin) in configuration)
        {
            json.WriteStartArray();
            json.WriteStringValue(key);
            json.WriteStringValue(value);
            json.WriteStringValue(origin);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static void WriteFindings(Utf8JsonWriter json, IReadOnlyList<Finding> findings)
    {
        json.WriteStartArray("findings");
        foreach (Finding finding in findings)
        {
            json.WriteStartArray();
            json.WriteStringValue(finding.Code);
            json.WriteStringValue(finding.Severity == FindingSeverity.Warning ? "warning" : "information");
            json.WriteStringValue(finding.Workspace);
            json.WriteStringValue(finding.Text);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static void Pair(Utf8JsonWriter json, string name, long bytes)
    {
        json.WriteStartArray();
        json.WriteStringValue(name);
        json.WriteNumberValue(bytes);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }

    private static void WriteFinite(Utf8JsonWriter json, double value, string format)
    {
        if (double.IsFinite(value)) json.WriteRawValue(value.ToString(format, CultureInfo.InvariantCulture));
        else json.WriteNullValue();
    }

    /// <summary>Texts by number; 0 is none.</summary>
    private sealed class TextTable
    {
        private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal) { [""] = 0 };

        internal List<string> Texts { get; } = [""];

        internal int NumberOf(string? text)
        {
            if (string.IsNullOrEmpty(text)) return 0;
            if (_numbers.TryGetValue(text, out int known)) return known;
            _numbers.Add(text, Texts.Count);
            Texts.Add(text);
            return Texts.Count - 1;
        }
    }
}
