namespace Workspaces.Memory.Allocators;

/// <summary>What a <see cref="Chunk"/> is at the moment.</summary>
internal enum ChunkState
{
    /// <summary>A recycled node that describes no bytes.</summary>
    Spare,

    /// <summary>Bytes handed out.</summary>
    Live,

    /// <summary>Free bytes between live ones; in the tree.</summary>
    Hole,
}
