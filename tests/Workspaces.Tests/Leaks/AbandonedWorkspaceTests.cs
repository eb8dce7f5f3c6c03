using System.Runtime.CompilerServices;
using Workspaces.Memory;
using Workspaces.Memory.Tracking;
using Workspaces.Tests.Memory;

namespace Workspaces.Tests.Leaks;

/// <summary>Misuse 1: a workspace that is not closed. The collector finds out that nobody can reach it; nothing is freed.</summary>
public sealed unsafe class AbandonedWorkspaceTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    [Fact]
    public void A_workspace_that_nobody_can_reach_is_reported_with_name_and_remedy()
    {
        Forget("lost");
        Finding finding = Assert.Single(NotClosed());
        Assert.Equal(("lost", FindingSeverity.Warning), (finding.Workspace, finding.Severity));
        Assert.Contains("nobody can reach it any more after 2 passes", finding.Text, StringComparison.Ordinal);
        Assert.Contains("Remedy: dispose it", finding.Text, StringComparison.Ordinal);
        Assert.Equal((0, 1), (_manager.Leaks.LiveWorkspaces, _manager.Leaks.LeakedWorkspaces));
    }

    [Fact]
    public void Its_pages_stay_because_a_span_may_lie_in_them()
    {
        nint address = Forget("pages");
        Assert.Single(NotClosed());
        Assert.Equal(7, *(byte*)address);
        Assert.True(_manager.Memory.Committed > 0);
    }

    [Fact]
    public void It_is_reported_once_and_ends_with_its_manager()
    {
        Forget("once");
        Assert.Single(NotClosed());
        Assert.Single(NotClosed());
        _manager.Dispose();
        Assert.Contains(_manager.Findings, static finding => finding.Code == FindingCodes.LeaseNotDisposed && finding.Workspace == "once");
        Assert.Equal((0, 0), (_manager.Leaks.LiveWorkspaces, _manager.Leaks.LeakedWorkspaces));
        Assert.Equal(0, _manager.Memory.Committed);
    }

    [Fact]
    public void An_abandoned_pass_is_part_of_it()
    {
        Outside.Run(() =>
        {
            _manager.Lease(new() { Name = "open" }).Enter();
        });
        Assert.Equal("open", Assert.Single(NotClosed()).Workspace);
    }

    [Fact]
    public void Observers_are_told_although_no_pass_ends()
    {
        using var told = new ManualResetEventSlim();
        _manager.AddObserver(new Watcher(finding =>
        {
            if (finding.Code == FindingCodes.WorkspaceNotClosed) told.Set();
        }));
        Forget("told");
        Assert.Single(NotClosed());
        Assert.True(told.Wait(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void A_closed_one_and_one_that_a_tensor_or_a_closure_can_reach_are_not()
    {
        Outside.Run(() => _manager.Lease(new() { Name = "closed" }).Dispose());
        Outside.Run(() => _manager.Lease(new()).Dispose());
        Block held = Outside.Run(() => _manager.Lease(new() { Name = "held" }).MemoryManager.Allocate(64));
        Workspace kept = Outside.Run(() => _manager.Lease(new() { Name = "kept" }))!;
        Func<long> closure = () => kept.PassCount;
        Assert.Empty(NotClosed());
        Assert.True(held.IsAlive);
        Assert.Equal(1, closure());
        Assert.Equal((2, 0), (_manager.Leaks.LiveWorkspaces, _manager.Leaks.LeakedWorkspaces));
    }

    [Fact]
    public void One_with_files_waits_for_its_manager_because_the_collector_would_close_them()
    {
        Outside.Run(() =>
        {
            _manager.Lease(new() { Name = "files", MaxSize = 1 << 20 });
        });
        Assert.Empty(NotClosed());
        _manager.Dispose();
        Assert.Contains(_manager.Findings, static finding => finding.Code == FindingCodes.LeaseNotDisposed && finding.Workspace == "files");
    }

    [Fact]
    public void A_whole_manager_that_is_forgotten_disturbs_nobody()
    {
        WeakReference<WorkspaceManager> manager = ForgetManager();
        for (int i = 0; i < 6; i++) Collect();
        Assert.False(manager.TryGetTarget(out _));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference<WorkspaceManager> ForgetManager() => Outside.Run(static () =>
    {
        var manager = new WorkspaceManager(new WorkspaceManagerConfiguration { TrimSeconds = 0 });
        manager.Lease(new() { Name = "inside" });
        return new WeakReference<WorkspaceManager>(manager);
    })!;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private nint Forget(string name) => Outside.Run(() =>
    {
        Workspace workspace = _manager.Lease(new() { Name = name });
        RawBlock block = RawBlock.From(workspace, 4096);
        block.Fill(7);
        using (workspace.Enter()) workspace.MemoryManager.Allocate(64);
        return (nint)block.Address;
    });

    private List<Finding> NotClosed()
    {
        Collect();
        return [.. _manager.Findings.Where(static finding => finding.Code == FindingCodes.WorkspaceNotClosed)];
    }

    private static void Collect()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private sealed class Watcher(Action<Finding> told) : IWorkspaceObserver
    {
        public void OnFinding(Finding finding) => told(finding);
    }
}
