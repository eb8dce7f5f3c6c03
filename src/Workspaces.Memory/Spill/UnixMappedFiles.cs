using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Workspaces.Memory.Arenas;

namespace Workspaces.Memory.Spill;

/// <summary>POSIX: posix_fallocate(3), fallocate(2), ftruncate(2), mmap(2), msync(2).</summary>
internal sealed partial class UnixMappedFiles : MappedFiles
{
    private const int ReadAndWrite = 3;
    private const int MapShared = 0x01;
    private const int MapFixed = 0x10; // the same number on Linux and macOS
    private const int SyncAndWait = 0x04; // MS_SYNC on Linux; macOS has 0x10
    private const int MacSyncAndWait = 0x10;
    private const int KeepSize = 0x01, Punch = 0x02;
    private const int Interrupted = 4, InvalidArgument = 22, NoSpace = 28;
    private const int NotSupportedOnLinux = 95;
    private const nint MapFailed = -1;
    private const int ZeroChunk = 64 << 10;

    /// <inheritdoc/>
    public override long PageSize => Environment.SystemPageSize;

    /// <inheritdoc/>
    public override FileStream CreateTemporary(string path)
    {
        var file = new FileStream(path, Options(FileMode.CreateNew));
        try
        {
            File.Delete(path); // the name goes, the file stays until its handle and maps are gone, however the process ends
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override int Allocate(FileStream file, long offset, long bytes)
    {
        if (!OperatingSystem.IsLinux()) return WriteZeros(file.SafeFileHandle, offset, bytes);
        int error;
        do error = PosixAllocate(file.SafeFileHandle, offset, bytes);
        while (error == Interrupted);
        return error is NotSupportedOnLinux or InvalidArgument ? WriteZeros(file.SafeFileHandle, offset, bytes) : error;
    }

    /// <inheritdoc/>
    public override int PunchHole(FileStream file, long offset, long bytes)
    {
        if (!OperatingSystem.IsLinux()) return InvalidArgument;
        int error;
        do error = Result(ChangeSpace(file.SafeFileHandle, KeepSize | Punch, offset, bytes));
        while (error == Interrupted);
        return error;
    }

    /// <inheritdoc/>
    public override int Truncate(FileStream file, long length)
    {
        int error;
        do error = Result(CutOff(file.SafeFileHandle, length));
        while (error == Interrupted);
        return error;
    }

    /// <inheritdoc/>
    public override int Reserve(long bytes, long alignment, out AddressRange range)
    {
        int error = VirtualMemory.Current.Reserve(bytes, alignment, out range);
        if (error == 0) _ = VirtualMemory.Current.DoNotFork(range);
        return error;
    }

    /// <inheritdoc/>
    public override int Map(FileStream file, long offset, nint address, long bytes) =>
        MapFile(address, (nuint)bytes, ReadAndWrite, MapShared | MapFixed, file.SafeFileHandle, (nint)offset) == MapFailed ? Marshal.GetLastPInvokeError() : 0;

    /// <inheritdoc/>
    /// <remarks>The pages lose their access and keep their map, which the next <see cref="Map"/> replaces.</remarks>
    public override int Unmap(nint address, long bytes) => VirtualMemory.Current.Protect(address, bytes, PageAccess.None);

    /// <inheritdoc/>
    public override int Release(in AddressRange range) => VirtualMemory.Current.Release(range);

    /// <inheritdoc/>
    public override int Protect(nint address, long bytes, PageAccess access) => VirtualMemory.Current.Protect(address, bytes, access);

    /// <inheritdoc/>
    public override int Flush(FileStream file, nint address, long bytes) =>
        Result(Synchronise(address, (nuint)bytes, OperatingSystem.IsLinux() ? SyncAndWait : MacSyncAndWait));

    /// <summary>The slow way that works on every file system: what was written has its space. What the file has stays as it is.</summary>
    private static int WriteZeros(SafeFileHandle file, long offset, long bytes)
    {
        byte[] zeros = new byte[ZeroChunk];
        try
        {
            long end = offset + bytes;
            offset = Math.Max(offset, RandomAccess.GetLength(file));
            while (offset < end)
            {
                int part = (int)Math.Min(zeros.Length, end - offset);
                RandomAccess.Write(file, zeros.AsSpan(0, part), offset);
                offset += part;
            }

            return 0;
        }
        catch (IOException error)
        {
            return error.HResult > 0 ? error.HResult : NoSpace;
        }
    }

    private static int Result(int returned) => returned == 0 ? 0 : Marshal.GetLastPInvokeError();

    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    private static partial int PosixAllocate(SafeFileHandle file, long offset, long length);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int ChangeSpace(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    private static partial int CutOff(SafeFileHandle file, long length);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint MapFile(nint address, nuint length, int protection, int flags, SafeFileHandle file, nint offset);

    [LibraryImport("libc", EntryPoint = "msync", SetLastError = true)]
    private static partial int Synchronise(nint address, nuint length, int flags);
}
