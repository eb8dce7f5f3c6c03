using Workspaces.Memory.Allocators;

namespace Workspaces.Memory.Passes;

/// <summary>Blocks that own their memory, one call to an allocator each: <c>WorkspaceMode: None</c>, the baseline without workspaces.</summary>
internal sealed class OwnSource(WorkspaceMemory owner, IAllocator allocator) : BlockSource
{
    private readonly List<(Allocation Memory, long Size)> _late = [];
    private Frame? _quarantine;
    private bool _leased;

    internal override bool FreesEachBlock => true;

    internal bool TryLease(Frame frame, int ownOps)
    {
        FreeLate(frame, ownOps);
        if (_leased || _quarantine is not null) return false;
        _leased = true;
        return true;
    }

    /// <summary>Frees what is left; false while an op of an ended pass still reads it.</summary>
    internal bool TryRelease()
    {
        FreeLate(null, 0);
        return _quarantine is null;
    }

    internal override bool TryPlace(BlockHeader header, in BlockRequest request, PlaceRule rule)
    {
        long bytes = request.Bytes, size = Granule.RoundUp(bytes);
        if (!owner.TryTakeOwn(size)) return false;
        owner.CountSystemCall();
        bool served = false;
        try
        {
            header.Own = allocator.Allocate(Math.Max(bytes, 1), Granule.Bytes);
            served = true;
        }
        catch (AllocationException)
        {
            return false;
        }
        finally
        {
            if (!served)
            {
                owner.GiveOwn(size);
                owner.Budget.Give(size);
            }
        }

        header.Address = header.Own.Address;
        header.Chunk = 0;
        return true;
    }

    internal override bool Free(BlockHeader header, bool opsInFlight)
    {
        if (opsInFlight || header.Chunk < 0) return header.Chunk < 0;
        GiveBack(header);
        return true;
    }

    internal override void FreeAtEnd(BlockHeader header)
    {
        if (header.Chunk < 0) return;
        _late.Add((header.Own, Granule.RoundUp(header.Bytes)));
        owner.GiveOwn(Granule.RoundUp(header.Bytes));
        header.Own = default;
        header.Chunk = -1;
    }

    internal override void EndPass(Frame? inFlight)
    {
        _quarantine = inFlight;
        _leased = false;
        FreeLate(null, 0);
    }

    private void GiveBack(BlockHeader header)
    {
        allocator.Free(header.Own);
        owner.GiveOwn(Granule.RoundUp(header.Bytes));
        owner.Budget.Give(Granule.RoundUp(header.Bytes));
        header.Own = default;
        header.Chunk = -1;
    }

    private void FreeLate(Frame? asking, int ownOps)
    {
        if (_quarantine is { } ended && Volatile.Read(ref ended.OpenOps) > (ReferenceEquals(ended, asking) ? ownOps : 0)) return;
        _quarantine = null;
        while (_late.Count > 0)
        {
            (Allocation last, long size) = _late[^1];
            _late.RemoveAt(_late.Count - 1); // first, so that an allocator that throws is not asked again
            allocator.Free(last);
            owner.Budget.Give(size);
        }
    }
}
