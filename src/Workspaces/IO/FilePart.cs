namespace Workspaces.IO;

/// <summary>Bytes of a file from a place on, without an object of their own: for samples of a data set.</summary>
internal struct FilePart(RegularFile file, long offset) : IByteReader
{
    private long _at = offset;

    /// <inheritdoc/>
    public void Read(Span<byte> bytes)
    {
        file.Read(_at, bytes);
        _at += bytes.Length;
    }
}
