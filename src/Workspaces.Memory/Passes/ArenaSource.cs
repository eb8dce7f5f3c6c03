using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Workspaces.Memory.Allocators;
using Workspaces.Memory.Arenas;
using Workspaces.Memory.Replay;
using Workspaces.Memory.Spill;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Passes;

/// <summary>
/// The blocks of one pass in one arena: planned ones at the places that the plan has for them, all others by online best fit above the plan.
/// <code>
///   0                    plan.Peak                 PeakTop          Usable
///   |  planned blocks        |  spills, best fit      |   committed    |  address space
/// </code>
/// Without a plan (learning) best fit begins at 0. What fits nowhere under the cap goes to the spill; of a plan that is larger than the cap, the blocks that
/// lie above it (<see cref="PlanSplit"/>).
/// </summary>
internal sealed unsafe partial class ArenaSource(WorkspaceMemory owner, Arena arena, SpillSource? spill) : BlockSource
{
    private readonly BestFitAllocator _online = new();
    private nint _base = (nint)arena.Base;
    private Frame? _quarantine;
    private Frame? _holder;
    private bool _takesPages;
    private PassReplay? _replay;
    private PlanSplit? _split;
    private int _spillingPasses;
    private ReplayGuard? _guard;
    private int[] _uses = [];
    private ReplayPlan? _roomyPlan;
    private long _roomyBytes;
    private long _plannedPeak;
    private long _learningPeak;
    private long _plannedLive;
    private long _placedEnd;
    private long _retiredBytes;
    private long _trimmedAt;
    private long _overflows;
    private long _overflowBytes;
    private long _spilled;
    private long _spilledBytes;
    private long _spilledAbovePlan;

    internal long ReservedBytes => arena.CapacityBytes;

    internal long UsableBytes => arena.UsableBytes;

    /// <summary>The arena itself, for those who compare the books with the system's.</summary>
    internal Arena Arena => arena;

    /// <summary>Highest end of a block over all passes.</summary>
    internal long PeakBytes => Math.Max(Math.Max(_plannedPeak, _learningPeak), _online.PeakTop);

    /// <summary>Highest end of a block over the passes that ran on a plan.</summary>
    internal long PlannedPeakBytes => _plannedPeak;

    /// <summary>Highest end of a block over the passes that were served online.</summary>
    internal long LearningPeakBytes => _learningPeak;

    internal override bool FreesEachBlock => spill is { FreesEachBlock: true };

    /// <summary>Requests of the pass that runs which were served outside the arena.</summary>
    internal long SpilledRequests => _spilled;

    /// <summary>Where a block of the pass that runs lies in the arena, or lay while it lived; below 0 for one that does not.</summary>
    internal long OffsetOf(BlockHeader header)
    {
        if (_spilled != 0 && spill!.Holds(header)) return -1;
        long offset = header.Address - _base;
        return offset + header.Bytes > arena.CapacityBytes ? -1 : Math.Max(-1, offset);
    }

    /// <summary>Takes the arena for a frame; false while another has it or an op of an ended pass still runs on it.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="ownOps">Ops that the calling thread itself has open on the frame.</param>
    internal bool TryLease(Frame frame, int ownOps)
    {
        if (Volatile.Read(ref _holder) is not null || IsQuarantined(frame, ownOps)) return false;
        if (!GivePages() || (spill is not null && !spill.TryLease(frame, ownOps))) return false;
        if (arena.DiscardedBytes > 0) arena.RestoreDiscarded(); // an op had outlived the pass
        _takesPages = frame.TakesPages;
        _holder = frame;
        return true;
    }

    /// <summary>Begins a pass on a plan, before its first block; false when the pages for it are refused, and the pass must do without.</summary>
    internal bool TryBegin(PassReplay replay, ReplayPlan plan)
    {
        if (plan.Peak <= arena.UsableBytes || owner.TryCommit(this, plan.Peak))
        {
            if (!ReferenceEquals(plan, _roomyPlan) || arena.UsableBytes < _roomyBytes) AddHeadroom(plan);
            _online.Reset(plan.Peak);
            arena.Touch(plan.Peak);
        }
        else if (!TryBeginSplit(plan))
        {
            return false;
        }

        replay.Guard.Begin(plan);
        _replay = replay;
        _guard = replay.Guard;
        _uses = replay.KnowsUses ? plan.Record.Uses : [];
        return true;
    }

    /// <summary>Commits head-room above a plan; where there is enough, it is not asked about again while it stays.</summary>
    private void AddHeadroom(ReplayPlan plan)
    {
        long wanted = owner.AddHeadroom(this, plan.Peak);
        if (wanted <= arena.UsableBytes) (_roomyPlan, _roomyBytes) = (plan, wanted);
    }

    /// <summary>Commits so many bytes, or what the cap allows of them; false when the system refuses.</summary>
    internal bool TryPrepare(long bytes, long limit)
    {
        if (Math.Min(bytes, limit) <= arena.UsableBytes) return true;
        owner.CountSystemCall();
        return arena.TryCommit(Math.Min(bytes, limit), limit, out _);
    }

    internal long TrimIfIdle(long keep, bool spills = false)
    {
        if (Volatile.Read(ref _holder) is not null || IsQuarantined(null, 0)) return 0;
        if (spills) spill?.Trim();
        long held = arena.CommittedBytes;
        if (arena.DiscardedBytes > 0) arena.RestoreDiscarded(); // an op had outlived the pass; a trim knows nothing of gaps
        Trim(keep);
        return held - arena.CommittedBytes;
    }

    /// <summary>Gives back what nobody needs now: everything when idle, else what the open pass has not handed out.</summary>
    /// <returns>False when the frame that has the arena is at work in it at this moment and could not be asked.</returns>
    internal bool GiveWay() => GiveWay(keepsPlan: false);

    /// <summary>The same, with a choice.</summary>
    /// <param name="keepsPlan">True to leave the part of a plan that is still to come.</param>
    internal bool GiveWay(bool keepsPlan)
    {
        if (Volatile.Read(ref _holder) is { } holder) return holder.TryShrink(this, keepsPlan);
        TrimIfIdle(0);
        return true;
    }

    /// <summary>Gives back what lies above the plan and above every block; called inside the gate of the frame that has the arena.</summary>
    internal void TrimSurplus() => Trim(_online.PeakTop);

    /// <summary>Bytes that another workspace could have as they are: those of an arena that no pass and no op of an ended pass uses.</summary>
    internal long IdleBytes => Volatile.Read(ref _holder) is not null || IsQuarantined(null, 0) ? 0 : arena.UsableBytes;

    /// <summary>
    /// Takes the pages of a source of another workspace and leaves it an empty address range; both owners are locked. Nothing lies in this one yet, and
    /// handles into the other are stale, because their passes have ended.
    /// </summary>
    /// <returns>False when the arenas differ in what they can hold, or the quota of this workspace has no room.</returns>
    internal bool TryTakePages(ArenaSource idle, bool forgetsBytes)
    {
        if (arena.UsableBytes != 0 || arena.CapacityBytes != idle.ReservedBytes || idle.IdleBytes == 0) return false;
        if (!idle.Arena.TryMoveTo(owner.Budget)) return false;
        Arena given = arena;
        UseArena(idle.Arena);
        idle.UseArena(given);
        if (forgetsBytes) arena.ForgetTouch();
        return true;
    }

    /// <summary>
    /// Gives back what this pass has not handed out; called inside the gate of the frame that has the arena. The part of a plan that is still to come
    /// is given up, and the rest of the pass served online.
    /// </summary>
    internal void Shrink()
    {
        if (_guard is { Plan: { } plan, IsStopped: false } guard && _online.PeakTop == plan.Peak)
        {
            _online.Reset(_placedEnd);
            guard.Stop();
        }

        Trim(_online.PeakTop);
    }

    /// <summary>Unmaps the arena; false while an op of an ended pass still runs on it.</summary>
    internal bool TryRelease()
    {
        if (IsQuarantined(null, 0) || spill?.TryRelease() == false) return false;
        arena.Dispose();
        return true;
    }

    internal override bool TryPlace(BlockHeader header, in BlockRequest request, PlaceRule rule)
    {
        if (_guard is not { } guard) return (!owner.SpillsEverything && TryPlaceOnline(header, request.Bytes, rule)) || TrySpill(header, request, rule);
        long offset = 0;
        int slot = rule == PlaceRule.Foreign ? 0 : guard.Take(RequestKey.Of(request.Tag, request.Bytes), rule == PlaceRule.Reuse, out offset);
        if (slot == 0)
        {
            bool placed = TryPlaceOnline(header, request.Bytes, rule) || TryPlaceInRestOfPlan(header, request.Bytes, rule);
            if (!placed && !TrySpillAbovePlan(header, request, rule)) return false;
            _replay!.CountSpill(request.Bytes);
            return true;
        }

        Place(header, slot, offset, request.Bytes);
        return true;
    }

    /// <summary>Places a block if it is what the plan expects next and its bytes are free; changes nothing otherwise.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryTake(BlockHeader header, long bytes, uint tag)
    {
        int slot = _guard!.TakeNext(RequestKey.Of(tag, bytes), out long offset);
        if (slot == 0) return false;
        Place(header, slot, offset, bytes);
        return true;
    }

    /// <summary>Takes the bytes of a dead block that lay in the plan back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void FreePlanned(BlockHeader header)
    {
        _guard!.Release(header.PlanSlot, header.PlanEpoch);
        if (_split is null || !spill!.Holds(header)) _plannedLive -= Granule.RoundUp(header.Bytes);
    }

    internal override bool Free(BlockHeader header, bool opsInFlight)
    {
        if (header.PlanSlot != 0)
        {
            FreePlanned(header);
        }
        else if (_spilled != 0 && spill!.Holds(header))
        {
            if (!spill.Free(header, opsInFlight)) return false;
        }
        else if (header.Chunk < 0)
        {
            return true; // without bytes, or with bytes that lie elsewhere
        }
        else if (owner.NeverReuses)
        {
            Retire(header);
            NativeMemory.Fill((void*)header.Address, (nuint)Granule.RoundUp(header.Bytes), Arena.Poison);
        }
        else
        {
            _online.Free(header.Chunk);
        }

        if (_takesPages && !opsInFlight) TakePagesOf(header);
        return true;
    }

    internal override void Retire(BlockHeader header)
    {
        if ((header.PlanSlot != 0 || header.Chunk >= 0) && (_spilled == 0 || !spill!.Holds(header))) _retiredBytes += Granule.RoundUp(header.Bytes);
    }

    internal override void FreeAtEnd(BlockHeader header)
    {
        if (spill!.Holds(header)) spill.FreeAtEnd(header);
    }

    internal override void EndPass(Frame? inFlight)
    {
        long top = _online.PeakTop;
        ReplayPlan? plan = _replay?.Plan;
        if (_replay is { } replay) EndPlanned(replay, inFlight);
        else _learningPeak = Math.Max(_learningPeak, _online.PeakTop);
        if (_overflows > 0) owner.CountDeviations(_overflows, _overflowBytes);
        _overflows = _overflowBytes = 0;
        EndSpills(inFlight, plan);
        _online.Reset(0);
        _retiredBytes = 0;
        _quarantine = inFlight;
        if (_takesPages && inFlight is null) TakePages();
        if (inFlight is null && _holder?.RingEntry is { } slot) Trim(owner.Wanted(this, slot.Keep(top)));
        Volatile.Write(ref _holder, null);
    }

    /// <summary>True while the open pass runs on a plan and nothing in it is otherwise.</summary>
    internal bool RanAsPlanned => _spilled == 0 && _overflows == 0 && _replay is { Spills: 0 };

    internal override (long Requests, long Bytes) Spilled => (_spilled, _spilledBytes);

    internal override (long Requests, long Bytes) Overflowed => (_overflows, _overflowBytes);

    internal override long LiveBytes => _online.LiveBytes + _plannedLive - _retiredBytes;

    internal MemoryReport Report() => ArenaReport.Of(arena, LiveBytes) with { External = spill?.UsedBytes ?? 0 };

    /// <summary>Commits up to a byte of the arena; the owner has checked that nobody else needs the pages below the limit.</summary>
    internal CommitStatus TryCommit(long end, long limit)
    {
        if (end > limit) return CommitStatus.PastLimit;
        owner.CountSystemCall();
        arena.TryCommit(end, limit, out CommitStatus status);
        return status;
    }

    private void UseArena(Arena other)
    {
        arena = other;
        _base = (nint)other.Base;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Place(BlockHeader header, int slot, long offset, long bytes)
    {
        header.PlanSlot = slot;
        header.PlanEpoch = _guard!.Epoch;
        header.UsesLeft = (uint)(slot - 1) < (uint)_uses.Length ? _uses[slot - 1] : 0;
        if (_split is not null && TryPlaceOutside(header, slot, offset, bytes)) return;
        header.Address = _base + (nint)offset;
        long size = Granule.RoundUp(bytes);
        if (_takesPages) GivePages(offset, size);
        _plannedLive += size;
        if (offset + size > _placedEnd) _placedEnd = offset + size;
    }

    private bool TryPlaceOnline(BlockHeader header, long bytes, PlaceRule rule)
    {
        bool bumps = owner.Bumps(_online.PeakTop + Granule.RoundUp(bytes)), freshOnly = bumps || rule != PlaceRule.Reuse;
        if (!_online.TryAllocate(bytes, arena.UsableBytes, out long offset, out int node, freshOnly) && !TryGrow(bytes, freshOnly, out offset, out node))
            return false;
        if (_takesPages) GivePages(offset, Granule.RoundUp(bytes));
        arena.Touch(offset + Granule.RoundUp(bytes));
        header.Address = _base + (nint)offset;
        header.Chunk = node;
        if (bumps || !owner.IsFixed) return true;
        _overflows++;
        _overflowBytes += Granule.RoundUp(bytes);
        return true;
    }

    /// <summary>After a pass that ran as planned, pages that learning needed and no plan needs go back, once for every change of the plans.</summary>
    private void EndPlanned(PassReplay replay, Frame? inFlight)
    {
        _plannedPeak = Math.Max(_plannedPeak, _online.PeakTop);
        _plannedLive = _placedEnd = 0;
        _replay = null;
        _guard = null;
        if (replay.Spills != 0) owner.CountDeviations(replay.Spills, replay.SpilledBytes);
        if (replay.Spills != 0 || inFlight is not null || _trimmedAt == replay.PlansMade) return;
        _trimmedAt = replay.PlansMade;
        Trim(owner.Wanted(this, replay.LargestPeak));
    }

    private long Trim(long keep)
    {
        if (arena.UsableBytes <= keep) return 0;
        owner.CountSystemCall();
        return arena.Trim(keep);
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
