using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Workspaces.Memory.Arenas;

namespace Workspaces.Memory.Spill;

/// <summary>
/// Windows 10 1803 and later: a reservation of placeholders (VirtualAlloc2), pieces of which views of the file replace (MapViewOfFile3). A view covers
/// exactly one placeholder, so pieces are split off first. NTFS gives space with the length, so a full disk is an error of that call.
/// </summary>
internal sealed partial class WindowsMappedFiles : MappedFiles
{
    private const uint MemReserve = 0x2000, MemReservePlaceholder = 0x40000, MemReplacePlaceholder = 0x4000;
    private const uint MemRelease = 0x8000, MemPreservePlaceholder = 0x2, MemCoalescePlaceholders = 0x1;
    private const uint PageNoAccess = 0x01, PageReadOnly = 0x02, PageReadWrite = 0x04;
    private const int NotSupported = 50, DiskFull = 112;

    /// <summary>Views begin at multiples of 64 KiB.</summary>
    public override long PageSize => 64L << 10;

    /// <inheritdoc/>
    public override FileStream CreateTemporary(string path) => new(path, Options(FileMode.CreateNew, FileOptions.DeleteOnClose));

    /// <inheritdoc/>
    public override int Allocate(FileStream file, long offset, long bytes) =>
        RandomAccess.GetLength(file.SafeFileHandle) >= offset + bytes ? 0 : Truncate(file, offset + bytes);

    /// <inheritdoc/>
    public override int PunchHole(FileStream file, long offset, long bytes) => NotSupported;

    /// <inheritdoc/>
    public override int Truncate(FileStream file, long length)
    {
        try
        {
            RandomAccess.SetLength(file.SafeFileHandle, length);
            return 0;
        }
        catch (IOException error)
        {
            int number = error.HResult & 0xFFFF;
            return number == 0 ? DiskFull : number;
        }
    }

    /// <inheritdoc/>
    public override int Reserve(long bytes, long alignment, out AddressRange range)
    {
        range = default;
        long taken = checked(bytes + alignment);
        nint map = VirtualAlloc2(-1, 0, (nuint)taken, MemReserve | MemReservePlaceholder, PageNoAccess, 0, 0);
        if (map == 0) return Marshal.GetLastPInvokeError();
        range = new AddressRange((nint)VirtualMemory.RoundUp(map, alignment), bytes, map, taken);
        return 0;
    }

    /// <inheritdoc/>
    public override int Map(FileStream file, long offset, nint address, long bytes)
    {
        long end = offset + bytes;
        using SafeFileHandle section = CreateFileMapping(file.SafeFileHandle, 0, PageReadWrite, (uint)(end >> 32), (uint)end, 0);
        if (section.IsInvalid) return Marshal.GetLastPInvokeError();
        if (VirtualFree(address, (nuint)bytes, MemRelease | MemPreservePlaceholder) == 0) return Marshal.GetLastPInvokeError();
        nint view = MapViewOfFile3(section, -1, address, (ulong)offset, (nuint)bytes, MemReplacePlaceholder, PageReadWrite, 0, 0);
        return view == 0 ? Marshal.GetLastPInvokeError() : 0;
    }

    /// <inheritdoc/>
    public override int Unmap(nint address, long bytes) => Result(UnmapViewOfFile2(-1, address, MemPreservePlaceholder));

    /// <inheritdoc/>
    public override int Release(in AddressRange range)
    {
        if (VirtualFree(range.MapStart, (nuint)range.MapBytes, MemRelease | MemCoalescePlaceholders) == 0)
            _ = Marshal.GetLastPInvokeError(); // it was in one piece
        return Result(VirtualFree(range.MapStart, 0, MemRelease));
    }

    /// <inheritdoc/>
    public override int Protect(nint address, long bytes, PageAccess access) => Result(VirtualProtect(
        address, (nuint)bytes, access switch { PageAccess.None => PageNoAccess, PageAccess.Read => PageReadOnly, _ => PageReadWrite }, out _));

    /// <inheritdoc/>
    public override int Flush(FileStream file, nint address, long bytes)
    {
        int error = Result(FlushViewOfFile(address, (nuint)bytes));
        return error != 0 ? error : Result(FlushFileBuffers(file.SafeFileHandle));
    }

    // A Windows BOOL: not 0 is success.
    private static int Result(int succeeded) => succeeded != 0 ? 0 : Marshal.GetLastPInvokeError();

    [LibraryImport("kernelbase", SetLastError = true)]
    private static partial nint VirtualAlloc2(nint process, nint address, nuint size, uint type, uint protection, nint parameters, uint count);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial int VirtualFree(nint address, nuint size, uint type);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial int VirtualProtect(nint address, nuint size, uint protection, out uint before);

    [LibraryImport("kernel32", EntryPoint = "CreateFileMappingW", SetLastError = true)]
    private static partial SafeFileHandle CreateFileMapping(SafeFileHandle file, nint security, uint protection, uint high, uint low, nint name);

    [LibraryImport("kernelbase", SetLastError = true)]
    private static partial nint MapViewOfFile3(
        SafeFileHandle section, nint process, nint address, ulong offset, nuint size, uint type, uint protection, nint parameters, uint count);

    [LibraryImport("kernelbase", SetLastError = true)]
    private static partial int UnmapViewOfFile2(nint process, nint address, uint flags);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial int FlushViewOfFile(nint address, nuint size);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial int FlushFileBuffers(SafeFileHandle file);
}
