namespace Workspaces.Memory.Passes;

/// <summary>Blocks that own their memory, one call to an allocator each: <c>WorkspaceMode: None</c>, the baseline without workspaces.</summary>
/// <remarks>Called inside a gate, so it calls no allocator: memory comes with the request, and what dies is put down for later.</remarks>
internal sealed class OwnSource(OwnMemory memory) : BlockSource
{
    private readonly List<OwnedMemory> _late = [];
    private Frame? _quarantine;
    private bool _leased;

    internal override bool FreesEachBlock => true;

    internal bool TryLease(Frame frame, int ownOps)
    {
        if (Volatile.Read(ref _leased)) return false; // its pass may be ending at this moment, and the list is that one's until then
        DiscardLate(frame, ownOps);
        if (_quarantine is not null) return false;
        _leased = true;
        return true;
    }

    /// <summary>Puts down what ops have outlived their pass on, if they are over and no pass is open.</summary>
    internal void Trim()
    {
        if (!Volatile.Read(ref _leased)) DiscardLate(null, 0);
    }

    /// <summary>Puts down what is left; false while an op of an ended pass still reads it.</summary>
    internal bool TryRelease()
    {
        DiscardLate(null, 0);
        return _quarantine is null;
    }

    internal override bool TryPlace(BlockHeader header, in BlockRequest request, PlaceRule rule)
    {
        if (!header.Frame.TryTakeSupply(out OwnedMemory supply)) return false;
        header.Own = supply;
        header.Address = supply.Allocation.Address;
        header.Chunk = 0;
        return true;
    }

    internal override bool Free(BlockHeader header, bool opsInFlight)
    {
        if (header.Chunk < 0) return true;
        if (opsInFlight) return false;
        memory.Discard(in header.Own);
        Forget(header);
        return true;
    }

    internal override void FreeAtEnd(BlockHeader header)
    {
        if (header.Chunk < 0) return;
        _late.Add(header.Own);
        Forget(header);
    }

    internal override void EndPass(Frame? inFlight)
    {
        _quarantine = inFlight;
        DiscardLate(null, 0);
        Volatile.Write(ref _leased, false);
    }

    private static void Forget(BlockHeader header)
    {
        header.Own = default;
        header.Chunk = -1;
    }

    private void DiscardLate(Frame? asking, int ownOps)
    {
        if (_quarantine is { } ended && Volatile.Read(ref ended.OpenOps) > (ReferenceEquals(ended, asking) ? ownOps : 0)) return;
        _quarantine = null;
        foreach (OwnedMemory late in _late) memory.Discard(in late);
        _late.Clear();
    }
}
