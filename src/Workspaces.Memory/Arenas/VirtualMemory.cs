using System.Runtime.InteropServices;

namespace Workspaces.Memory.Arenas;

/// <summary>
/// The five things an arena asks of an operating system: address space, pages behind it, their return, their protection and
/// advice on them. Lengths and addresses are multiples of <see cref="PageSize"/>; a returned number is 0 or the system's error.
/// </summary>
internal abstract class VirtualMemory
{
    /// <summary>The size that transparent huge pages have on x64 and on arm64 with 4 KiB base pages, in bytes.</summary>
    public const long HugePageSize = 2L << 20;

    /// <summary>The memory of the system that this process runs on; holds no state.</summary>
    public static VirtualMemory Current { get; } = ForThisSystem();

    /// <summary>Name for messages.</summary>
    public abstract string Name { get; }

    /// <summary>Bytes of a base page.</summary>
    public virtual long PageSize => Environment.SystemPageSize;

    /// <summary>Takes address space only: no page, no access, no commit charge.</summary>
    /// <param name="bytes">Length.</param>
    /// <param name="alignment">Power of two, at least a page.</param>
    /// <param name="range">The range when 0 is returned.</param>
    public abstract int Reserve(long bytes, long alignment, out AddressRange range);

    /// <summary>Puts readable and writable zero pages behind a part of a range that has none.</summary>
    public abstract int Commit(nint address, long bytes);

    /// <summary>Gives the pages back to the system and removes access; the addresses stay reserved. All or nothing.</summary>
    public abstract int Decommit(nint address, long bytes);

    /// <summary>Gives up the whole range, committed or not.</summary>
    public abstract int Release(in AddressRange range);

    /// <summary>Changes the access to committed pages; their contents stay.</summary>
    public abstract int Protect(nint address, long bytes, PageAccess access);

    /// <summary>Asks for huge pages behind a part aligned to <see cref="HugePageSize"/>. A wish: an error changes nothing.</summary>
    public abstract int AdviseHugePages(nint address, long bytes);

    /// <summary>Keeps a range out of child processes made by a fork. A wish: an error changes nothing.</summary>
    public abstract int DoNotFork(in AddressRange range);

    /// <summary>Number and text of a system error, for messages.</summary>
    public static string Describe(int error) => $"error {error} ({Marshal.GetPInvokeErrorMessage(error)})";

    /// <summary>The next multiple of a power of two at or above <paramref name="value"/>.</summary>
    public static long RoundUp(long value, long powerOfTwo) => checked(value + (powerOfTwo - 1)) & -powerOfTwo;

    /// <summary>The next multiple of a power of two at or below <paramref name="value"/>.</summary>
    public static long RoundDown(long value, long powerOfTwo) => value & -powerOfTwo;

    private static VirtualMemory ForThisSystem()
    {
        if (OperatingSystem.IsLinux() || OperatingSystem.IsAndroid())
            return new LinuxVirtualMemory();
        if (OperatingSystem.IsMacOS())
            return new MacVirtualMemory();
        if (OperatingSystem.IsWindows())
            return new WindowsVirtualMemory();
        throw new PlatformNotSupportedException(
            $"Arenas need reserve and commit of address space, asked by Workspaces: '{RuntimeInformation.OSDescription}' has no "
            + "implementation (Linux, macOS and Windows have). Use PolicyLocation and allocators that need no arena, or add one.");
    }
}
