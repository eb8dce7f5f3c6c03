using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Tests.Memory;

namespace Workspaces.Tests.Review;

/// <summary>What a flow has of a pass or lease that another flow has ended: an error while inside, nothing after it, and never the pass of another.</summary>
public sealed class DisposedElsewhereTests
{
    [Fact]
    public void A_flow_whose_manager_was_disposed_elsewhere_is_free_once_it_disposes_its_lease() => Outside.Run(() =>
    {
        var manager = new WorkspaceManager();
        Workspace workspace = manager.Lease(new() { Name = "lost" });
        Outside.Run(manager.Dispose);
        Assert.Throws<StaleAccessException>(() => Ambient.Current);
        workspace.Dispose();
        Assert.Null(Ambient.Current);
        AssertThatANewLeaseIsAmbientToItsEnd();
    });

    [Fact]
    public void A_thread_whose_pass_was_ended_and_its_workspace_leased_again_is_free_once_it_disposes_the_pass() => Outside.Run(() =>
    {
        using var manager = new WorkspaceManager();
        var configuration = new WorkspaceConfiguration { Name = "again" };
        Workspace workspace = Outside.Run(() => manager.Lease(configuration))!;
        ThreadPass pass = workspace.EnterOnThread();
        Outside.Run(() =>
        {
            workspace.Dispose();
            using Workspace next = manager.Lease(configuration);
            using ThreadPass other = next.EnterOnThread();
        });
        pass.Dispose();
        Assert.Null(Ambient.Current);
        AssertThatANewLeaseIsAmbientToItsEnd();
    });

    [Fact]
    public void A_flow_that_leaves_an_inner_lease_is_not_led_into_a_pass_that_another_flow_has_on_the_outer_frame() => Outside.Run(() =>
    {
        using var manager = new WorkspaceManager();
        var configuration = new WorkspaceConfiguration { Name = "outer" };
        Workspace outer = manager.Lease(configuration);
        Outside.Run(outer.Dispose);
        Workspace inner = manager.Lease(new() { Name = "inner" });
        Workspace theirs = Outside.Run(() => manager.Lease(configuration))!;
        inner.Dispose();
        Assert.Throws<StaleAccessException>(() => Ambient.Current);
        Assert.Null(Ambient.InnermostOpen);
        Outside.Run(theirs.Dispose);
        outer.Dispose();
        Assert.Null(Ambient.Current);
        AssertThatANewLeaseIsAmbientToItsEnd();
    });

    private static void AssertThatANewLeaseIsAmbientToItsEnd()
    {
        using var manager = new WorkspaceManager();
        Workspace workspace = manager.Lease(new() { Name = "new" });
        Assert.Same(workspace, Ambient.Current!.Workspace);
        using (workspace.Enter()) Assert.Same(workspace, Ambient.Current!.Workspace);
        using (workspace.EnterOnThread()) Assert.Same(workspace, Ambient.Current!.Workspace);
        workspace.Dispose();
        Assert.Null(Ambient.Current);
    }
}
