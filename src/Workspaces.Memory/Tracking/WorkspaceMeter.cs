using System.Diagnostics.Metrics;

namespace Workspaces.Memory.Tracking;

/// <summary>
/// The meter <c>Workspaces</c>, for everybody who listens to meters of the base library; nothing is computed while nobody does. It sums over all managers of the process,
/// in counters of its own, so that no manager is kept alive for it.
/// </summary>
internal static class WorkspaceMeter
{
    private static readonly Meter Meter = new("Workspaces");
    private static readonly Counter<long> Findings = Meter.CreateCounter<long>("workspaces.findings", "{finding}", "What the memory core noticed, by code and workspace.");
    private static long _open;
    private static long _leaked;

    static WorkspaceMeter()
    {
        Meter.CreateObservableUpDownCounter(
            "workspaces.leases.live", static () => Volatile.Read(ref _open) - Volatile.Read(ref _leaked), "{lease}", "Open leases that can be reached.");
        Meter.CreateObservableUpDownCounter("workspaces.leases.leaked", static () => Volatile.Read(ref _leaked), "{lease}", "Open leases that nobody can reach any more.");
    }

    internal static void CountOpen(int change) => Interlocked.Add(ref _open, change);

    internal static void CountLeaked(int change) => Interlocked.Add(ref _leaked, change);

    internal static void Count(Finding finding)
    {
        if (!Findings.Enabled) return;
        Findings.Add(1, new KeyValuePair<string, object?>("code", finding.Code), new KeyValuePair<string, object?>("workspace", finding.Workspace));
    }
}
