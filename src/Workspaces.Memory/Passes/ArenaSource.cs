using Workspaces.Memory.Allocators;
using Workspaces.Memory.Arenas;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Passes;

/// <summary>Blocks laid out in one arena by online best fit.</summary>
internal sealed unsafe class ArenaSource(WorkspaceMemory owner, Arena arena) : BlockSource
{
    private readonly BestFitAllocator _online = new();
    private Frame? _quarantine;
    private bool _leased;
    private long _peakBytes;

    internal long ReservedBytes => arena.CapacityBytes;

    internal long UsableBytes => arena.UsableBytes;

    /// <summary>Highest end of a block over all passes.</summary>
    internal long PeakBytes => Math.Max(_peakBytes, _online.PeakTop);

    internal override bool FreesEachBlock => false;

    /// <summary>Takes the arena for a frame; false while another has it or an op of an ended pass still runs on it.</summary>
    internal bool TryLease()
    {
        if (_leased || _quarantine is { } ended && Volatile.Read(ref ended.OpenOps) != 0) return false;
        _quarantine = null;
        _leased = true;
        return true;
    }

    internal bool TryPrepare(long bytes)
    {
        if (bytes <= arena.UsableBytes) return true;
        owner.CountSystemCall();
        return arena.TryCommit(bytes, arena.CapacityBytes, out _);
    }

    internal long TrimIfIdle(long keep)
    {
        if (_leased || _quarantine is not null || arena.UsableBytes <= keep) return 0;
        owner.CountSystemCall();
        return arena.Trim(keep);
    }

    /// <summary>Unmaps the arena; false while an op of an ended pass still runs on it.</summary>
    internal bool TryRelease()
    {
        if (_quarantine is { } ended && Volatile.Read(ref ended.OpenOps) != 0) return false;
        arena.Dispose();
        return true;
    }

    internal override bool TryPlace(BlockHeader header, long bytes, bool freshOnly)
    {
        if (!_online.TryAllocate(bytes, arena.UsableBytes, out long offset, out int node, freshOnly) && !TryGrow(bytes, freshOnly, out offset, out node))
            return false;
        arena.Touch(offset + Granule.RoundUp(bytes));
        header.Address = ((nint)arena.Base) + (nint)offset;
        header.Chunk = node;
        return true;
    }

    internal override bool Free(BlockHeader header, bool opsInFlight)
    {
        if (header.Chunk >= 0) _online.Free(header.Chunk);
        return true;
    }

    internal override void FreeAtEnd(BlockHeader header)
    {
    }

    internal override void EndPass(Frame? inFlight)
    {
        _peakBytes = PeakBytes;
        _online.Reset(0);
        _quarantine = inFlight;
        _leased = false;
    }

    internal MemoryReport Report() => ArenaReport.Of(arena, _online.LiveBytes);

    private bool TryGrow(long bytes, bool freshOnly, out long offset, out int node)
    {
        long size = Granule.RoundUp(bytes);
        long limit = owner.Grant(this, size);
        if (!_online.TryAllocate(bytes, limit, out offset, out node, freshOnly)) return false;
        owner.CountSystemCall();
        if (arena.TryCommit(offset + size, limit, out _)) return true;
        _online.Free(node);
        return false;
    }
}
