using System.Runtime.InteropServices;

namespace Workspaces.Memory.Arenas;

/// <summary>
/// macOS: the same calls as Linux with other numbers. It has no transparent huge pages, and its MADV_DONTNEED keeps pages.
/// </summary>
internal sealed partial class MacVirtualMemory : UnixVirtualMemory
{
    private const int MapPrivate = 0x0002;
    private const int MapFixed = 0x0010;
    private const int MapNoReserve = 0x0040;
    private const int MapAnonymous = 0x1000;
    private const int InheritNone = 2;
    private const int NotSupported = 45;

    /// <inheritdoc/>
    public override string Name => "macOS";

    /// <inheritdoc/>
    protected override int ReserveFlags => MapPrivate | MapAnonymous | MapNoReserve;

    /// <inheritdoc/>
    public override int Decommit(nint address, long bytes)
    {
        // A fresh map over the old one drops its pages at once; madvise only marks them for later. It would be inherited by a fork again,
        // which is advice only: the pages are gone whatever that call says.
        int error = MapOver(address, bytes, MapFixed);
        if (error == 0)
            _ = SetInheritance(address, (nuint)bytes, InheritNone);
        return error;
    }

    /// <inheritdoc/>
    public override int AdviseHugePages(nint address, long bytes) => NotSupported;

    /// <inheritdoc/>
    public override int DoNotFork(in AddressRange range) => Result(SetInheritance(range.Start, (nuint)range.Bytes, InheritNone));

    [LibraryImport("libc", EntryPoint = "minherit", SetLastError = true)]
    private static partial int SetInheritance(nint address, nuint length, int inheritance);
}
