using Workspaces.Memory.Allocators;
using Workspaces.Memory.Arenas;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Persistent;

/// <summary>Persistent blocks in one arena. Released bytes wait until every pass that was open then has ended.</summary>
internal sealed unsafe class SlabSource(PersistentMemory owner, WorkspaceManager manager) : BlockSource
{

    /// <summary>Where blocks of a manager that commits nothing seem to begin.</summary>
    private const nint ShapesBase = ShapeSource.Address;

    private readonly BestFitAllocator _online = new();
    private readonly Queue<(int Node, long Tick)> _retired = new();
    private Arena? _arena;
    private long _liveBytes;

    internal long LiveBytes => Volatile.Read(ref _liveBytes);

    internal long LiveBlocks => _online.LiveCount - _retired.Count;

    internal override bool FreesEachBlock => false;

    internal long OffsetOf(BlockHeader header) => header.Address - (manager.ShapesOnly ? ShapesBase : _arena is { } arena ? (nint)arena.Base : 0);

    internal override bool TryPlace(BlockHeader header, in BlockRequest request, PlaceRule rule)
    {
        Reclaim();
        long size = Granule.RoundUp(request.Bytes);
        if (manager.ShapesOnly) return TryPlaceShape(header, request.Bytes, size);
        _arena ??= owner.NewArena();
        if (!_online.TryAllocate(request.Bytes, _arena.CapacityBytes, out long offset, out int node)) return false;
        if (offset + size > _arena.UsableBytes && !manager.TryCommit(_arena, offset + size))
        {
            _online.Free(node);
            return false;
        }

        _arena.Touch(offset + size);
        header.Address = ((nint)_arena.Base) + (nint)offset;
        header.Chunk = node;
        _liveBytes += size;
        return true;
    }

    internal override bool Free(BlockHeader header, bool opsInFlight)
    {
        long size = Granule.RoundUp(header.Bytes);
        _liveBytes -= size;
        if (header.Chunk < 0) return false;
        _retired.Enqueue((header.Chunk, owner.Tick()));
        return false;
    }

    internal override void FreeAtEnd(BlockHeader header)
    {
    }

    internal override void EndPass(Frame? inFlight)
    {
    }

    /// <summary>Gives pages above the last block back; called inside the gate.</summary>
    internal long Trim()
    {
        if (_arena is not { } arena) return 0;
        Reclaim();
        return arena.Trim(_online.Top);
    }

    internal MemoryReport Report() => _arena is { } arena ? ArenaReport.Of(arena, LiveBytes) : default;

    internal void Unmap()
    {
        _arena?.Dispose();
        _arena = null;
        _liveBytes = 0;
    }

    /// <summary>The same offsets without pages under them, as far as the allocator counts (256 GiB), not only to the end of an address range.</summary>
    private bool TryPlaceShape(BlockHeader header, long bytes, long size)
    {
        if (!_online.TryAllocate(bytes, long.MaxValue, out long offset, out int node)) return false;
        header.Address = ShapesBase + (nint)offset;
        header.Chunk = node;
        _liveBytes += size;
        return true;
    }

    private void Reclaim()
    {
        if (_retired.Count == 0) return;
        long oldest = manager.OldestReader(none: long.MaxValue);
        while (_retired.TryPeek(out (int Node, long Tick) first) && first.Tick <= oldest)
        {
            _retired.Dequeue();
            _online.Free(first.Node);
        }
    }
}
