using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Tracking;

namespace Workspaces.Tests.Memory;

/// <summary>Leases that are ambient nowhere, whose owner allocates in frames of its own.</summary>
public sealed class DetachedLeaseTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    [Fact]
    public void Nothing_becomes_ambient_and_nothing_that_was_ends()
    {
        using Workspace step = _manager.Lease(new());
        using Pass pass = step.Enter();
        Frame? ambient = Ambient.Current;
        Workspace data = _manager.LeaseDetached(new() { Name = "data" });
        Assert.Same(ambient, Ambient.Current);
        data.Restart(data.NewDetachedFrame());
        Assert.Same(ambient, Ambient.Current);
        data.Dispose();
        Assert.Same(ambient, Ambient.Current);
        Assert.Equal(WorkspaceState.Closed, data.State);
        Assert.DoesNotContain(_manager.Findings, static finding => finding.Severity != FindingSeverity.Information);
    }

    [Fact]
    public void Frames_end_with_the_lease_and_serve_the_next_one()
    {
        Workspace data = _manager.LeaseDetached(new() { Name = "data" });
        Frame a = data.NewDetachedFrame(), b = data.NewDetachedFrame();
        Assert.NotSame(a, b);
        data.Restart(a);
        RawBlock block = RawBlock.From(a, 100);
        data.Dispose();
        Assert.False(block.IsAlive);
        Assert.False(a.IsOpen);
        Assert.Throws<ObjectDisposedException>(() => data.Restart(a));
        Assert.Throws<ObjectDisposedException>(() => data.NewDetachedFrame());
        using Workspace again = _manager.LeaseDetached(new() { Name = "data" });
        Assert.Same(data, again);
        Assert.Same(a, again.NewDetachedFrame());
        again.Restart(a);
        Assert.False(block.IsAlive);
    }

    [Fact]
    public void An_open_detached_lease_keeps_no_persistent_bytes_from_reuse()
    {
        using Workspace data = _manager.LeaseDetached(new() { Name = "data" });
        data.Restart(data.NewDetachedFrame());
        RawBlock first = RawBlock.From(_manager.Persistent.State, 1000);
        first.Release();
        Assert.Equal(first.Address, RawBlock.From(_manager.Persistent.State, 1000).Address);
    }

    [Fact]
    public void The_same_name_is_ambient_again_when_leased_so()
    {
        _manager.LeaseDetached(new() { Name = "data" }).Dispose();
        using Workspace data = _manager.Lease(new() { Name = "data" });
        Assert.Same(data, Ambient.Current!.Workspace);
        RawBlock first = RawBlock.From(_manager.Persistent.State, 1000);
        using (data.Enter())
        {
            first.Release();
            Assert.NotEqual(first.Address, RawBlock.From(_manager.Persistent.State, 1000).Address);
        }
    }
}
