using System.Runtime.InteropServices;

namespace Workspaces.Memory.Arenas;

/// <summary>
/// POSIX: reserved = a private anonymous map without access and without swap accounting, committed = the same map made readable and
/// writable. The numbers of flags differ between systems and are given by the derived classes.
/// </summary>
internal abstract partial class UnixVirtualMemory : VirtualMemory
{
    /// <summary>PROT_NONE.</summary>
    protected const int NoAccess = 0;
    private const int ReadAccess = 1;
    private const int WriteAccess = 2;
    private const nint MapFailed = -1;

    /// <summary>Flags of mmap for a private anonymous map that reserves no swap.</summary>
    protected abstract int ReserveFlags { get; }

    /// <inheritdoc/>
    public override int Reserve(long bytes, long alignment, out AddressRange range)
    {
        // mmap aligns to a page: take one alignment more, keep the aligned middle, give both ends back at once.
        range = default;
        long taken = checked(bytes + alignment);
        nint map = MapMemory(0, (nuint)taken, NoAccess, ReserveFlags, -1, 0);
        if (map == MapFailed)
            return Marshal.GetLastPInvokeError();

        nint start = (nint)RoundUp(map, alignment);
        long before = start - map;
        long after = taken - before - bytes;
        if (before > 0 && Unmap(map, (nuint)before) != 0)
            return Abandon(map, taken);
        if (after > 0 && Unmap((nint)(start + bytes), (nuint)after) != 0)
            return Abandon(start, taken - before);
        range = new AddressRange(start, bytes, start, bytes);
        return 0;
    }

    /// <inheritdoc/>
    public override int Commit(nint address, long bytes) => Protect(address, bytes, PageAccess.ReadWrite);

    /// <inheritdoc/>
    public override int Release(in AddressRange range) => Result(Unmap(range.MapStart, (nuint)range.MapBytes));

    /// <inheritdoc/>
    public override int Protect(nint address, long bytes, PageAccess access)
    {
        int protection = access switch
        {
            PageAccess.None => NoAccess,
            PageAccess.Read => ReadAccess,
            _ => ReadAccess | WriteAccess,
        };
        return Result(SetProtection(address, (nuint)bytes, protection));
    }

    /// <summary>The error of the last call when its result says that it failed, else 0.</summary>
    protected static int Result(int returned) => returned == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Replaces pages by fresh reserved ones; returns 0 or the error.</summary>
    protected int MapOver(nint address, long bytes, int fixedFlag) =>
        MapMemory(address, (nuint)bytes, NoAccess, ReserveFlags | fixedFlag, -1, 0) == MapFailed ? Marshal.GetLastPInvokeError() : 0;

    /// <summary>madvise; returns 0 or the error.</summary>
    protected static int Advise(nint address, long bytes, int advice) => Result(SetAdvice(address, (nuint)bytes, advice));

    private static int Abandon(nint address, long bytes)
    {
        int error = Marshal.GetLastPInvokeError();
        _ = Unmap(address, (nuint)bytes);
        return error;
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint MapMemory(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int SetProtection(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    private static partial int SetAdvice(nint address, nuint length, int advice);
}
