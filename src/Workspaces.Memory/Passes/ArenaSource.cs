using Workspaces.Memory.Allocators;
using Workspaces.Memory.Arenas;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Passes;

/// <summary>Blocks laid out in one arena by online best fit.</summary>
internal sealed unsafe class ArenaSource(WorkspaceMemory owner, Arena arena) : BlockSource
{
    private readonly BestFitAllocator _online = new();
    private Frame? _quarantine;
    private Frame? _holder;
    private long _peakBytes;
    private long _retiredBytes;

    internal long ReservedBytes => arena.CapacityBytes;

    internal long UsableBytes => arena.UsableBytes;

    /// <summary>The arena itself, for those who compare the books with the system's.</summary>
    internal Arena Arena => arena;

    /// <summary>Highest end of a block over all passes.</summary>
    internal long PeakBytes => Math.Max(_peakBytes, _online.PeakTop);

    internal override bool FreesEachBlock => false;

    /// <summary>Takes the arena for a frame; false while another has it or an op of an ended pass still runs on it.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="ownOps">Ops that the calling thread itself has open on the frame.</param>
    internal bool TryLease(Frame frame, int ownOps)
    {
        if (Volatile.Read(ref _holder) is not null || IsQuarantined(frame, ownOps)) return false;
        _holder = frame;
        return true;
    }

    /// <summary>Commits so many bytes, or what the cap allows of them; false when the system refuses.</summary>
    internal bool TryPrepare(long bytes, long limit)
    {
        if (Math.Min(bytes, limit) <= arena.UsableBytes) return true;
        owner.CountSystemCall();
        return arena.TryCommit(Math.Min(bytes, limit), limit, out _);
    }

    internal long TrimIfIdle(long keep)
    {
        if (Volatile.Read(ref _holder) is not null || IsQuarantined(null, 0) || arena.UsableBytes <= keep) return 0;
        owner.CountSystemCall();
        return arena.Trim(keep);
    }

    /// <summary>Gives back what nobody needs now: everything when idle, else what the open pass has not handed out.</summary>
    internal void GiveWay()
    {
        if (Volatile.Read(ref _holder) is { } holder) holder.TryShrink(this);
        else TrimIfIdle(0);
    }

    /// <summary>Gives back what this pass has not handed out; called inside the gate of the frame that has the arena.</summary>
    internal void Shrink()
    {
        if (arena.UsableBytes <= _online.PeakTop) return;
        owner.CountSystemCall();
        arena.Trim(_online.PeakTop);
    }

    /// <summary>Unmaps the arena; false while an op of an ended pass still runs on it.</summary>
    internal bool TryRelease()
    {
        if (IsQuarantined(null, 0)) return false;
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

    internal override void Retire(BlockHeader header) => _retiredBytes += Granule.RoundUp(header.Bytes);

    internal override void FreeAtEnd(BlockHeader header)
    {
    }

    internal override void EndPass(Frame? inFlight)
    {
        _peakBytes = PeakBytes;
        _online.Reset(0);
        _retiredBytes = 0;
        _quarantine = inFlight;
        Volatile.Write(ref _holder, null);
    }

    internal MemoryReport Report() => ArenaReport.Of(arena, _online.LiveBytes - _retiredBytes);

    /// <summary>Commits up to a byte of the arena; the owner has checked that nobody else needs the pages below the limit.</summary>
    internal bool TryCommit(long end, long limit)
    {
        if (end > limit) return false;
        owner.CountSystemCall();
        return arena.TryCommit(end, limit, out _);
    }

    /// <summary>No hole suffices: the block goes to the top, behind pages that are committed first.</summary>
    private bool TryGrow(long bytes, bool freshOnly, out long offset, out int node)
    {
        long end = (freshOnly ? _online.PeakTop : _online.Top) + Granule.RoundUp(bytes);
        if (owner.TryCommit(this, end)) return _online.TryAllocate(bytes, arena.UsableBytes, out offset, out node, freshOnly);
        offset = 0;
        node = BestFitAllocator.NoNode;
        return false;
    }

    /// <summary>True while an op of an ended pass still runs on the arena; the ops of the frame that asks are not such ones.</summary>
    private bool IsQuarantined(Frame? asking, int ownOps)
    {
        if (_quarantine is not { } ended) return false;
        if (Volatile.Read(ref ended.OpenOps) > (ReferenceEquals(ended, asking) ? ownOps : 0)) return true;
        _quarantine = null;
        return false;
    }
}
