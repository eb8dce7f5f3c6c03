using System.Runtime.InteropServices;

namespace Workspaces.Memory.Arenas;

/// <summary>Linux: mmap(2), mprotect(2), madvise(2).</summary>
internal sealed class LinuxVirtualMemory : UnixVirtualMemory
{
    private const int MapPrivate = 0x02;
    private const int MapAnonymous = 0x20;
    private const int AdviceDontNeed = 4;
    private const int AdviceDontFork = 10;
    private const int AdviceHugePage = 14;
    private const int AdviceDontNeedLocked = 24;
    private const int InvalidArgument = 22;

    /// <inheritdoc/>
    public override string Name => "Linux";

    /// <inheritdoc/>
    protected override int ReserveFlags => MapPrivate | MapAnonymous | MapNoReserve;

    // The one flag whose number depends on the architecture.
    private static int MapNoReserve => RuntimeInformation.ProcessArchitecture == Architecture.Ppc64le ? 0x40 : 0x4000;

    /// <inheritdoc/>
    public override int Decommit(nint address, long bytes)
    {
        int error = Protect(address, bytes, PageAccess.None);
        if (error != 0)
            return error;
        error = Advise(address, bytes, AdviceDontNeed);
        if (error == InvalidArgument)
            error = Advise(address, bytes, AdviceDontNeedLocked); // a process that called mlockall, kernel 5.18 and later
        if (error != 0)
            _ = Protect(address, bytes, PageAccess.ReadWrite);
        return error;
    }

    /// <inheritdoc/>
    public override int AdviseHugePages(nint address, long bytes) => Advise(address, bytes, AdviceHugePage);

    /// <inheritdoc/>
    public override int DoNotFork(in AddressRange range) => Advise(range.Start, range.Bytes, AdviceDontFork);
}
