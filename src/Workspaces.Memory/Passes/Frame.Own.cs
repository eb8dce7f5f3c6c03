using Workspaces.Memory.Allocators;

namespace Workspaces.Memory.Passes;

/// <summary>Blocks that own their memory: it is taken before the gate is entered and freed after it is left.</summary>
internal sealed partial class Frame
{
    /// <summary>Where their memory comes from; null for a frame whose blocks all lie in arenas or in files.</summary>
    private readonly OwnMemory? _own;

    /// <summary>Memory taken for the request that is in the gate; used there only.</summary>
    private OwnedMemory _supply;

    /// <summary>True while memory for the request that is in the gate was taken.</summary>
    internal bool HasSupply => _supply.Allocator is not null;

    /// <summary>Hands the memory of the request that is in the gate to its source. False when its block is to lie in an arena.</summary>
    internal bool TryTakeSupply(out OwnedMemory supply)
    {
        supply = _supply;
        _supply = default;
        return supply.Allocator is not null;
    }

    /// <summary>Frees what has waited for passes that are over by now, of persistent memory.</summary>
    internal void ReclaimOwn()
    {
        using (_gate.Enter()) (_source as Persistent.SlabSource)?.ReclaimOwn(); // there is none after the end of its manager
        _own?.Drain();
    }

    /// <summary>Frees what died inside the gate, now that it is open.</summary>
    private void FreeDead()
    {
        if (_own is { HasDead: true } own) own.Drain();
    }

    /// <summary>The arena has no room under the cap: the request is tried again with memory of its own at hand. Null when blocks do not spill that way.</summary>
    private BlockHeader? TrySpillToAllocator(HeaderFactory factory, in BlockRequest request, int ownOps)
    {
        if (_own is not { Allocator: { } allocator } own || !HasArena || ShapesOnly) return null;
        BlockHeader header = AllocateOwn(own, allocator, factory, request with { Zeroed = false }, ownOps);
        if (!request.Zeroed) return header;
        BeginOp();
        header.Clear();
        EndOp();
        return header;
    }

    private BlockHeader AllocateOwn(OwnMemory own, IAllocator allocator, HeaderFactory factory, in BlockRequest request, int ownOps)
    {
        if (!_persistent && !IsOpen) Throw.PassEnded(this, request.Op);
        own.Drain();
        long bytes = Math.Max(request.Bytes, 1);
        if (_persistent) bytes = Granule.RoundUp(bytes); // whoever clears persistent blocks clears whole granules
        if (own.TryTake(allocator, bytes, Granule.RoundUp(request.Bytes), request.Zeroed, out AllocationException? refusal) is not { } supply)
        {
            Throw.OutOfMemory(this, request, refusal);
            return null!;
        }

        BlockHeader? header = null;
        using (_gate.Enter())
        {
            _supply = supply;
            try
            {
                if (IsOpen) header = AllocateInGate(FlowThread.Current, factory, request, ownOps);
            }
            finally
            {
                if (TryTakeSupply(out OwnedMemory unused)) own.Discard(in unused);
            }
        }

        if (header is not null) return header;
        own.Drain();
        return Throw.PassEnded(this, request.Op);
    }
}
