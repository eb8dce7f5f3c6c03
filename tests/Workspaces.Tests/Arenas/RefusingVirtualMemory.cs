using Workspaces.Memory.Arenas;

namespace Workspaces.Tests.Arenas;

/// <summary>The real memory of the system, which refuses on demand: the failures that a full machine would give.</summary>
internal sealed class RefusingVirtualMemory : VirtualMemory
{
    public const int OutOfMemory = 12;

    public long MaxReserve { get; init; } = long.MaxValue;

    /// <summary>Larger single commits are refused.</summary>
    public long MaxCommit { get; set; } = long.MaxValue;

    public bool RefuseDecommit { get; set; }

    public bool RefuseProtect { get; set; }

    public bool RefuseHugePages { get; set; }

    public int HugePageCalls { get; private set; }

    public int Releases { get; private set; }

    public List<long> Asked { get; } = [];

    public override string Name => "A refusing system";

    public override int Reserve(long bytes, long alignment, out AddressRange range)
    {
        Asked.Add(bytes);
        range = default;
        return bytes > MaxReserve ? OutOfMemory : Current.Reserve(bytes, alignment, out range);
    }

    public override int Commit(nint address, long bytes) => bytes > MaxCommit ? OutOfMemory : Current.Commit(address, bytes);

    public override int Decommit(nint address, long bytes) => RefuseDecommit ? OutOfMemory : Current.Decommit(address, bytes);

    public override int Release(in AddressRange range)
    {
        Releases++;
        return Current.Release(in range);
    }

    public override int Protect(nint address, long bytes, PageAccess access) =>
        RefuseProtect ? OutOfMemory : Current.Protect(address, bytes, access);

    public override int AdviseHugePages(nint address, long bytes)
    {
        HugePageCalls++;
        return RefuseHugePages ? OutOfMemory : Current.AdviseHugePages(address, bytes);
    }

    public override int DoNotFork(in AddressRange range) => Current.DoNotFork(in range);
}
