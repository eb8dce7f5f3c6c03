using System.Runtime.InteropServices;

namespace Workspaces.Memory.Files;

/// <summary>
/// Brings the names in a folder to the disk, as <c>fsync</c> on an open folder does: without it a machine that stops soon after a file was renamed may come up with the
/// old name. Linux only; elsewhere it does nothing, because Windows brings renames to its journal by itself and its API opens no folders this way.
/// </summary>
internal static partial class FolderSync
{
    private const int ReadOnly = 0, InvalidArgument = 22, NotSupported = 95;

    /// <summary>O_DIRECTORY | O_CLOEXEC of Linux; the first one differs between processors.</summary>
    private static readonly int Flags = (RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 or Architecture.Armv6 or Architecture.Ppc64le
        ? 0x4000 : 0x10000) | 0x80000;

    /// <summary>Flushes a folder. File systems that cannot do that are left alone; a disk that refuses is an error.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">The disk refuses: the new name may not survive a stop of the machine.</exception>
    internal static void Flush(string folder)
    {
        if (!OperatingSystem.IsLinux()) return;
        int file = Open(folder, ReadOnly | Flags);
        if (file < 0) return; // a folder that may be written and not read
        try
        {
            if (Sync(file) == 0) return;
            int error = Marshal.GetLastPInvokeError();
            if (error is InvalidArgument or NotSupported) return;
            throw new IOException($"the folder '{folder}' could not be brought to the disk: {Marshal.GetPInvokeErrorMessage(error)}");
        }
        finally
        {
            _ = Close(file);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int file);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int file);
}
