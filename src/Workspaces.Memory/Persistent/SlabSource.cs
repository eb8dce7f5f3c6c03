using Workspaces.Memory.Allocators;
using Workspaces.Memory.Arenas;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Persistent;

/// <summary>Persistent blocks in one arena. Released bytes wait until every pass that was open then has ended.</summary>
/// <param name="owner">Whose arena it is.</param>
/// <param name="manager">Whose passes read it.</param>
/// <param name="own">Memory of blocks that are made under an <see cref="AllocatorScope"/>; null when all must lie in the arena.</param>
internal sealed unsafe class SlabSource(PersistentMemory owner, WorkspaceManager manager, OwnMemory? own = null) : BlockSource
{
    /// <summary>Where blocks of a manager that commits nothing seem to begin.</summary>
    private const nint ShapesBase = ShapeSource.Address;

    private readonly BestFitAllocator _online = new();
    private readonly Queue<(int Node, long Tick)> _retired = new();
    private readonly Queue<(OwnedMemory Memory, long Tick)> _retiredOwn = new();
    private readonly HashSet<BlockHeader> _liveOwn = [];
    private Arena? _arena;
    private long _liveBytes;
    private long _ownBytes;

    internal OwnMemory? Own => own;

    internal override long LiveBytes => Volatile.Read(ref _liveBytes);

    internal long LiveBlocks => _online.LiveCount - _retired.Count + _liveOwn.Count;

    internal override bool FreesEachBlock => false;

    internal long OffsetOf(BlockHeader header) => header.Address - (manager.ShapesOnly ? ShapesBase : _arena is { } arena ? (nint)arena.Base : 0);

    internal override bool TryPlace(BlockHeader header, in BlockRequest request, PlaceRule rule)
    {
        Reclaim();
        long size = Granule.RoundUp(request.Bytes);
        if (header.Frame.TryTakeSupply(out OwnedMemory supply)) return PlaceOwn(header, supply, size);
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
        if (_liveOwn.Remove(header))
        {
            _ownBytes -= size;
            _retiredOwn.Enqueue((header.Own, PersistentMemory.Tick()));
            header.Own = default;
            ReclaimOwn();
            return false;
        }

        if (header.Chunk < 0) return false;
        _retired.Enqueue((header.Chunk, PersistentMemory.Tick()));
        return false;
    }

    internal override void FreeAtEnd(BlockHeader header)
    {
    }

    internal override void EndPass(Frame? inFlight)
    {
    }

    internal MemoryReport Report() =>
        (_arena is { } arena ? ArenaReport.Of(arena, LiveBytes - Volatile.Read(ref _ownBytes)) : default) with { External = Volatile.Read(ref _ownBytes) };

    /// <summary>Puts down the memory of released blocks that no open pass can be reading.</summary>
    internal void ReclaimOwn()
    {
        if (_retiredOwn.Count == 0) return;
        long oldest = manager.OldestReader(none: long.MaxValue);
        while (_retiredOwn.TryPeek(out (OwnedMemory Memory, long Tick) first) && first.Tick <= oldest)
        {
            _retiredOwn.Dequeue();
            own!.Discard(in first.Memory);
        }
    }

    /// <summary>Gives pages above the last block back; called inside the gate.</summary>
    internal long Trim()
    {
        if (_arena is not { } arena) return 0;
        Reclaim();
        return arena.Trim(_online.Top);
    }

    internal void Unmap()
    {
        foreach (BlockHeader header in _liveOwn) own!.Discard(in header.Own);
        while (_retiredOwn.TryDequeue(out (OwnedMemory Memory, long Tick) retired)) own!.Discard(in retired.Memory);
        _liveOwn.Clear();
        _ownBytes = 0;
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

    private bool PlaceOwn(BlockHeader header, in OwnedMemory supply, long size)
    {
        _liveOwn.Add(header);
        header.Own = supply;
        header.Address = supply.Allocation.Address;
        header.Chunk = -1;
        _liveBytes += size;
        _ownBytes += size;
        return true;
    }

    private void Reclaim()
    {
        ReclaimOwn();
        if (_retired.Count == 0) return;
        long oldest = manager.OldestReader(none: long.MaxValue);
        while (_retired.TryPeek(out (int Node, long Tick) first) && first.Tick <= oldest)
        {
            _retired.Dequeue();
            _online.Free(first.Node);
        }
    }
}
