using System.Runtime.InteropServices;

namespace Workspaces.Memory.Arenas;

/// <summary>
/// Windows: VirtualAlloc, VirtualFree, VirtualProtect. Children never inherit; large pages need a privilege and are not asked for.
/// </summary>
internal sealed partial class WindowsVirtualMemory : VirtualMemory
{
    private const uint MemCommit = 0x1000;
    private const uint MemReserve = 0x2000;
    private const uint MemDecommit = 0x4000;
    private const uint MemRelease = 0x8000;
    private const uint PageNoAccess = 0x01;
    private const uint PageReadOnly = 0x02;
    private const uint PageReadWrite = 0x04;
    private const int NotSupported = 50;

    /// <inheritdoc/>
    public override string Name => "Windows";

    /// <inheritdoc/>
    public override int Reserve(long bytes, long alignment, out AddressRange range)
    {
        // Only whole reservations can be given back, so the surplus that alignment needs stays; it is address space only.
        range = default;
        long taken = checked(bytes + alignment);
        nint map = VirtualAlloc(0, (nuint)taken, MemReserve, PageNoAccess);
        if (map == 0)
            return Marshal.GetLastPInvokeError();
        range = new AddressRange((nint)RoundUp(map, alignment), bytes, map, taken);
        return 0;
    }

    /// <inheritdoc/>
    public override int Commit(nint address, long bytes) =>
        VirtualAlloc(address, (nuint)bytes, MemCommit, PageReadWrite) != 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <inheritdoc/>
    public override int Decommit(nint address, long bytes) => Result(VirtualFree(address, (nuint)bytes, MemDecommit));

    /// <inheritdoc/>
    public override int Release(in AddressRange range) => Result(VirtualFree(range.MapStart, 0, MemRelease));

    /// <inheritdoc/>
    public override int Protect(nint address, long bytes, PageAccess access)
    {
        uint protection = access switch
        {
            PageAccess.None => PageNoAccess,
            PageAccess.Read => PageReadOnly,
            _ => PageReadWrite,
        };
        return Result(VirtualProtect(address, (nuint)bytes, protection, out _));
    }

    /// <inheritdoc/>
    public override int AdviseHugePages(nint address, long bytes) => NotSupported;

    /// <inheritdoc/>
    public override int DoNotFork(in AddressRange range) => 0;

    // A Windows BOOL: not 0 is success.
    private static int Result(int succeeded) => succeeded != 0 ? 0 : Marshal.GetLastPInvokeError();

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial nint VirtualAlloc(nint address, nuint size, uint allocationType, uint protection);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial int VirtualFree(nint address, nuint size, uint freeType);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial int VirtualProtect(nint address, nuint size, uint protection, out uint before);
}
