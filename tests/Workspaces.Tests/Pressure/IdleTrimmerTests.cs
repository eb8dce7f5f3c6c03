using System.Runtime.CompilerServices;
using Workspaces.Memory;
using Workspaces.Memory.Pressure;
using Workspaces.Tests.Budgets;
using Workspaces.Tests.Memory;
using Workspaces.Tests.Planned;

namespace Workspaces.Tests.Pressure;

/// <summary>Idle pages go back by time and under pressure; what is in use stays.</summary>
[Collection(nameof(AloneCollection))]
public sealed class IdleTrimmerTests : IDisposable
{
    private const long Mebi = 1 << 20;
    private readonly ManualClock _clock = new();
    private readonly WrittenFiles _files = new();
    private readonly CountingVirtualMemory _pages = new();
    private readonly WorkspaceManager _manager;

    public IdleTrimmerTests()
    {
        Fullness(0.5);
        _manager = Make(new WorkspaceManagerConfiguration { TrimSeconds = 30, TrimPressure = 0.8 });
    }

    public void Dispose() => _manager.Dispose();

    [Fact]
    public void A_workspace_that_nobody_has_leased_for_a_whole_round_is_trimmed_to_its_least_size()
    {
        Run(new() { Name = "a", MinSize = 2 * Mebi }, 6);
        Assert.Equal(TimeSpan.FromSeconds(30), _clock.Period);
        _clock.Advance();
        Assert.InRange(_pages.Committed, 6 * Mebi, 7 * Mebi); // it may have come back only just before
        _clock.Advance();
        Assert.InRange(_pages.Committed, 2 * Mebi, (2 * Mebi) + (1 << 16));
        Run(new() { Name = "a", MinSize = 2 * Mebi }, 6);
    }

    [Fact]
    public void One_that_is_leased_again_and_again_keeps_its_pages()
    {
        for (int i = 0; i < 5; i++)
        {
            Run(new() { Name = "a" }, 6);
            _clock.Advance();
            Assert.InRange(_pages.Committed, 6 * Mebi, 7 * Mebi);
        }
    }

    [Fact]
    public void Under_pressure_all_idle_pages_go_back_and_those_of_open_passes_stay()
    {
        Run(new() { Name = "a" }, 6);
        using Workspace open = _manager.Lease(new() { Name = "b", MinSize = 1 });
        using Pass pass = open.Enter();
        RawBlock live = RawBlock.From(open, 3 * Mebi);
        live.Fill(7);
        long before = _pages.Committed;
        _clock.Advance();
        Assert.Equal(before, _pages.Committed);
        Fullness(0.8);
        _clock.Advance();
        Assert.InRange(_pages.Committed, 3 * Mebi, 5 * Mebi);
        Assert.True(live.IsFilledWith(7));
    }

    [Fact]
    public void After_a_collection_of_the_oldest_generation_memory_is_looked_at_again()
    {
        Run(new() { Name = "a" }, 6);
        Collect(static () => false, 3);
        Assert.InRange(_pages.Committed, 6 * Mebi, 7 * Mebi);
        Fullness(0.95);
        Collect(() => _pages.Committed == 0, 50);
        Assert.Equal(0, _pages.Committed);
    }

    [Fact]
    public void Looking_makes_no_garbage()
    {
        Run(new() { Name = "a" }, 1);
        Run(new() { Name = "b" }, 2);
        Action round = _clock.Advance;
        round();
        Garbage.AssertNone(100, round);
        Fullness(0.9);
        round();
        Garbage.AssertNone(100, round);
    }

    [Fact]
    public void The_timer_begins_with_the_first_idle_workspace_and_ends_with_the_manager()
    {
        Assert.Equal(0, _clock.Timers);
        Run(new() { Name = "a" }, 1);
        Run(new() { Name = "b" }, 1);
        Assert.Equal(1, _clock.Timers);
        _manager.Dispose();
        Assert.Equal(0, _clock.Timers);
        Assert.Equal(0, _files.Open);
    }

    [Fact]
    public void Without_a_period_nothing_is_timed()
    {
        using WorkspaceManager manager = Make(new WorkspaceManagerConfiguration { TrimSeconds = 0 });
        using (manager.Lease(new() { Name = "a" })) RawBlock.From(manager.Persistent.State, 1);
        Assert.Equal(0, _clock.Timers);
    }

    [Fact]
    public void Neither_the_timer_nor_the_collector_keeps_a_manager_alive_that_nobody_has_disposed()
    {
        WeakReference forgotten = Forgotten();
        Collect(() => !forgotten.IsAlive, 50);
        Assert.False(forgotten.IsAlive);
        _clock.Advance();
        Assert.Equal(0, _clock.Timers);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference Forgotten()
    {
        WorkspaceManager manager = Make(new WorkspaceManagerConfiguration());
        Workspace a = manager.LeasePooled(new() { Name = "a" });
        a.EndLeaseOf(a.LeaseSerial);
        Assert.Equal(1, _clock.Timers);
        return new WeakReference(manager);
    }

    private static void Collect(Func<bool> isDone, int most)
    {
        for (int i = 0; i < most && !isDone(); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            SpinWait.SpinUntil(isDone, millisecondsTimeout: 20); // the work that the finalizer queued runs on the pool
        }
    }

    private WorkspaceManager Make(WorkspaceManagerConfiguration configuration) =>
        new(configuration, null, null, shapesOnly: false, new ManagerSurroundings(_clock, _files, _pages));

    private void Fullness(double part) => _files["/proc/meminfo"] = $"MemTotal: 1000 kB\nMemAvailable: {(int)Math.Round((1 - part) * 1000)} kB\n";

    private void Run(WorkspaceConfiguration configuration, int mebi)
    {
        using Workspace workspace = _manager.Lease(configuration);
        using Pass pass = workspace.Enter();
        RawBlock.From(workspace, mebi * Mebi);
    }
}
