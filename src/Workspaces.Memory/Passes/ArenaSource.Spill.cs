using Workspaces.Memory.Allocators;
using Workspaces.Memory.Replay;
using Workspaces.Memory.Spill;

namespace Workspaces.Memory.Passes;

/// <summary>What happens to requests of the pass that do not fit the arena under the cap.</summary>
internal sealed unsafe partial class ArenaSource
{
    private readonly SpillNeed _need = new();

    /// <summary>Bytes with which no pass in this arena would have spilled; 0 when none did.</summary>
    internal long NeededBytes => _need.Bytes;

    /// <summary>What serves spills, or null under <see cref="SpillPolicy.Fail"/>.</summary>
    internal SpillSource? Spill => spill;

    /// <summary>Bytes of the arena that count under the cap.</summary>
    internal long HeldBytes => arena.UsableBytes - arena.DiscardedBytes;

    /// <summary>Bytes that the arena has committed but not in use any more, below its usable end.</summary>
    internal long DiscardedBytes => arena.DiscardedBytes;

    /// <summary>Begins a pass on a plan that is larger than the cap: the arena takes what it can get, the file the rest.</summary>
    private bool TryBeginSplit(ReplayPlan plan)
    {
        if (spill is not FileSpill file) return false;
        long limit = owner.CommitMost(this, plan.Peak);
        PlanSplit split = plan.SplitAt(limit);
        if (!file.TryBegin(split.SpillBytes)) return false;
        _split = split;
        _online.Reset(split.ArenaEnd);
        arena.Touch(split.ArenaEnd);
        return true;
    }

    /// <summary>Places a block of the plan that lies above what the arena may have.</summary>
    private bool TryPlaceOutside(BlockHeader header, int slot, long offset, long bytes)
    {
        if (!_split!.IsOutside(slot)) return false;
        header.Address = ((FileSpill)spill!).AddressOf(offset - _split.SpillStart, Granule.RoundUp(bytes));
        CountSpill(bytes);
        return true;
    }

    /// <summary>
    /// The part of the plan that is still to come gives way to a request that has no room above the plan under the cap, and the rest of the pass is served
    /// online; nothing changes when that would not suffice. A file takes such a request more cheaply.
    /// </summary>
    private bool TryPlaceInRestOfPlan(BlockHeader header, long bytes, PlaceRule rule)
    {
        if (spill is FileSpill || _guard is not { Plan: { } plan, IsStopped: false } guard || _online.PeakTop != plan.Peak) return false;
        if (_placedEnd + Granule.RoundUp(bytes) > arena.UsableBytes) return false;
        _online.Reset(_placedEnd);
        guard.Stop();
        return TryPlaceOnline(header, bytes, rule);
    }

    private bool TrySpillAbovePlan(BlockHeader header, in BlockRequest request, PlaceRule rule)
    {
        if (!TrySpill(header, request, rule)) return false;
        _spilledAbovePlan += Granule.RoundUp(request.Bytes);
        return true;
    }

    private bool TrySpill(BlockHeader header, in BlockRequest request, PlaceRule rule)
    {
        if (spill is null) return false;
        if (spill.IsCapped && rule == PlaceRule.Reuse && !header.Frame.HasSupply) MakeRoom(Granule.RoundUp(request.Bytes));
        if (!spill.TryPlace(header, request, rule)) return false;
        CountSpill(request.Bytes);
        return true;
    }

    private void CountSpill(long bytes)
    {
        _spilled++;
        _spilledBytes += Granule.RoundUp(bytes);
    }

    /// <summary>
    /// Gives pages back that lie in holes of the arena, or behind its last block, so that as many bytes fit under the cap elsewhere. Nothing is given
    /// when that would not suffice: smaller requests still fit the holes.
    /// </summary>
    private void MakeRoom(long bytes)
    {
        long missing = owner.MissingUnderCap(this, bytes);
        if (missing <= 0) return;
        long usable = arena.UsableBytes, behind = arena.WholePages(_online.PeakTop, usable), inHoles = 0;
        for (int node = _online.Before(BestFitAllocator.NoNode, out long at, out long size, out bool live); node >= 0; node = _online.Before(node, out at, out size, out live))
        {
            if (!live) inHoles += arena.WholePages(at, at + size);
        }

        if (behind + inHoles < missing) return;
        if (behind > 0) Trim(_online.PeakTop);
        missing -= usable - arena.UsableBytes;
        while (missing > 0 && LargestHole() is > 0 and long hole && _online.TryAllocate(hole, _online.Top, out long offset, out _))
        {
            _retiredBytes += hole; // taken out of use to the end of the pass
            owner.CountSystemCall();
            long given = arena.Discard(offset, offset + hole);
            if (given == 0) return;
            missing -= given;
        }
    }

    /// <summary>The hole with the most whole pages, 0 when none has one.</summary>
    private long LargestHole()
    {
        long largest = 0, most = 0;
        for (int node = _online.Before(BestFitAllocator.NoNode, out long at, out long size, out bool live); node >= 0; node = _online.Before(node, out at, out size, out live))
        {
            if (live || arena.WholePages(at, at + size) <= most) continue;
            most = arena.WholePages(at, at + size);
            largest = size;
        }

        return largest;
    }

    private void EndSpills(Frame? inFlight, ReplayPlan? plan)
    {
        _split = null;
        _spillingPasses = _spilled == 0 ? 0 : _spillingPasses + 1;
        if (_spilled != 0)
        {
            _need.Note(plan, _spilledAbovePlan, _online.PeakTop + spill!.PeakBytes);
            owner.CountSpills(_spilled, _spilledBytes, _spilledBytes - _spilledAbovePlan, _spillingPasses);
        }

        _spilled = _spilledBytes = _spilledAbovePlan = 0;
        spill?.EndPass(inFlight);
        if (arena.DiscardedBytes > 0 && inFlight is null) arena.RestoreDiscarded();
    }
}
