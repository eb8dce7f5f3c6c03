using Workspaces.Memory.Arenas;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Persistent;

/// <summary>Places each block at the offset that its partner has in another arena.</summary>
internal sealed unsafe class MirrorSource(PersistentMemory owner, WorkspaceManager manager) : BlockSource
{
    private Arena? _arena;

    /// <summary>Offset of the next block, set by the owner under its lock.</summary>
    internal long Next { get; set; }

    internal override bool FreesEachBlock => false;

    internal override bool TryPlace(BlockHeader header, in BlockRequest request, PlaceRule rule)
    {
        header.Chunk = -1;
        if (manager.ShapesOnly)
        {
            header.Address = ShapeSource.Address + (nint)Next;
            return true;
        }

        _arena ??= owner.NewArena();
        long end = Next + Granule.RoundUp(request.Bytes);
        if (end > _arena.UsableBytes && !manager.TryCommit(_arena, end)) return false;
        _arena.Touch(end);
        header.Address = ((nint)_arena.Base) + (nint)Next;
        return true;
    }

    internal override bool Free(BlockHeader header, bool opsInFlight) => false;

    internal override void FreeAtEnd(BlockHeader header)
    {
    }

    internal override void EndPass(Frame? inFlight)
    {
    }

    internal MemoryReport Report(long liveBytes) => _arena is { } arena ? ArenaReport.Of(arena, liveBytes) : default;

    internal void Unmap()
    {
        _arena?.Dispose();
        _arena = null;
    }
}
