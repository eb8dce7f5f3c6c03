using System.Globalization;
using System.Text.Json;

namespace Workspaces.Memory.Replay;

/// <summary>
/// Plans as JSON. A file is data from outside: a plan is used only when its hash is that of its requests and the validator accepts its offsets, and even
/// then replay trusts nothing but offsets and order.
/// <code>
/// { "version": 1, "lifetimes": "Released", "plans": [ { "signature": "9f…", "family": "03…", "alignment": 64, "traceHash": "5a…", "peak": 1053696, "lowerBound": 1048576,
///   "planner": "greedy:…", "keys": [ … ], "ends": [ … ], "uses": [ … ], "offsets": [ … ] } ] }
/// </code>
/// Per request: tag and granules in one number, the first request that may take over the bytes, uses after which it is dead (0: when released), first byte;
/// and where there are such, the numbers of the "optional" ones, which not every pass makes.
/// </summary>
internal static class PlanFile
{
    private const int Version = 1;

    /// <summary>A plan with what it is for.</summary>
    internal readonly record struct Entry(ulong Family, ulong Signature, ReplayPlan Plan);

    /// <summary>Writes plans.</summary>
    /// <param name="stream">Takes the JSON.</param>
    /// <param name="entries">The plans.</param>
    /// <param name="lifetimes">What ends a block in them.</param>
    internal static void Write(Stream stream, IEnumerable<Entry> entries, LifetimePolicy lifetimes)
    {
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteNumber("version", Version);
        json.WriteString("lifetimes", lifetimes.ToString());
        json.WriteStartArray("plans");
        foreach (Entry entry in entries)
        {
            Write(json, entry);
            json.Flush();
            stream.Write("\n"u8); // white space between plans, so that a message about a damaged file can name a line
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
    }

    /// <summary>Reads plans.</summary>
    /// <param name="stream">The JSON.</param>
    /// <param name="lifetimes">What ends a block in the passes that the plans are to serve.</param>
    /// <exception cref="InvalidDataException">The file is damaged or of another version; the message says what and where. Nothing of it is to be used.</exception>
    internal static List<Entry> Read(Stream stream, LifetimePolicy lifetimes)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(stream);
            const string file = "the file";
            int version = Property(document.RootElement, "version", JsonValueKind.Number, file).GetInt32();
            if (version != Version) throw new InvalidDataException($"it has version {version}, and this program reads version {Version}");
            string? made = Property(document.RootElement, "lifetimes", JsonValueKind.String, file).GetString();
            if (made != lifetimes.ToString()) throw new InvalidDataException($"it was made with Lifetimes = {Shown(made)}, and the workspace has {lifetimes}");
            var entries = new List<Entry>();
            foreach (JsonElement plan in Property(document.RootElement, "plans", JsonValueKind.Array, file).EnumerateArray())
                entries.Add(Read(plan, entries.Count + 1));
            return entries;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: {Shown(WithoutPlace(e.Message))}", e);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or OverflowException)
        {
            throw new InvalidDataException($"a value is of another kind: {Shown(e.Message.TrimEnd('.'))}", e);
        }
    }

    private static void Write(Utf8JsonWriter json, in Entry entry)
    {
        ReplayPlan plan = entry.Plan;
        json.WriteStartObject();
        json.WriteString("signature", Hex(entry.Signature));
        json.WriteString("family", Hex(entry.Family));
        json.WriteNumber("alignment", Granule.Bytes);
        json.WriteString("traceHash", Hex(plan.Record.Hash));
        json.WriteNumber("peak", plan.Peak);
        json.WriteNumber("lowerBound", plan.LowerBound);
        json.WriteString("planner", plan.Planner);
        json.WriteStartArray("keys");
        foreach (ulong key in plan.Record.Keys) json.WriteNumberValue(key);
        json.WriteEndArray();
        Write(json, "ends", plan.Record.Ends);
        Write(json, "uses", plan.Record.Uses);
        if (plan.Record.Optional is { } optional) Write(json, "optional", [.. Enumerable.Range(0, plan.Count).Where(i => optional[i])]);
        json.WriteStartArray("offsets");
        for (int k = 1; k <= plan.Count; k++) json.WriteNumberValue(plan.Slots[k].Offset * (long)Granule.Bytes);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, int[] values)
    {
        json.WriteStartArray(name);
        foreach (int value in values) json.WriteNumberValue(value);
        json.WriteEndArray();
    }

    private static Entry Read(JsonElement json, int number)
    {
        string where = $"plan {number}";
        ulong[] keys = [.. Property(json, "keys", JsonValueKind.Array, where).EnumerateArray().Select(static key => key.GetUInt64())];
        int[] ends = Numbers(json, "ends", where), uses = Numbers(json, "uses", where);
        long[] offsets = [.. Property(json, "offsets", JsonValueKind.Array, where).EnumerateArray().Select(static offset => offset.GetInt64())];
        int alignment = Property(json, "alignment", JsonValueKind.Number, where).GetInt32();
        if (alignment != Granule.Bytes) throw new InvalidDataException($"plan {number} is aligned to {alignment} bytes, and this program aligns to {Granule.Bytes}");
        if (keys.Length == 0 || ends.Length != keys.Length || uses.Length != keys.Length || offsets.Length != keys.Length)
            throw new InvalidDataException($"plan {number} has {keys.Length} keys, {ends.Length} ends, {uses.Length} uses and {offsets.Length} offsets");
        for (int i = 0; i < ends.Length; i++)
        {
            if (keys[i] != RequestKey.Valid(keys[i])) throw new InvalidDataException($"plan {number}, request {i}: {keys[i]} is no key");
            if (ends[i] <= i || ends[i] > ends.Length || uses[i] < 0)
                throw new InvalidDataException($"plan {number}, request {i}: its bytes are free from request {ends[i]} of {ends.Length} on, after {uses[i]} uses");
        }

        var record = new PassRecord(keys, ends, uses, Optional(json, number, keys.Length));
        string? hash = Text(json, "traceHash", where);
        if (Hex(record.Hash) != hash)
            throw new InvalidDataException($"plan {number} has the hash {Shown(hash)}, but its requests have {Hex(record.Hash)}");
        ReplayPlan? plan = PlanMaker.From(record, offsets, Text(json, "planner", where));
        JsonElement peak = Property(json, "peak", JsonValueKind.Number, where);
        if (plan is null || plan.Peak != peak.GetInt64())
            throw new InvalidDataException($"plan {number} is not valid: blocks overlap, or its peak is not {Shown(peak.GetRawText())}");
        return new Entry(Number(json, "family", where), Number(json, "signature", where), plan);
    }

    private static bool[]? Optional(JsonElement json, int number, int count)
    {
        if (!json.TryGetProperty("optional", out JsonElement requests)) return null;
        var optional = new bool[count];
        foreach (JsonElement request in requests.EnumerateArray())
        {
            int i = request.GetInt32();
            if ((uint)i >= (uint)count) throw new InvalidDataException($"plan {number} has {count} requests, and request {i} is said to be optional");
            optional[i] = true;
        }

        return optional;
    }

    private static int[] Numbers(JsonElement json, string name, string where) =>
        [.. Property(json, name, JsonValueKind.Array, where).EnumerateArray().Select(static value => value.GetInt32())];

    private static ulong Number(JsonElement json, string name, string where) =>
        ulong.Parse(Text(json, name, where), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static string Text(JsonElement json, string name, string where) => Property(json, name, JsonValueKind.String, where).GetString() ?? "";

    private static JsonElement Property(JsonElement json, string name, JsonValueKind kind, string where)
    {
        if (json.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"{where} is of kind {json.ValueKind}, and a JSON object is expected");
        if (!json.TryGetProperty(name, out JsonElement value)) throw new InvalidDataException($"{where} has no property '{name}'");
        return value.ValueKind == kind ? value : throw new InvalidDataException($"property '{name}' of {where} is of kind {value.ValueKind}, and {kind} is expected");
    }

    /// <summary>What the parser says without the place behind it, which the message names in front.</summary>
    private static string WithoutPlace(string message)
    {
        int place = message.IndexOf("LineNumber:", StringComparison.Ordinal);
        return (place < 0 ? message : message[..place]).TrimEnd().TrimEnd('.');
    }

    /// <summary>A text from outside, short enough for a message.</summary>
    private static string Shown(string? text) => text is { Length: > 200 } ? $"{text.AsSpan(0, 200)}…" : text ?? "";

    private static string Hex(ulong value) => value.ToString("x16", CultureInfo.InvariantCulture);
}
