using System.Text.Json;
using Workspaces.Tensors;

namespace Workspaces.IO;

/// <summary>Reads the head of a safetensors file and checks every number in it against the length of the file.</summary>
internal static class SafetensorsHeader
{
    /// <summary>Most bytes of JSON, as in the format's own reader.</summary>
    internal const int MaxBytes = 100_000_000;

    /// <summary>Bytes of the length in front of the JSON.</summary>
    internal const int LengthBytes = 8;

    internal const string MetadataKey = "__metadata__";

    /// <summary>What the JSON says, entries by place in the file.</summary>
    internal static SafetensorsEntry[] Read(RegularFile file, Dictionary<string, string> metadata)
    {
        if (file.Length < LengthBytes) SafetensorsErrors.Throw(file.Path, $"it has {file.Length} bytes, and begins with 8 that are the length of its head");
        Span<byte> length = stackalloc byte[LengthBytes];
        file.Read(0, length);
        ulong bytes = System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(length);
        long most = Math.Min(MaxBytes, file.Length - LengthBytes);
        if (bytes < 2 || bytes > (ulong)most)
            SafetensorsErrors.Throw(file.Path, $"its head is said to have {bytes} bytes, and 2 to {most} are possible in a file of {file.Length}");
        var json = new byte[bytes];
        file.Read(LengthBytes, json);
        try
        {
            return Parse(json, file, metadata);
        }
        catch (JsonException error)
        {
            SafetensorsErrors.Throw(file.Path, $"its head is no JSON object of tensors: {WithoutPlace(error.Message)}, byte {error.BytePositionInLine}", error);
            return [];
        }
        catch (InvalidOperationException error)
        {
            SafetensorsErrors.Throw(file.Path, $"a value in its head is of another kind: {error.Message.TrimEnd('.')}", error);
            return [];
        }
    }

    private static SafetensorsEntry[] Parse(ReadOnlySpan<byte> json, RegularFile file, Dictionary<string, string> metadata)
    {
        if (json[0] != (byte)'{') SafetensorsErrors.Throw(file.Path, "its head does not begin with '{'");
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
        var entries = new List<SafetensorsEntry>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        long start = LengthBytes + json.Length;
        bool hasMetadata = false;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            if (name == MetadataKey)
            {
                if (hasMetadata) SafetensorsErrors.Throw(file.Path, $"it has two values of '{MetadataKey}'");
                hasMetadata = true;
                ReadMetadata(ref reader, file, metadata);
                continue;
            }

            if (!names.Add(name)) SafetensorsErrors.Throw(file.Path, $"it has two tensors of the name '{Shown(name)}'");
            entries.Add(ReadEntry(ref reader, name, start, file));
        }

        while (reader.Read())
        {
            // Only white space may follow; the reader throws at anything else.
        }

        return Ordered(entries, start, file);
    }

    private static void ReadMetadata(ref Utf8JsonReader reader, RegularFile file, Dictionary<string, string> metadata)
    {
        Expect(ref reader, JsonTokenType.StartObject, MetadataKey, file);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            Expect(ref reader, JsonTokenType.String, MetadataKey, file);
            metadata[key] = reader.GetString()!;
        }
    }

    private static SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name, long start, RegularFile file)
    {
        Span<long> dims = stackalloc long[Shape.MaxRank], range = stackalloc long[2];
        StoredType? type = null;
        int rank = -1, ends = -1;
        Expect(ref reader, JsonTokenType.StartObject, name, file);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("dtype"u8))
            {
                Expect(ref reader, JsonTokenType.String, name, file);
                type = TypeOf(reader.GetString()!, name, file);
            }
            else if (reader.ValueTextEquals("shape"u8)) rank = ReadNumbers(ref reader, dims, name, "shape", file);
            else if (reader.ValueTextEquals("data_offsets"u8)) ends = ReadNumbers(ref reader, range, name, "data_offsets", file);
            else SafetensorsErrors.Throw(file.Path, $"tensor '{Shown(name)}' has a key '{Shown(reader.GetString()!)}', and dtype, shape and data_offsets are known");
        }

        if (type is not { } stored || rank < 0 || ends != 2)
        {
            SafetensorsErrors.Throw(file.Path, $"tensor '{Shown(name)}' lacks one of dtype, shape and data_offsets");
            return null!;
        }

        return Entry(name, stored, dims[..rank], range, start, file);
    }

    private static SafetensorsEntry Entry(string name, StoredType type, ReadOnlySpan<long> dims, ReadOnlySpan<long> range, long start, RegularFile file)
    {
        long data = file.Length - start, elements = 1, counted = 1;
        if (range[0] > range[1] || range[1] > data)
            SafetensorsErrors.Throw(file.Path, $"tensor '{Shown(name)}' lies at bytes {range[0]} to {range[1]} of the data, which has {data} bytes");
        long bytes = range[1] - range[0], most = bytes / type.SizeInBytes;
        bool empty = dims.Contains(0);
        foreach (long size in dims)
        {
            if (empty ? size > 0 && counted > long.MaxValue / size : size > most / elements)
                SafetensorsErrors.Throw(file.Path, $"tensor '{Shown(name)}' has a size of {size} in its shape and {bytes} bytes of data");
            counted *= Math.Max(size, 1);
            elements = empty ? 0 : counted;
        }

        if (elements * type.SizeInBytes != bytes)
            SafetensorsErrors.Throw(
                file.Path, $"tensor '{Shown(name)}' of shape {new Shape(dims)} and type {type} wants {elements * type.SizeInBytes} bytes, and its place has {bytes}");
        return new SafetensorsEntry(name, type, new Shape(dims), start + range[0]);
    }

    /// <summary>Sorted by place. Data without gaps, overlaps and leftovers, as the format wants it: nothing hides in a file.</summary>
    private static SafetensorsEntry[] Ordered(List<SafetensorsEntry> entries, long start, RegularFile file)
    {
        SafetensorsEntry[] ordered = [.. entries];
        Array.Sort(ordered, static (a, b) => a.Offset != b.Offset ? a.Offset.CompareTo(b.Offset) : a.Bytes.CompareTo(b.Bytes));
        long end = start;
        foreach (SafetensorsEntry entry in ordered)
        {
            if (entry.Offset != end)
                SafetensorsErrors.Throw(file.Path, $"tensor '{Shown(entry.Name)}' begins at byte {entry.Offset}, and what lies before it ends at {end}");
            end += entry.Bytes;
        }

        if (end != file.Length) SafetensorsErrors.Throw(file.Path, $"its tensors end at byte {end}, and it has {file.Length}");
        return ordered;
    }

    private static int ReadNumbers(ref Utf8JsonReader reader, scoped Span<long> numbers, string name, string key, RegularFile file)
    {
        Expect(ref reader, JsonTokenType.StartArray, name, file);
        int count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (count == numbers.Length) SafetensorsErrors.Throw(file.Path, $"'{key}' of tensor '{Shown(name)}' has more than {numbers.Length} numbers");
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number) || number < 0)
                SafetensorsErrors.Throw(file.Path, $"'{key}' of tensor '{Shown(name)}' holds something that is no whole number from 0 on");
            else numbers[count++] = number;
        }

        return count;
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType kind, string name, RegularFile file)
    {
        if (!reader.Read() || reader.TokenType != kind)
            SafetensorsErrors.Throw(file.Path, $"'{Shown(name)}' in its head is or holds a {reader.TokenType}, and {kind} is expected");
    }

    private static StoredType TypeOf(string dtype, string name, RegularFile file)
    {
        switch (dtype)
        {
            case "BOOL": return StoredType.Bool;
            case "F64": return StoredType.F64;
            case "F32": return StoredType.F32;
            case "F16": return StoredType.F16;
            case "BF16": return StoredType.BF16;
            case "I64": return StoredType.I64;
            case "I32": return StoredType.I32;
            case "I16": return StoredType.I16;
            case "I8": return StoredType.I8;
            case "U32": return StoredType.U32;
            case "U16": return StoredType.U16;
            case "U8": return StoredType.U8;
            default:
                SafetensorsErrors.Throw(
                    file.Path, $"tensor '{Shown(name)}' is of type '{Shown(dtype)}', and F64, F32, F16, BF16, I64, I32, I16, I8, U32, U16, U8 and BOOL can be read");
                return default;
        }
    }

    /// <summary>A name from outside, short enough for a message.</summary>
    internal static string Shown(string name) => name.Length <= 100 ? name : $"{name.AsSpan(0, 100)}…";

    private static string WithoutPlace(string message)
    {
        int place = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (place < 0 ? message : message[..place]).TrimEnd('.');
    }
}
