using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using Workspaces.Memory.Files;
using Workspaces.Tensors;

namespace Workspaces.IO;

/// <summary>Writes safetensors files, which PyTorch's and every other reader of the format opens; <see cref="SafetensorsFile"/> reads them.</summary>
public static class Safetensors
{
    /// <summary>Where the elements begin in files written here: a multiple of it, so that tensors can be used where they lie.</summary>
    private const int Alignment = 64;

    /// <summary>
    /// Writes tensors to a file, which is replaced as a whole: whoever opens it, at any moment, finds the old one or the new one. Tensors with large elements
    /// come first and equal ones by name, so that every one is aligned and equal tensors give equal files.
    /// </summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="tensors">Names and tensors, such as <c>model.StateDict()</c>; views are written compactly.</param>
    /// <param name="metadata">Texts to put in, or null.</param>
    /// <exception cref="ArgumentException">A name is empty, taken twice, or <c>__metadata__</c>.</exception>
    /// <exception cref="IOException">The system refuses; the old file is as it was.</exception>
    /// <exception cref="Memory.StaleAccessException">A tensor is stale or a default value.</exception>
    public static void Save(string path, IEnumerable<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        Save(path, tensors, metadata, isSealed: false);

    /// <summary>As above; with a sum over all that the file holds in its metadata, see <see cref="ContentSum"/>.</summary>
    internal static void Save(string path, IEnumerable<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string>? metadata, bool isSealed)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);
        (string Name, Tensor Value)[] all = [.. tensors];
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string name, Tensor value) in all)
        {
            value.Checked("save the elements"); // here, because an exception inside a sort comes out as another one
            if (string.IsNullOrEmpty(name)) SafetensorsErrors.ThrowSavedName(path, "", "its name is empty");
            if (name == SafetensorsHeader.MetadataKey) SafetensorsErrors.ThrowSavedName(path, name, "that name is the format's own");
            if (!names.Add(name)) SafetensorsErrors.ThrowSavedName(path, name, "two tensors have that name");
        }

        Array.Sort(all, static (a, b) =>
        {
            int size = b.Value.DType.SizeInBytes.CompareTo(a.Value.DType.SizeInBytes);
            return size != 0 ? size : string.CompareOrdinal(a.Name, b.Name);
        });
        if (isSealed) metadata = Sealed(all, metadata);
        byte[] head = HeadOf(all, metadata);
        AtomicFile.Write(path, nameof(Safetensors), stream =>
        {
            stream.Write(head);
            foreach ((_, Tensor value) in all) TensorWriter.Write(stream, value);
        });
    }

    private static Dictionary<string, string> Sealed((string Name, Tensor Value)[] tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var texts = new Dictionary<string, string>(metadata ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        using var sum = new ContentSum(texts);
        foreach ((string name, Tensor value) in tensors.OrderBy(static tensor => tensor.Name, StringComparer.Ordinal)) sum.Add(name, value.DType, value.Shape);
        foreach ((_, Tensor value) in tensors) TensorWriter.Write(sum.Content, value);
        texts[ContentSum.Key] = sum.Text();
        return texts;
    }

    private static byte[] HeadOf((string Name, Tensor Value)[] tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 }) Write(json, metadata);
            long offset = 0;
            foreach ((string name, Tensor value) in tensors) offset = Write(json, name, value, offset);
            json.WriteEndObject();
        }

        int bytes = SafetensorsHeader.LengthBytes + buffer.WrittenCount, padded = (bytes + Alignment - 1) / Alignment * Alignment;
        var head = new byte[padded];
        BinaryPrimitives.WriteUInt64LittleEndian(head, (ulong)(padded - SafetensorsHeader.LengthBytes));
        buffer.WrittenSpan.CopyTo(head.AsSpan(SafetensorsHeader.LengthBytes));
        head.AsSpan(bytes).Fill((byte)' ');
        return head;
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject(SafetensorsHeader.MetadataKey);
        foreach ((string key, string text) in metadata) json.WriteString(key, text);
        json.WriteEndObject();
    }

    private static long Write(Utf8JsonWriter json, string name, Tensor value, long offset)
    {
        DType dtype = value.DType;
        Shape shape = value.Shape;
        long end = offset + (shape.Length * dtype.SizeInBytes);
        json.WriteStartObject(name);
        json.WriteString("dtype", dtype == DType.Bool ? "BOOL" : dtype.ToString());
        json.WriteStartArray("shape");
        foreach (long size in shape) json.WriteNumberValue(size);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(offset);
        json.WriteNumberValue(end);
        json.WriteEndArray();
        json.WriteEndObject();
        return end;
    }
}
