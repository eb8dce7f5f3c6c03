using Workspaces.Memory.Passes;

namespace Workspaces.Memory.Spill;

/// <summary><see cref="SpillPolicy.Reallocate"/>: blocks from the manager's allocator, each freed when it dies, or with its pass. They count under the cap.</summary>
internal sealed class MemorySpill(WorkspaceMemory owner) : SpillSource
{
    private readonly OwnSource _blocks = new(owner.Own);
    private long _live;
    private long _peak;

    internal override bool IsCapped => true;

    internal override long UsedBytes => 0; // the workspace counts blocks that own their memory

    internal override long PeakBytes => _peak;

    internal override bool FreesEachBlock => _live > 0;

    internal override bool Holds(BlockHeader header) => header.Own.Allocator is not null;

    internal override bool TryLease(Frame frame, int ownOps) => _blocks.TryLease(frame, ownOps);

    internal override void Trim() => _blocks.Trim();

    internal override bool TryRelease() => _blocks.TryRelease();

    internal override bool TryPlace(BlockHeader header, in BlockRequest request, PlaceRule rule)
    {
        if (!_blocks.TryPlace(header, request, rule)) return false;
        _live += Granule.RoundUp(request.Bytes);
        _peak = Math.Max(_peak, _live);
        return true;
    }

    internal override bool Free(BlockHeader header, bool opsInFlight)
    {
        bool freed = _blocks.Free(header, opsInFlight || owner.NeverReuses);
        if (freed) _live -= Granule.RoundUp(header.Bytes);
        return freed;
    }

    internal override void FreeAtEnd(BlockHeader header) => _blocks.FreeAtEnd(header);

    internal override void EndPass(Frame? inFlight)
    {
        _live = 0;
        _blocks.EndPass(inFlight);
    }
}
