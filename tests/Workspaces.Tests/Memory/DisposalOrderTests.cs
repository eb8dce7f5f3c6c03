using Workspaces.Memory;
using Workspaces.Memory.Passes;

namespace Workspaces.Tests.Memory;

/// <summary>Scopes closed in another order than last in, first out, in one workspace and over several.</summary>
public sealed class DisposalOrderTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    [Fact]
    public void Closing_an_outer_pass_closes_the_inner_ones_of_its_workspace()
    {
        using Workspace workspace = _manager.Lease(new());
        Frame? before = Ambient.Current;
        Pass outer = workspace.Enter(), middle = workspace.Enter(), inner = workspace.Enter();
        Block block = workspace.MemoryManager.Allocate(8);
        outer.Dispose();
        Assert.False(outer.IsOpen || middle.IsOpen || inner.IsOpen || block.IsAlive);
        Assert.Same(before, Ambient.Current);
        Assert.Equal(2, ClosedOutOfOrder);
        inner.Dispose();
        middle.Dispose();
        Assert.Same(before, Ambient.Current);
        Assert.Equal(2, ClosedOutOfOrder);
        using Pass next = workspace.Enter();
        Assert.True(workspace.MemoryManager.Allocate(8).IsAlive);
    }

    [Fact]
    public void Closing_an_outer_pass_closes_the_passes_of_other_workspaces_inside_it()
    {
        using Workspace a = _manager.Lease(new() { Name = "a" });
        using Workspace b = _manager.Lease(new() { Name = "b" });
        Frame? before = Ambient.Current;
        Pass inA = a.Enter(), inB = b.Enter();
        Block ofA = a.MemoryManager.Allocate(8), ofB = b.MemoryManager.Allocate(8);
        inA.Dispose();
        Assert.False(inA.IsOpen || inB.IsOpen || ofA.IsAlive || ofB.IsAlive);
        Assert.Same(before, Ambient.Current);
        Assert.Equal(1, ClosedOutOfOrder);
        inB.Dispose();
        Assert.Same(before, Ambient.Current);
        Assert.Equal(1, ClosedOutOfOrder);
        using (b.Enter())
        using (a.Enter())
            Assert.Same(a, Ambient.Current!.Workspace);
        Assert.Same(before, Ambient.Current);
    }

    [Fact]
    public void Closing_the_outer_of_two_passes_of_one_workspace_closes_what_lies_between_them()
    {
        using Workspace a = _manager.Lease(new() { Name = "a" });
        using Workspace b = _manager.Lease(new() { Name = "b" });
        Frame? before = Ambient.Current;
        Pass outer = a.Enter(), middle = b.Enter(), inner = a.Enter();
        outer.Dispose();
        Assert.False(outer.IsOpen || middle.IsOpen || inner.IsOpen);
        Assert.Same(before, Ambient.Current);
        Assert.Equal(2, ClosedOutOfOrder);
    }

    [Fact]
    public void Closing_an_outer_pass_on_its_thread_closes_the_inner_ones()
    {
        using Workspace a = _manager.Lease(new() { Name = "a" });
        using Workspace b = _manager.Lease(new() { Name = "b" });
        Frame? before = Ambient.Current;
        ThreadPass inA = a.EnterOnThread();
        ThreadPass inB = b.EnterOnThread();
        inA.Dispose();
        Assert.False(inA.Pass.IsOpen || inB.Pass.IsOpen);
        Assert.Same(before, Ambient.Current);
        inB.Dispose();
        Assert.Same(before, Ambient.Current);
        Assert.False(Ambient.IsOnThread);
    }

    [Fact]
    public void A_lease_whose_outer_lease_ended_first_says_so()
    {
        Workspace a = _manager.Lease(new() { Name = "a" });
        Workspace b = _manager.Lease(new() { Name = "b" });
        Block ofB = b.MemoryManager.Allocate(8);
        a.Dispose();
        Assert.Null(Ambient.Current);
        Assert.False(ofB.IsAlive);
        Assert.Equal(1, ClosedOutOfOrder);
        WorkspaceException error = Assert.ThrowsAny<WorkspaceException>(() => b.Enter());
        Assert.DoesNotContain("another flow", error.Message, StringComparison.Ordinal);
        Assert.ThrowsAny<WorkspaceException>(() => b.MemoryManager.Allocate(8));
        b.Dispose();
        Assert.Null(Ambient.Current);
        using Workspace again = _manager.Lease(new() { Name = "b" });
        using Pass pass = again.Enter();
        Assert.True(again.MemoryManager.Allocate(8).IsAlive);
    }

    [Fact]
    public void A_pass_disposed_in_an_async_callee_gives_the_caller_its_outer_pass_back()
    {
        using Workspace workspace = _manager.Lease(new());
        Frame? before = Ambient.Current;
        Pass pass = workspace.Enter();
        Outside.Join(CloseLater(pass));
        Assert.False(pass.IsOpen);
        pass.Dispose();
        Assert.Same(before, Ambient.Current);
        using Pass next = workspace.Enter();

        static async Task CloseLater(Pass pass)
        {
            pass.Dispose();
            await Task.Yield();
        }
    }

    [Fact]
    public void An_inner_pass_disposed_on_another_thread_does_not_strand_this_flow()
    {
        using Workspace a = _manager.Lease(new() { Name = "a" });
        using Workspace b = _manager.Lease(new() { Name = "b" });
        Frame? before = Ambient.Current;
        Pass outer = a.Enter();
        Pass inner = b.Enter();
        Outside.Run(inner.Dispose);
        Assert.Throws<StaleAccessException>(() => Ambient.Current);
        inner.Dispose();
        Assert.Same(a, Ambient.Current!.Workspace);
        outer.Dispose();
        Assert.Same(before, Ambient.Current);
    }

    [Fact]
    public void A_thread_pass_closed_elsewhere_does_not_strand_its_thread()
    {
        using Workspace workspace = _manager.Lease(new());
        Frame? before = Ambient.Current;
        ThreadPass pass = workspace.EnterOnThread();
        Pass inner = pass.Pass;
        Outside.Run(inner.Dispose);
        Assert.Throws<StaleAccessException>(() => Ambient.Current);
        pass.Dispose();
        Assert.Same(before, Ambient.Current);
        Assert.False(Ambient.IsOnThread);
    }

    [Fact]
    public void A_pass_of_another_flow_is_not_taken_for_the_outer_one_it_replaced()
    {
        using Workspace a = _manager.Lease(new() { Name = "a" });
        using Workspace b = _manager.Lease(new() { Name = "b" });
        using var entered = new ManualResetEventSlim();
        using var replaced = new ManualResetEventSlim();
        Pass first = a.Enter();
        Task inside = Task.Run(() =>
        {
            using Pass pass = b.Enter();
            entered.Set();
            replaced.Wait();
            Assert.Throws<WorkspaceException>(() => a.Enter());
        });
        entered.Wait();
        first.Dispose();
        using Pass second = a.Enter();
        replaced.Set();
        Outside.Join(inside);
    }

    private int ClosedOutOfOrder => _manager.Findings.Count(f => f.Code == "WSF001");
}
