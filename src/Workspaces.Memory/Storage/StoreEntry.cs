namespace Workspaces.Memory.Storage;

/// <summary>One stored block.</summary>
internal sealed class StoreEntry(StoredBlock block, uint checksum)
{
    internal StoredBlock Block { get; } = block;

    /// <summary>CRC-32C of the bytes at the last commit.</summary>
    internal uint Checksum { get; set; } = checksum;

    /// <summary>True once it was handed out in this session: then its bytes may have changed.</summary>
    internal bool IsOpen { get; set; }

    internal long End => Block.Offset + Granule.RoundUp(Block.Bytes);
}
