using Workspaces.Memory;
using Workspaces.Memory.Tracking;

namespace Workspaces.Tests.Memory;

/// <summary>Observers run outside every lock: they may use workspaces, and their failures change nothing.</summary>
public sealed class ObserverTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    [Fact]
    public void An_observer_may_create_workspaces_allocate_and_trim()
    {
        var seen = new List<string>();
        _manager.AddObserver(new Watcher(finding =>
        {
            seen.Add(finding.Code);
            using Workspace own = _manager.Lease(new() { Name = "observer" });
            using Pass pass = own.Enter();
            Assert.True(own.MemoryManager.Allocate(1000).IsAlive);
            Outside.Run(() => _manager.Trim()); // a lock held by this thread would block the other one
            Outside.Run(() => _manager.Memory);
        }));
        Misuse("watched");
        Assert.Contains(FindingCodes.ClosedOutOfOrder, seen);
        Assert.Contains(FindingCodes.LaneNotJoined, seen);
        Assert.Contains(FindingCodes.OpInFlightAtEnd, seen);
    }

    [Fact]
    public void An_observer_that_throws_stops_neither_the_core_nor_other_observers()
    {
        var seen = new List<string>();
        var failing = new Watcher(_ => throw new InvalidOperationException("from an observer"));
        _manager.AddObserver(failing);
        _manager.AddObserver(new Watcher(finding => seen.Add(finding.Code)));
        Misuse("thrown");
        Assert.Contains(FindingCodes.ClosedOutOfOrder, seen);
        using Workspace workspace = _manager.Lease(new() { Name = "thrown" });
        Assert.Equal(0, workspace.Memory.Allocated);
        Assert.True(workspace.MemoryManager.Allocate(8).IsAlive);
    }

    [Fact]
    public void Each_finding_is_delivered_once_and_not_after_removal()
    {
        var seen = new List<Finding>();
        var watcher = new Watcher(seen.Add);
        _manager.AddObserver(watcher);
        Misuse("once");
        Assert.Equal(_manager.Findings, seen);
        int before = seen.Count;
        _manager.RemoveObserver(watcher);
        Misuse("once");
        Assert.Equal(before, seen.Count);
        Assert.Throws<ArgumentNullException>(() => _manager.AddObserver(null!));
    }

    [Fact]
    public void The_last_findings_are_kept_and_have_four_parts()
    {
        using Workspace workspace = _manager.Lease(new() { Name = "many" });
        for (int i = 0; i < 300; i++)
        {
            Pass outer = workspace.Enter();
            workspace.Enter();
            outer.Dispose();
        }

        Assert.Equal(256, _manager.Findings.Count);
        Assert.All(_manager.Findings, finding =>
        {
            Assert.Matches("^Cannot .+, asked by .+: .+\\. Remedy: .+\\.$", finding.Text);
            Assert.Equal("many", finding.Workspace);
        });
    }

    [Fact]
    public void Defaults_have_nothing_to_say()
    {
        for (int i = 0; i < 3; i++) _manager.Lease(new() { Name = "plain" }).Dispose();
        Assert.Empty(_manager.Findings);
    }

    private void Misuse(string name)
    {
        using Workspace workspace = _manager.Lease(new() { Name = name });
        Pass outer = workspace.Enter();
        workspace.Enter();
        Workspaces.Memory.Passes.Frame frame = RawBlock.From(workspace, 8).Header.Frame;
        frame.BeginOp();
        outer.Dispose();
        frame.EndOp();
        using Pass pass = workspace.Enter();
        Lanes lanes = pass.Fork(1);
        Outside.Run(() => lanes.Enter(0));
        lanes.Dispose();
    }

    private sealed class Watcher(Action<Finding> told) : IWorkspaceObserver
    {
        public void OnFinding(Finding finding) => told(finding);
    }
}
