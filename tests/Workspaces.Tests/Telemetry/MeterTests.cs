using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Workspaces.Memory;
using Workspaces.Memory.Telemetry;
using Workspaces.Train;

namespace Workspaces.Tests.Telemetry;

/// <summary>The meter: which instruments there are, and that they count what happens. Figures are of the whole process, so nothing else runs.</summary>
[Collection(nameof(AloneCollection))]
public sealed class MeterTests
{
    private static readonly string[] Instruments =
    [
        "ObservableUpDownCounter workspaces.budget.limit By",
        "ObservableUpDownCounter workspaces.budget.used By",
        "ObservableCounter workspaces.deviations {request}",
        "Counter workspaces.findings {finding}",
        "ObservableUpDownCounter workspaces.leases.leaked {lease}",
        "ObservableUpDownCounter workspaces.leases.live {lease}",
        "ObservableUpDownCounter workspaces.memory.committed By",
        "ObservableUpDownCounter workspaces.memory.external By",
        "ObservableUpDownCounter workspaces.memory.gradient By",
        "ObservableGauge workspaces.memory.peak By",
        "ObservableCounter workspaces.passes {pass}",
        "ObservableGauge workspaces.plan.lower_bound By",
        "ObservableGauge workspaces.plan.peak By",
        "ObservableUpDownCounter workspaces.plans.cached {plan}",
        "ObservableUpDownCounter workspaces.pool.capacity {lease}",
        "ObservableUpDownCounter workspaces.pool.leases {lease}",
        "ObservableUpDownCounter workspaces.pool.waiting {caller}",
        "ObservableCounter workspaces.spill.requests {request}",
        "ObservableCounter workspaces.spill.size By",
        "Gauge workspaces.train.accuracy 1",
        "Counter workspaces.train.epochs {epoch}",
        "Gauge workspaces.train.loss 1",
        "Counter workspaces.train.samples {sample}",
        "Histogram workspaces.train.step.duration s",
        "Gauge workspaces.train.step.rate {step}/s",
        "Counter workspaces.train.steps {step}",
    ];

    [Fact]
    public void Instruments_keep_their_names_kinds_and_units()
    {
        Instrument[] all = Published();
        Assert.Equal(
            Instruments, all.Select(static instrument => $"{instrument.GetType().Name.Split('`')[0]} {instrument.Name} {instrument.Unit}").OrderBy(static line => line.Split(' ')[1], StringComparer.Ordinal));
        Assert.All(all, static instrument => Assert.False(string.IsNullOrWhiteSpace(instrument.Description)));
    }

    [Fact]
    public void The_page_lists_every_instrument_with_its_unit()
    {
        string page = File.ReadAllText(Path.Combine(TestFolders.Root, "docs", "observability.md"));
        Assert.All(Published(), instrument => Assert.Contains($"| `{instrument.Name}` | `{instrument.Unit}` |", page, StringComparison.Ordinal));
    }

    [Fact]
    public void Passes_are_counted_by_how_they_were_served()
    {
        WorkspaceStatistics before = Watched.Row("meter-passes");
        Watched.Run("meter-passes", static workspace =>
        {
            for (int i = 0; i < 4; i++) Watched.Pass(workspace, 1000, 2000);
            Watched.Pass(workspace, 1000, 50_000);
        });
        WorkspaceStatistics after = Watched.Row("meter-passes"); // the workspace is gone, what it counted is not

        Assert.Equal(1, after.LearningPasses - before.LearningPasses);
        Assert.Equal(3, after.PlannedPasses - before.PlannedPasses);
        Assert.Equal(1, after.DeviatedPasses - before.DeviatedPasses);
        Assert.Equal(0, after.UnplannedPasses - before.UnplannedPasses);
        Assert.Equal(1, after.Deviations - before.Deviations);
        Assert.Equal(5, after.Passes - before.Passes);
    }

    [Fact]
    public void Passes_that_nothing_is_learned_from_are_unplanned()
    {
        WorkspaceStatistics before = Watched.Row("meter-unplanned");
        Watched.Run("meter-unplanned", static workspace => Watched.Pass(workspace, 1000), new() { PolicyLearning = LearningPolicy.None, InitialSize = 4096 });
        Watched.Run("meter-unplanned", static workspace => Watched.Pass(workspace, 1000), new() { WorkspaceMode = WorkspaceMode.None });

        Assert.Equal(2, Watched.Row("meter-unplanned").UnplannedPasses - before.UnplannedPasses);
    }

    [Fact]
    public void Committed_bytes_by_kind_add_up_to_what_the_manager_reports()
    {
        using var manager = new WorkspaceManager();
        string label = WorkspaceRegister.LabelOf("meter-kinds");
        long before = Committed(Watched.Measure(), label);
        using Workspace workspace = manager.Lease(new() { Name = "meter-kinds", InitialSize = 1 << 20 });
        using Block block = workspace.MemoryManager.Allocate(5000);
        Dictionary<string, long> seen = Watched.Measure();

        Assert.Equal(workspace.Memory.Committed, Committed(seen, label) - before);
        Assert.True(seen[$"workspaces.memory.committed workspace.memory.kind=allocated workspace.name={label}"] >= 5000);
    }

    [Fact]
    public void Spills_are_counted_with_their_bytes()
    {
        WorkspaceStatistics before = Watched.Row("meter-spills");
        Watched.Run("meter-spills", static workspace => Watched.Pass(workspace, 4096, 1 << 20), new() { MaxSize = 64 << 10 });
        WorkspaceStatistics after = Watched.Row("meter-spills");

        Assert.Equal(1, after.SpilledRequests - before.SpilledRequests);
        Assert.Equal(1 << 20, after.SpilledBytes - before.SpilledBytes);
    }

    [Fact]
    public void Plans_are_measured_while_they_are_kept() => Watched.Run("meter-plans", static workspace =>
    {
        string label = WorkspaceRegister.LabelOf("meter-plans");
        for (int i = 0; i < 2; i++) Watched.Pass(workspace, 1024, 2048);
        Dictionary<string, long> seen = Watched.Measure();

        Assert.True(seen[$"workspaces.plans.cached workspace.name={label}"] >= 1);
        Assert.True(seen[$"workspaces.plan.peak workspace.name={label}"] >= 3072);
        Assert.InRange(seen[$"workspaces.plan.lower_bound workspace.name={label}"], 3072, seen[$"workspaces.plan.peak workspace.name={label}"]);
    });

    [Fact]
    public void Pools_show_what_is_rented_and_who_waits()
    {
        using var manager = new WorkspaceManager();
        string label = WorkspaceRegister.LabelOf("meter-pool");
        using (var pool = new WorkspacePool(manager, new() { Name = "meter-pool" }, 3))
        {
            using WorkspaceLease lease = pool.Rent();
            PoolStatistics row = WorkspaceTelemetry.Snapshot().Pools.Single(row => row.Name == label);
            Assert.Equal((1, 3, 0), (row.Rented, row.Capacity, row.Waiting));
        }

        Assert.DoesNotContain(WorkspaceTelemetry.Snapshot().Pools, row => row.Name == label);
    }

    [Fact]
    public void A_manager_that_does_not_want_to_be_seen_is_not()
    {
        WorkspaceStatistics before = Watched.Row("meter-hidden");
        int managers = WorkspaceTelemetry.Snapshot().Managers;
        using (var manager = new WorkspaceManager(new() { Telemetry = false }))
        {
            using Workspace workspace = manager.Lease(new() { Name = "meter-hidden" });
            Watched.Pass(workspace, 100);
            Assert.Equal(managers, WorkspaceTelemetry.Snapshot().Managers);
        }

        using (var shapes = WorkspaceManager.ForShapes()) Assert.Equal(managers, WorkspaceTelemetry.Snapshot().Managers);
        Assert.Equal(before.Passes, Watched.Row("meter-hidden").Passes);
    }

    [Fact]
    public void What_a_lost_manager_counted_stays_and_the_manager_goes()
    {
        WorkspaceStatistics before = Watched.Row("meter-lost");
        WeakReference manager = Lose();
        for (int i = 0; i < 10 && manager.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(manager.IsAlive);
        Assert.Equal(1, Watched.Row("meter-lost").Passes - before.Passes);
    }

    [Fact]
    public void Names_have_an_end()
    {
        for (int i = 0; i < 100; i++) WorkspaceRegister.LabelOf($"meter-name-{i}");
        Assert.Equal("(other)", WorkspaceRegister.LabelOf("meter-one-more-name"));
        Watched.Run("meter-one-more-name", static workspace => Watched.Pass(workspace, 100));
        Assert.InRange(WorkspaceTelemetry.Snapshot().Workspaces.Count, 1, 64 + 4); // and the rows of managers
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Lose()
    {
        var manager = new WorkspaceManager(new() { TrimSeconds = 0 });
        using (Workspace workspace = manager.Lease(new() { Name = "meter-lost" })) Watched.Pass(workspace, 100);
        return new WeakReference(manager);
    }

    private static long Committed(Dictionary<string, long> seen, string label) => seen
        .Where(entry => entry.Key.StartsWith("workspaces.memory.committed ", StringComparison.Ordinal) && entry.Key.EndsWith($"workspace.name={label}", StringComparison.Ordinal))
        .Sum(static entry => entry.Value);

    private static Instrument[] Published()
    {
        RuntimeHelpers.RunClassConstructor(typeof(TrainingTelemetry).TypeHandle);
        var found = new List<Instrument>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (ReferenceEquals(instrument.Meter, WorkspaceMeter.Meter)) found.Add(instrument);
            },
        };
        listener.Start();
        return [.. found];
    }
}
