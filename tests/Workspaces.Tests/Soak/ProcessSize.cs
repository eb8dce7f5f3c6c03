using System.Diagnostics;

namespace Workspaces.Tests.Soak;

/// <summary>What the process has of the system.</summary>
/// <param name="Resident">Bytes of memory.</param>
/// <param name="Managed">Bytes of the managed heap that are reachable.</param>
/// <param name="Handles">Handles, or file descriptors where there are such: without those of assemblies, of which the runtime keeps two each and opens more as it likes.</param>
/// <param name="Threads">Threads.</param>
internal readonly record struct ProcessSize(long Resident, long Managed, int Handles, int Threads)
{
    /// <summary>Measures now, after a collection.</summary>
    internal static ProcessSize Measure()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        long managed = GC.GetTotalMemory(forceFullCollection: true);
        using var process = Process.GetCurrentProcess();
        int handles = OperatingSystem.IsLinux() ? OpenFiles() : process.HandleCount;
        return new ProcessSize(process.WorkingSet64, managed, handles, process.Threads.Count);
    }

    private static int OpenFiles() =>
        Directory.GetFileSystemEntries("/proc/self/fd").Count(static entry => new FileInfo(entry).LinkTarget?.EndsWith(".dll", StringComparison.Ordinal) != true);
}
