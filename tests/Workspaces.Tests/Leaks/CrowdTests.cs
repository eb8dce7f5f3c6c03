using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Memory.Tracking;
using Workspaces.Tensors;

namespace Workspaces.Tests.Leaks;

/// <summary>Misuse 4: too many workspaces; and what keeps them alive: handlers that are added and never removed.</summary>
public sealed class CrowdTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    [Fact]
    public void Many_open_workspaces_are_told_at_64_128_and_so_on_with_the_names_that_most_have()
    {
        var open = new Stack<Workspace>();
        for (int i = 0; i < 200; i++) open.Push(_manager.Lease(new() { Name = i % 4 == 0 ? "model" : "request" }));
        while (open.TryPop(out Workspace? workspace)) workspace.Dispose();
        Finding[] findings = Crowds();
        Assert.Equal(2, findings.Length);
        Assert.Contains("48 of 'request', 16 of 'model'", findings[0].Text, StringComparison.Ordinal);
        Assert.Contains("64 are open at once", findings[0].Text, StringComparison.Ordinal);
        Assert.Contains("WorkspacePool", findings[0].Text, StringComparison.Ordinal);
        Assert.Contains("128 are open at once", findings[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pool_is_as_large_as_it_says()
    {
        using var pool = new WorkspacePool(_manager, new() { Name = "pool" }, capacity: 100);
        WorkspaceLease[] leases = [.. Enumerable.Range(0, 100).Select(_ => pool.Rent())];
        foreach (WorkspaceLease lease in leases) lease.Dispose();
        Assert.Empty(Crowds());
        Assert.Equal(0, _manager.Leaks.LiveWorkspaces);
    }

    [Fact]
    public void The_limit_throws_and_is_a_finding_as_well()
    {
        using var manager = new WorkspaceManager(new() { MaxWorkspaces = 2 });
        using Workspace first = manager.Lease(new() { Name = "first" }), second = manager.Lease(new() { Name = "second" });
        for (int i = 0; i < 2; i++) Assert.Throws<WorkspaceException>(() => manager.Lease(new()));
        Finding finding = Assert.Single(manager.Findings, static finding => finding.Code == FindingCodes.TooManyWorkspaces);
        Assert.Contains("2 are open and Workspaces:Manager:MaxWorkspaces is 2", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_for_each_request_is_reported()
    {
        for (int i = 0; i < 256; i++) _manager.Lease(new() { Name = $"request-{i}" }).Dispose();
        Finding finding = Assert.Single(Crowds());
        Assert.Equal("request-255", finding.Workspace);
        Assert.Contains("256 names are kept", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Leases_one_after_the_other_are_no_crowd()
    {
        for (int i = 0; i < 300; i++) _manager.Lease(new()).Dispose();
        for (int i = 0; i < 300; i++) _manager.Lease(new() { Name = "same" }).Dispose();
        Assert.Empty(Crowds());
    }

    [Fact]
    public void Observers_that_are_added_for_every_workspace_and_never_removed_are_reported()
    {
        var seen = new Counting();
        _manager.AddObserver(seen);
        for (int i = 0; i < 20; i++)
        {
            using Workspace workspace = _manager.Lease(new() { Name = "watched" });
            _manager.AddObserver(new Counting { Watched = workspace });
        }

        Finding finding = Assert.Single(_manager.Findings, static finding => finding.Code == FindingCodes.HandlersPileUp);
        Assert.Contains("16 are registered", finding.Text, StringComparison.Ordinal);
        Assert.Contains("RemoveObserver", finding.Text, StringComparison.Ordinal);
        Assert.Equal(1, seen.Count);
    }

    [Fact]
    public void Observers_that_are_removed_again_are_not()
    {
        for (int i = 0; i < 40; i++)
        {
            var observer = new Counting();
            _manager.AddObserver(observer);
            _manager.RemoveObserver(observer);
        }

        Assert.Empty(_manager.Findings);
    }

    [Fact]
    public void Gradient_hooks_that_a_step_adds_and_never_removes_are_reported_with_the_tensor()
    {
        using Workspace workspace = _manager.Lease(new() { Name = "hooks" });
        Tensor weight = Tensor.Ones([2]).Named("weight").RequireGrad();
        for (int i = 0; i < 70; i++) weight.OnGradient(static _ => { });
        Finding finding = Assert.Single(_manager.Findings, static finding => finding.Code == FindingCodes.HandlersPileUp);
        Assert.Equal("hooks", finding.Workspace);
        Assert.Contains("'weight'", finding.Text, StringComparison.Ordinal);
    }

    private Finding[] Crowds() => [.. _manager.Findings.Where(static finding => finding.Code == FindingCodes.TooManyWorkspaces)];

    private sealed class Counting : IWorkspaceObserver
    {
        public Workspace? Watched { get; init; }

        public int Count { get; private set; }

        public void OnFinding(Finding finding) => Count++;
    }
}
