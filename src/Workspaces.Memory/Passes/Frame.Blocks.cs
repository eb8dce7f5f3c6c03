using System.Runtime.CompilerServices;
using Workspaces.Memory.Replay;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Passes;

/// <summary>Handing out, holding, using and releasing the blocks of the pass that is open.</summary>
internal sealed partial class Frame
{
    /// <summary>Hands out a block. Throws when the pass has ended or memory is refused; then nothing has changed.</summary>
    /// <param name="me">The calling thread.</param>
    /// <param name="factory">Makes the header.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="ownOps">Ops that the calling thread itself has open on this frame.</param>
    internal BlockHeader Allocate(FlowThread me, HeaderFactory factory, in BlockRequest request, int ownOps)
    {
        if ((ulong)request.Bytes > Granule.MaxRequest) Throw.BadSize(this, request);
        if (!request.Zeroed && TryAllocatePlanned(me, factory, request.Bytes, request.Tag, request.Op, ownOps) is { } planned) return planned;
        return AllocateInGeneral(me, factory, request, ownOps);
    }

    /// <summary>As the other, for who does not know the thread yet.</summary>
    internal BlockHeader Allocate(HeaderFactory factory, in BlockRequest request, int ownOps) => Allocate(FlowThread.Current, factory, request, ownOps);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private BlockHeader AllocateInGeneral(FlowThread me, HeaderFactory factory, in BlockRequest request, int ownOps)
    {
        if (_source is null && !request.Zeroed && TryBeginPlanned(me, request, ownOps)
            && TryAllocatePlanned(me, factory, request.Bytes, request.Tag, request.Op, ownOps) is { } first) return first;
        BlockHeader header = AllocateUnnoted(me, factory, request, ownOps);
        if (Manager.Sites is { } sites) NoteBirth(sites, header);
        if (Manager.Events.WantsAllocations()) Manager.Events.Allocate(Name, PassNumber, request.Bytes, request.Op ?? "");
        return header;
    }

    private BlockHeader AllocateUnnoted(FlowThread me, HeaderFactory factory, in BlockRequest request, int ownOps)
    {
        if (_own is { } own && !HasArena && !ShapesOnly && own.Allocator is { } allocator) return AllocateOwn(own, allocator, factory, request, ownOps);
        BlockHeader? header = null;
        bool open, clears = false;
        using (_gate.Enter(me))
        {
            open = IsOpen;
            if (open) header = AllocateInGate(me, factory, request, ownOps);
            clears = header is not null && request.Zeroed && !ShapesOnly;
            if (clears) Interlocked.Increment(ref OpenOps);
        }

        if (!open) Throw.PassEnded(this, request.Op);
        header ??= TrySpillToAllocator(factory, request, ownOps);
        if (header is null) Throw.OutOfMemory(this, request);
        if (!clears) return header;
        header.Clear();
        Interlocked.Decrement(ref OpenOps);
        return header;
    }

    /// <summary>Keeps the bytes of a block to the end of the pass, because a span of them leaves our hands. False when the handle is stale.</summary>
    internal bool TryExpose(BlockHeader header, ulong generation)
    {
        using (_gate.Enter())
        {
            if (!header.Admits(generation)) return false;
            header.Exposed = true;
            header.UsesLeft = 0;
            header.LastUse = LastUseState.Kept;
            _trace.Expose(header.Slot);
            return true;
        }
    }

    /// <summary>Hands out a header without bytes, for a view; it lives to the end of the pass.</summary>
    internal BlockHeader AllocateView(HeaderFactory factory, string? op)
    {
        BlockHeader? header = null;
        if (_persistent)
        {
            header = BornView(factory.Create(this), op);
        }
        else
        {
            using (_gate.Enter())
            {
                if (IsOpen || _sealed) header = BornView(_headers.Take(factory, mayRecycle: false), op);
            }
        }

        if (header is null) return Throw.PassEnded(this, op);
        if (Manager.Sites is { } sites) NoteBirth(sites, header);
        return header;
    }

    /// <summary>Drops the creator's hold. A second call, or one with a stale generation, does nothing.</summary>
    internal void Release(BlockHeader header, ulong generation)
    {
        Release(FlowThread.Current, header, generation);
    }

    /// <summary>The same for who knows the thread already.</summary>
    internal void Release(FlowThread me, BlockHeader header, ulong generation)
    {
        if (!TryReleasePlanned(me, header, generation)) ReleaseInGeneral(header, generation);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReleaseInGeneral(BlockHeader header, ulong generation)
    {
        if (Manager.Sites is { } sites) NoteRelease(sites, header, generation);
        using (_gate.Enter())
        {
            if (!header.Admits(generation))
            {
                if (header.AdmitsOrEnded(generation)) header.LastUse = LastUseState.Open; // released by its user too: not even its shape is to be read
                return;
            }

            header.Generation = 0;
            DropHoldInGate(header);
        }

        FreeDead();
    }

    /// <summary>Keeps the bytes of a life beyond its creator's release. False when that life is over.</summary>
    internal bool TryHold(BlockHeader header, ulong birth)
    {
        using (_gate.Enter())
        {
            if (!header.Keeps(birth)) return false;
            header.Holds++;
            _trace.Hold(header.Slot);
            if (header.UsesLeft > 0) CountUse(header);
            return true;
        }
    }

    /// <summary>Gives back a hold; does nothing when that life has ended meanwhile.</summary>
    internal void DropHold(BlockHeader header, ulong birth)
    {
        using (_gate.Enter()) DropHoldOfLife(header, birth);
        FreeDead();
    }

    /// <summary>Records that an op has used a block; does nothing when that life has ended meanwhile.</summary>
    internal void Use(BlockHeader header, ulong birth) => Use(FlowThread.Current, header, birth);

    /// <summary>The same for who knows the thread already.</summary>
    internal void Use(FlowThread me, BlockHeader header, ulong birth)
    {
        if (_persistent) return;
        using (_gate.Enter(me))
        {
            if (!header.Keeps(birth)) return;
            _trace.Use(header.Slot);
            if (header.UsesLeft > 0) CountUse(header, ownOps: 1); // its op has run its kernel
        }

        FreeDead();
    }

    /// <summary>Keeps a block to its release or the end of its pass, whatever its last use was in the passes before. False when the handle is stale.</summary>
    internal bool TryKeep(BlockHeader header, ulong birth)
    {
        if (_persistent) return header.Keeps(birth);
        using (_gate.Enter())
        {
            if (!header.Keeps(birth)) return false;
            header.UsesLeft = 0;
            header.LastUse = LastUseState.Kept;
            _trace.Keep(header.Slot);
            return true;
        }
    }

    /// <summary>A handle was used that the last use had ended: the next plan gives the block a longer life.</summary>
    internal void NoteLateUse(BlockHeader header, ulong generation)
    {
        using (_gate.Enter())
        {
            if (header.Birth == generation && generation > Floor) _trace.UseLate(header.Slot);
        }
    }

    /// <summary>Records kernel scratch of the op that runs now, so that the lower bound knows of it.</summary>
    internal void RecordScratch(long bytes, string op)
    {
        if (_persistent || !IsOpen) return;
        using (_gate.Enter())
        {
            _trace.Request(bytes, PassTrace.ScratchTag, op);
        }
    }

    /// <summary>Ends every block born after <paramref name="births"/>; marks are taken from <see cref="Births"/>. False when the pass has ended.</summary>
    internal bool Rewind(long serial, ulong births)
    {
        using (_gate.Enter())
        {
            if (Serial != serial) return false;
            for (int i = 0; i < _headers.Count; i++)
            {
                BlockHeader header = _headers[i];
                if (header.Birth <= births) continue;
                if (header.LastUse == LastUseState.Ended) header.LastUse = LastUseState.Open; // as with a release: not even its shape is to be read
                if (header.Holds == 0) continue;
                header.Generation = 0;
                header.Holds = 1;
                DropHoldInGate(header); // bytes that a span was taken of stay to the end of the pass all the same
            }
        }

        FreeDead();
        return true;
    }

    private BlockHeader? AllocateInGate(FlowThread thread, HeaderFactory factory, in BlockRequest request, int ownOps)
    {
        bool othersRun = Volatile.Read(ref OpenOps) != ownOps;
        PlaceRule rule = othersRun ? PlaceRule.Fresh : PlaceRule.Reuse;
        if (!ReferenceEquals(thread, _owner) && !_persistent && !TryAdopt(thread, othersRun)) rule = PlaceRule.Foreign;
        BlockSource source = _source ??= Lease(request, ownOps);
        BlockHeader header = _persistent ? factory.Create(this) : _headers.Take(factory, mayRecycle: !othersRun && Manager.Sites is null);
        header.Chunk = -1; // should the request be refused, the header owns nothing
        header.PlanSlot = 0;
        header.UsesLeft = 0;
        if (!source.TryPlace(header, request, rule))
        {
            _headers.Return(header);
            return null;
        }

        int slot = _persistent ? -1 : _trace.Request(request.Bytes, request.Tag, request.Op);
        Born(header, NextBirth(), request.Bytes, slot);
        if (slot >= 0) _trace.Name(slot, (uint)(header.Birth - Floor));
        Label(header, request.Op);
        if (slot < 0) NoteUnrecorded(header);
        return header;
    }

    /// <summary>The first request of a pass takes an arena and chooses the plan.</summary>
    private BlockSource Lease(in BlockRequest request, int ownOps)
    {
        ulong key = RequestKey.Of(request.Tag, request.Bytes);
        if (ShapesOnly)
        {
            if (HasArena) _replay?.Learn(IsRecordingPass, key);
            return ShapeSource.Instance;
        }

        ReplayPlan? plan = HasArena ? _replay?.Choose(IsRecordingPass, key) : null;
        BlockSource source = Workspace!.LeaseSource(this, ownOps);
        if (plan is null) return source;
        try
        {
            var arena = (ArenaSource)source;
            if (!arena.TryBegin(_replay!, plan)) _replay!.GiveUp();
            else if (_checks != CheckMode.Protect && Manager.Sites is null && !Manager.Events.WantsAllocations()) _planned = arena; // else all blocks go the general way
            return source;
        }
        catch
        {
            _replay!.GiveUp();
            source.EndPass(null);
            throw;
        }
    }

    /// <summary>Another thread goes on with the pass, as after an <c>await</c>; refused while ops run elsewhere.</summary>
    private bool TryAdopt(FlowThread thread, bool othersRun)
    {
        if (othersRun)
        {
            ForeignRequests++;
            return false;
        }

        _owner = thread;
        ThreadHops++;
        return true;
    }

    private BlockHeader BornView(BlockHeader header, string? op)
    {
        header.Address = 0;
        header.Chunk = -1;
        header.PlanSlot = 0;
        header.UsesLeft = 0;
        Born(header, NextBirth(), 0, slot: -1);
        Label(header, op);
        return header;
    }

    private ulong NextBirth() => _persistent ? Interlocked.Increment(ref _births) : ++_births;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Born(BlockHeader header, ulong birth, long bytes, int slot)
    {
        header.Bytes = bytes;
        header.BirthPass = PassNumber;
        header.Slot = slot;
        header.Holds = 1;
        header.Version = 0;
        header.Exposed = false;
        header.LastUse = LastUseState.Open;
        header.Birth = birth;
        Volatile.Write(ref header.Generation, birth);
    }

    /// <summary>Says in the header and the trace what the block is for.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Label(BlockHeader header, string? op)
    {
        header.Op = op;
        _trace.Label(header.Slot, op);
    }

    private void DropHoldOfLife(BlockHeader header, ulong birth)
    {
        if (!(_persistent ? header.Birth == birth && header.Holds > 0 : header.Keeps(birth))) return; // tapes let go of persistent memory after its end too
        DropHoldInGate(header);
        if (header.Holds != 1 || header.Generation == 0) return;
        _trace.Unhold(header.Slot);
        if (header.LastUse == LastUseState.Due) EndByLastUse(header);
    }

    /// <param name="header">The block.</param>
    /// <param name="ownOps">Ops of the calling thread that are still counted, but have touched their last byte.</param>
    private void DropHoldInGate(BlockHeader header, int ownOps = 0)
    {
        if (--header.Holds != 0) return;
        header.Generation = 0;
        _trace.Release(header.Slot);
        if (header.Exposed && !_persistent)
        {
            _source?.Retire(header);
            return;
        }

        bool goesAtOnce = _own is not null || _checks == CheckMode.Protect;
        if (goesAtOnce) Interlocked.MemoryBarrier(); // its memory may go to the allocator, its pages to the system: no op may be missed
        int others = Volatile.Read(ref OpenOps) - (_checks == CheckMode.Protect ? ownOps : 0);
        if (_source is null || !_source.Free(header, others > 0)) return;
        if (header.LastUse != LastUseState.Ended) _headers.Return(header); // an ended one stays, so that a later use is told why
    }

    private void CountUse(BlockHeader header, int ownOps = 0)
    {
        if (--header.UsesLeft > 0) return;
        header.LastUse = LastUseState.Due;
        if (header.Holds == 1 && header.Generation != 0) EndByLastUse(header, ownOps);
    }

    /// <summary>The creator's hold goes with the last use, at once, so that the same program fails or not whatever the layout.</summary>
    private void EndByLastUse(BlockHeader header, int ownOps = 0)
    {
        header.LastUse = LastUseState.Ended;
        header.Generation = 0;
        DropHoldInGate(header, ownOps);
    }
}
