using System.Diagnostics.Metrics;
using Workspaces.Memory.Tracking;

namespace Workspaces.Memory.Telemetry;

/// <summary>
/// The meter <c>Workspaces</c>, for everybody who listens to meters of the base library; nothing is computed while nobody does. It sums over all managers of the
/// process and keeps none of them alive. Names and units as OpenTelemetry wants them; a name of a workspace is one of at most 64, see <see cref="WorkspaceRegister"/>.
/// </summary>
internal static class WorkspaceMeter
{
    internal static readonly Meter Meter = new(WorkspaceTelemetry.Name, WorkspaceTelemetry.Version);
    internal const string NameTag = "workspace.name";
    internal const string KindTag = "workspace.memory.kind";
    internal const string ResultTag = "workspace.pass.result";
    internal const string CodeTag = "workspace.finding.code";
    private static readonly Counter<long> Findings = Meter.CreateCounter<long>("workspaces.findings", "{finding}", "What the memory core noticed, by code and workspace.");
    private static long _open;
    private static long _leaked;

    static WorkspaceMeter()
    {
        Meter.CreateObservableUpDownCounter(
            "workspaces.leases.live", static () => Volatile.Read(ref _open) - Volatile.Read(ref _leaked), "{lease}", "Open leases that can be reached.");
        Meter.CreateObservableUpDownCounter("workspaces.leases.leaked", static () => Volatile.Read(ref _leaked), "{lease}", "Open leases that nobody can reach any more.");
        Meter.CreateObservableUpDownCounter("workspaces.memory.committed", Committed, "By", "Pages of the arenas, by workspace and memory kind.");
        Meter.CreateObservableUpDownCounter(
            "workspaces.memory.external", static () => ByName(static row => row.Memory.External), "By", "Bytes outside the arenas: own memory, spills, files.");
        Meter.CreateObservableUpDownCounter(
            "workspaces.memory.gradient", static () => ByName(static row => row.Memory.Gradient), "By", "The part of the allocated bytes that is gradients.");
        Meter.CreateObservableGauge("workspaces.memory.peak", static () => OfPasses(static row => row.PeakBytes), "By", "The most that was in use at once in the arenas.");
        Meter.CreateObservableGauge("workspaces.plan.peak", static () => OfPasses(static row => row.PlanPeakBytes), "By", "What the largest plan needs.");
        Meter.CreateObservableGauge(
            "workspaces.plan.lower_bound", static () => OfPasses(static row => row.LowerBoundBytes), "By", "The least that any plan in its place could need.");
        Meter.CreateObservableUpDownCounter("workspaces.plans.cached", static () => OfPasses(static row => row.Plans), "{plan}", "Plans that are kept.");
        Meter.CreateObservableCounter("workspaces.passes", Passes, "{pass}", "Passes that asked for memory, by workspace and how they were served.");
        Meter.CreateObservableCounter("workspaces.deviations", static () => OfPasses(static row => row.Deviations), "{request}", "Requests that plans did not cover.");
        Meter.CreateObservableCounter("workspaces.spill.requests", static () => OfPasses(static row => row.SpilledRequests), "{request}", "Requests served outside the arenas.");
        Meter.CreateObservableCounter("workspaces.spill.size", static () => OfPasses(static row => row.SpilledBytes), "By", "Bytes of requests served outside the arenas.");
        Meter.CreateObservableUpDownCounter(
            "workspaces.pool.leases", static () => ByPool(static pool => pool.Rented), "{lease}", "Workspaces that are rented from pools.");
        Meter.CreateObservableUpDownCounter("workspaces.pool.capacity", static () => ByPool(static pool => pool.Capacity), "{lease}", "Most that may be rented.");
        Meter.CreateObservableUpDownCounter("workspaces.pool.waiting", static () => ByPool(static pool => pool.Waiting), "{caller}", "Callers that wait for one.");
        Meter.CreateObservableUpDownCounter(
            "workspaces.budget.used", static () => WorkspaceRegister.Budget().Used, "By", "What all managers hold against their budgets.");
        Meter.CreateObservableUpDownCounter("workspaces.budget.limit", static () => WorkspaceRegister.Budget().Limit, "By", "What they may hold; 0 without a limit.");
    }

    internal static void CountOpen(int change) => Interlocked.Add(ref _open, change);

    internal static void CountLeaked(int change) => Interlocked.Add(ref _leaked, change);

    internal static void Count(Finding finding)
    {
        if (!Findings.Enabled) return;
        Findings.Add(
            1, new KeyValuePair<string, object?>(CodeTag, finding.Code), new KeyValuePair<string, object?>(NameTag, WorkspaceRegister.LabelOf(finding.Workspace)));
    }

    private static IEnumerable<Measurement<long>> Committed()
    {
        foreach (WorkspaceStatistics row in WorkspaceRegister.Workspaces())
        {
            yield return Of(row.Memory.Allocated, row.Name, KindTag, "allocated");
            yield return Of(row.Memory.Unreferenced, row.Name, KindTag, "unreferenced");
            yield return Of(row.Memory.Free, row.Name, KindTag, "free");
            yield return Of(row.Memory.Bookkeeping, row.Name, KindTag, "bookkeeping");
        }
    }

    private static IEnumerable<Measurement<long>> Passes()
    {
        foreach (WorkspaceStatistics row in WorkspaceRegister.Workspaces())
        {
            if (row.Passes == 0) continue;
            yield return Of(row.PlannedPasses, row.Name, ResultTag, WorkspaceEventSource.NameOf(PassResult.Planned));
            yield return Of(row.DeviatedPasses, row.Name, ResultTag, WorkspaceEventSource.NameOf(PassResult.Deviated));
            yield return Of(row.LearningPasses, row.Name, ResultTag, WorkspaceEventSource.NameOf(PassResult.Learning));
            yield return Of(row.UnplannedPasses, row.Name, ResultTag, WorkspaceEventSource.NameOf(PassResult.Unplanned));
        }
    }

    private static IEnumerable<Measurement<long>> ByName(Func<WorkspaceStatistics, long> figure) =>
        WorkspaceRegister.Workspaces().Select(row => new Measurement<long>(figure(row), new KeyValuePair<string, object?>(NameTag, row.Name)));

    /// <summary>Only of names that have had passes: the memory of managers has none.</summary>
    private static IEnumerable<Measurement<long>> OfPasses(Func<WorkspaceStatistics, long> figure) =>
        WorkspaceRegister.Workspaces().Where(static row => row.Passes > 0)
            .Select(row => new Measurement<long>(figure(row), new KeyValuePair<string, object?>(NameTag, row.Name)));

    private static IEnumerable<Measurement<long>> ByPool(Func<PoolStatistics, long> figure) =>
        WorkspaceRegister.PoolRows().Select(pool => new Measurement<long>(figure(pool), new KeyValuePair<string, object?>(NameTag, pool.Name)));

    private static Measurement<long> Of(long value, string name, string tag, string text) =>
        new(value, new KeyValuePair<string, object?>(NameTag, name), new KeyValuePair<string, object?>(tag, text));
}
