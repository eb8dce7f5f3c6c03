using System.Security.Cryptography;
using System.Text;
using Workspaces.Tensors;

namespace Workspaces.IO;

/// <summary>
/// SHA-256 over everything that a safetensors file says: its texts, names, types, shapes and elements. A reader that computes the same one knows that no byte has
/// changed on the way; it is no signature.
/// </summary>
internal sealed class ContentSum : IDisposable
{
    /// <summary>The text that holds the sum, which is not a part of it.</summary>
    internal const string Key = "sha256";

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Begins with the texts.</summary>
    internal ContentSum(IReadOnlyDictionary<string, string> metadata)
    {
        Content = new HashStream(_hash);
        foreach ((string key, string text) in metadata.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            if (key == Key) continue;
            Add(key);
            Add(text);
        }
    }

    /// <summary>Takes elements, in the order of the file.</summary>
    internal Stream Content { get; }

    /// <summary>Adds what the head says of a tensor; in the order of names.</summary>
    internal void Add(string name, DType dtype, Shape shape) => Add($"{name}\n{dtype}\n{shape}");

    /// <summary>The sum of a file that is open.</summary>
    internal static string Of(SafetensorsFile file)
    {
        using var sum = new ContentSum(file.Metadata);
        foreach (SafetensorsEntry entry in file.Tensors.OrderBy(static entry => entry.Name, StringComparer.Ordinal)) sum.Add(entry.Name, entry.DType, entry.Shape);
        file.CopyContent(sum.Content);
        return sum.Text();
    }

    /// <summary>The sum as text; the last thing to ask for.</summary>
    internal string Text() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public void Dispose()
    {
        Content.Dispose();
        _hash.Dispose();
    }

    /// <summary>With its length in front, so that no two lists of texts are the same bytes.</summary>
    private void Add(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(int)];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        _hash.AppendData(length);
        _hash.AppendData(bytes);
    }

    private sealed class HashStream(IncrementalHash hash) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer) => hash.AppendData(buffer);

        public override void Write(byte[] buffer, int offset, int count) => hash.AppendData(buffer, offset, count);

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
