using System.Diagnostics;

namespace Workspaces.Tests.Soak;

/// <summary>What the process has of the system.</summary>
/// <param name="Resident">Bytes of memory.</param>
/// <param name="Managed">Bytes of the managed heap that are reachable.</param>
/// <param name="Handles">Handles, and file descriptors where there are such.</param>
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
        int handles = OperatingSystem.IsLinux() ? Directory.GetFileSystemEntries("/proc/self/fd").Length : process.HandleCount;
        return new ProcessSize(process.WorkingSet64, managed, handles, process.Threads.Count);
    }
}
