using Workspaces.Memory.Replay;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Passes;

/// <summary>Handing out, holding, using and releasing the blocks of the pass that is open.</summary>
internal sealed partial class Frame
{
    /// <summary>Hands out a block. Throws when the pass has ended or memory is refused; then nothing has changed.</summary>
    /// <param name="factory">Makes the header.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="ownOps">Ops that the calling thread itself has open on this frame.</param>
    internal BlockHeader Allocate(HeaderFactory factory, in BlockRequest request, int ownOps)
    {
        if ((ulong)request.Bytes > Granule.MaxRequest) Throw.BadSize(this, request);
        if (_own is { } own && !ShapesOnly && own.Allocator is { } allocator) return AllocateOwn(own, allocator, factory, request, ownOps);
        BlockHeader? header = null;
        bool open, clears = false;
        _gate.Enter();
        try
        {
            open = IsOpen;
            if (open) header = AllocateInGate(factory, request, ownOps);
            clears = header is not null && request.Zeroed && !ShapesOnly;
            if (clears) BeginOp();
        }
        finally
        {
            _gate.Exit();
        }

        if (!open) Throw.PassEnded(this, request.Op);
        if (header is null) Throw.OutOfMemory(this, request);
        if (!clears) return header;
        header.Clear();
        EndOp();
        return header;
    }

    /// <summary>Keeps the bytes of a block to the end of the pass, because a span of them leaves our hands. False when the handle is stale.</summary>
    internal bool TryExpose(BlockHeader header, ulong generation)
    {
        _gate.Enter();
        try
        {
            if (!header.Admits(generation)) return false;
            header.Exposed = true;
            header.UsesLeft = 0;
            header.LastUse = LastUseState.Kept;
            _trace.Expose(header.Slot);
            return true;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Hands out a header without bytes, for a view; it lives to the end of the pass.</summary>
    internal BlockHeader AllocateView(HeaderFactory factory, string? op)
    {
        if (_persistent) return BornView(factory.Create(this), op);
        _gate.Enter();
        try
        {
            if (IsOpen) return BornView(_headers.Take(factory, mayRecycle: false), op);
        }
        finally
        {
            _gate.Exit();
        }

        return Throw.PassEnded(this, op);
    }

    /// <summary>Drops the creator's hold. A second call, or one with a stale generation, does nothing.</summary>
    internal void Release(BlockHeader header, ulong generation)
    {
        _gate.Enter();
        try
        {
            if (!header.Admits(generation))
            {
                if (header.AdmitsOrEnded(generation)) header.LastUse = LastUseState.Open; // released by its user too: not even its shape is to be read
                return;
            }

            header.Generation = 0;
            DropHoldInGate(header);
        }
        finally
        {
            _gate.Exit();
        }

        FreeDead();
    }

    /// <summary>Keeps the bytes of a life beyond its creator's release. False when that life is over.</summary>
    internal bool TryHold(BlockHeader header, ulong birth)
    {
        _gate.Enter();
        try
        {
            if (!header.Keeps(birth)) return false;
            header.Holds++;
            _trace.Hold(header.Slot);
            if (header.UsesLeft > 0) CountUse(header);
            return true;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Gives back a hold; does nothing when that life has ended meanwhile.</summary>
    internal void DropHold(BlockHeader header, ulong birth)
    {
        _gate.Enter();
        try
        {
            if (!header.Keeps(birth)) return;
            DropHoldInGate(header);
            if (header.Holds != 1 || header.Generation == 0) return;
            _trace.Unhold(header.Slot);
            if (header.LastUse == LastUseState.Due) EndByLastUse(header);
        }
        finally
        {
            _gate.Exit();
            FreeDead();
        }
    }

    /// <summary>Records that an op has used a block; does nothing when that life has ended meanwhile.</summary>
    internal void Use(BlockHeader header, ulong birth)
    {
        if (_persistent) return;
        _gate.Enter();
        try
        {
            if (!header.Keeps(birth)) return;
            _trace.Use(header.Slot);
            if (header.UsesLeft > 0) CountUse(header);
        }
        finally
        {
            _gate.Exit();
            FreeDead();
        }
    }

    /// <summary>Keeps a block to its release or the end of its pass, whatever its last use was in the passes before. False when the handle is stale.</summary>
    internal bool TryKeep(BlockHeader header, ulong birth)
    {
        if (_persistent) return header.Keeps(birth);
        _gate.Enter();
        try
        {
            if (!header.Keeps(birth)) return false;
            header.UsesLeft = 0;
            header.LastUse = LastUseState.Kept;
            _trace.Keep(header.Slot);
            return true;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>A handle was used that the last use had ended: the next plan gives the block a longer life.</summary>
    internal void NoteLateUse(BlockHeader header, ulong generation)
    {
        _gate.Enter();
        try
        {
            if (header.Birth == generation && generation > Floor) _trace.UseLate(header.Slot);
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Records kernel scratch of the op that runs now, so that the lower bound knows of it.</summary>
    internal void RecordScratch(long bytes)
    {
        if (_persistent || !IsOpen) return;
        _gate.Enter();
        try
        {
            _trace.Request(bytes, PassTrace.ScratchTag, "scratch");
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Ends every block born after <paramref name="births"/>; marks are taken from <see cref="Births"/>. False when the pass has ended.</summary>
    internal bool Rewind(long serial, ulong births)
    {
        _gate.Enter();
        try
        {
            if (Serial != serial) return false;
            for (int i = 0; i < _headers.Count; i++)
            {
                BlockHeader header = _headers[i];
                if (header.Birth <= births || header.Holds == 0) continue;
                header.Generation = 0;
                header.Holds = 1;
                DropHoldInGate(header); // bytes that a span was taken of stay to the end of the pass all the same
            }

            return true;
        }
        finally
        {
            _gate.Exit();
            FreeDead();
        }
    }

    private BlockHeader? AllocateInGate(HeaderFactory factory, in BlockRequest request, int ownOps)
    {
        bool othersRun = Volatile.Read(ref OpenOps) != ownOps;
        FlowThread thread = FlowThread.Current;
        PlaceRule rule = othersRun ? PlaceRule.Fresh : PlaceRule.Reuse;
        if (!ReferenceEquals(thread, _owner) && !_persistent && !TryAdopt(thread, othersRun)) rule = PlaceRule.Foreign;
        BlockSource source = _source ??= Lease(request, ownOps);
        BlockHeader header = _persistent ? factory.Create(this) : _headers.Take(factory, mayRecycle: !othersRun);
        header.Chunk = -1; // should the request be refused, the header owns nothing
        header.PlanSlot = 0;
        header.UsesLeft = 0;
        if (!source.TryPlace(header, request, rule))
        {
            _headers.Return(header);
            return null;
        }

        Born(header, request.Bytes, request.Op);
        header.Slot = _persistent ? -1 : _trace.Request(request.Bytes, request.Tag, request.Op);
        return header;
    }

    /// <summary>The first request of a pass takes an arena and chooses the plan.</summary>
    private BlockSource Lease(in BlockRequest request, int ownOps)
    {
        ulong key = RequestKey.Of(request.Tag, request.Bytes);
        if (ShapesOnly)
        {
            if (HasArena) _replay?.Learn(GradientsOff == 0, key);
            return ShapeSource.Instance;
        }

        ReplayPlan? plan = HasArena ? _replay?.Choose(GradientsOff == 0, key) : null;
        BlockSource source = Workspace!.LeaseSource(this, ownOps);
        if (plan is null) return source;
        try
        {
            if (!((ArenaSource)source).TryBegin(_replay!, plan)) _replay!.GiveUp();
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
        return Born(header, 0, op);
    }

    private BlockHeader Born(BlockHeader header, long bytes, string? op)
    {
        ulong birth = _persistent ? Interlocked.Increment(ref _births) : ++_births;
        header.Bytes = bytes;
        if (!ReferenceEquals(header.Op, op)) header.Op = op; // a store of a reference is dearer than a comparison
        header.BirthPass = PassNumber;
        header.Holds = 1;
        header.Version = 0;
        header.Exposed = false;
        header.LastUse = LastUseState.Open;
        header.Slot = -1;
        header.Birth = birth;
        Volatile.Write(ref header.Generation, birth);
        return header;
    }

    private void DropHoldInGate(BlockHeader header)
    {
        if (--header.Holds != 0) return;
        header.Generation = 0;
        _trace.Release(header.Slot);
        if (header.Exposed && !_persistent)
        {
            _source?.Retire(header);
            return;
        }

        if (_source is null || !_source.Free(header, Volatile.Read(ref OpenOps) != 0)) return;
        if (header.LastUse != LastUseState.Ended) _headers.Return(header); // an ended one stays, so that a later use is told why
    }

    private void CountUse(BlockHeader header)
    {
        if (--header.UsesLeft > 0) return;
        header.LastUse = LastUseState.Due;
        if (header.Holds == 1 && header.Generation != 0) EndByLastUse(header);
    }

    /// <summary>The creator's hold goes with the last use, at once, so that the same program fails or not whatever the layout.</summary>
    private void EndByLastUse(BlockHeader header)
    {
        header.LastUse = LastUseState.Ended;
        header.Generation = 0;
        DropHoldInGate(header);
    }
}
