namespace Workspaces.IO;

/// <summary>Elements that a stream gives one after the other.</summary>
internal sealed class StreamElements(Stream stream, NpyHeader header) : ElementSource(header.Name, header.Type, header.IsBigEndian)
{
    private readonly string _name = header.Name;

    /// <inheritdoc/>
    public override void Read(Span<byte> bytes)
    {
        int read;
        try
        {
            read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException error)
        {
            NpyErrors.Throw(_name, $"its compressed bytes are damaged ({error.Message.TrimEnd('.')})", "copy or download it again", error);
            return;
        }

        if (read < bytes.Length) NpyErrors.Throw(_name, $"its data is cut short: wanted {bytes.Length} bytes more, found {read}", "copy or download it again");
    }
}
