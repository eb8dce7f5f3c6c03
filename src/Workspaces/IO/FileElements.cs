namespace Workspaces.IO;

/// <summary>Elements at a place of a file.</summary>
internal sealed class FileElements(RegularFile file, long offset, string name, StoredType type, bool bigEndian = false) : ElementSource(name, type, bigEndian)
{
    private long _at = offset;

    /// <inheritdoc/>
    public override void Read(Span<byte> bytes)
    {
        file.Read(_at, bytes);
        _at += bytes.Length;
    }
}
