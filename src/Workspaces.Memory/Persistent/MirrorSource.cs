using Workspaces.Memory.Arenas;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Persistent;

/// <summary>Places each block at the offset that its partner has in another arena.</summary>
internal sealed unsafe class MirrorSource(PersistentMemory owner, WorkspaceManager manager) : BlockSource
{
    private Arena? _arena;
    private long _liveBytes;

    /// <summary>Live bytes, in whole granules.</summary>
    internal override long LiveBytes => Volatile.Read(ref _liveBytes);

    /// <summary>Offset of the next block, set by the owner under its lock.</summary>
    internal long Next { get; set; }

    internal override bool FreesEachBlock => false;

    internal override bool TryPlace(BlockHeader header, in BlockRequest request, PlaceRule rule)
    {
        header.Chunk = -1;
        long size = Granule.RoundUp(request.Bytes);
        if (manager.ShapesOnly)
        {
            header.Address = ShapeSource.Address + (nint)Next;
            _liveBytes += size;
            return true;
        }

        _arena ??= owner.NewArena();
        long end = Next + size;
        if (end > _arena.UsableBytes && !manager.TryCommit(_arena, end)) return false;
        _arena.Touch(end);
        header.Address = ((nint)_arena.Base) + (nint)Next;
        _liveBytes += size;
        return true;
    }

    internal override bool Free(BlockHeader header, bool opsInFlight)
    {
        _liveBytes -= Granule.RoundUp(header.Bytes);
        return false;
    }

    internal override void FreeAtEnd(BlockHeader header)
    {
    }

    internal override void EndPass(Frame? inFlight)
    {
    }

    internal MemoryReport Report() => _arena is { } arena ? ArenaReport.Of(arena, LiveBytes) : default;

    internal void Unmap()
    {
        _arena?.Dispose();
        _arena = null;
        _liveBytes = 0;
    }
}
