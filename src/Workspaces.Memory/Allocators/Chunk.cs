namespace Workspaces.Memory.Allocators;

/// <summary>A stretch of an arena, in granules, with its neighbours by address and, for holes, its place in the treap.</summary>
internal struct Chunk
{
    public uint Offset;
    public uint Size;
    public int Previous;
    public int Next;
    public int Smaller;
    public int Larger;
    public uint Priority;
    public ChunkState State;
}
