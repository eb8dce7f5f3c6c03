using Workspaces.Memory;
using Workspaces.Memory.Passes;

namespace Workspaces.Tests.Memory;

/// <summary>Create, Enter, Dispose: nesting, states, errors. Order of disposal has its own class.</summary>
public sealed class PassTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    [Fact]
    public void A_lease_is_ambient_from_create_to_dispose()
    {
        Assert.Null(Ambient.Current);
        Workspace workspace = _manager.Lease(new() { Name = "step" });
        Assert.Same(workspace, Ambient.Current?.Workspace);
        Assert.Equal(WorkspaceState.Learning, workspace.State);
        workspace.Dispose();
        Assert.Null(Ambient.Current);
        Assert.Equal(WorkspaceState.Closed, workspace.State);
    }

    [Fact]
    public void A_block_lives_to_the_end_of_the_pass_it_was_made_in()
    {
        using Workspace workspace = _manager.Lease(new());
        Block outer = workspace.MemoryManager.Allocate(100);
        Block inner, innermost;
        using (workspace.Enter())
        {
            inner = workspace.MemoryManager.Allocate(100);
            using (workspace.Enter())
            {
                innermost = workspace.MemoryManager.Allocate(100);
                Assert.True(outer.IsAlive && inner.IsAlive && innermost.IsAlive);
            }

            Assert.True(outer.IsAlive && inner.IsAlive);
            Assert.False(innermost.IsAlive);
        }

        Assert.True(outer.IsAlive);
        Assert.False(inner.IsAlive);
    }

    [Fact]
    public void Nested_passes_of_any_depth_keep_their_bytes_apart()
    {
        using Workspace workspace = _manager.Lease(new());
        var passes = new Stack<Pass>();
        var blocks = new List<RawBlock>();
        for (int depth = 0; depth < 20; depth++)
        {
            passes.Push(workspace.Enter());
            blocks.Add(RawBlock.From(workspace, 1000));
            blocks[^1].Fill((byte)depth);
        }

        while (passes.Count > 0)
        {
            for (int i = 0; i < passes.Count; i++) Assert.True(blocks[i].IsFilledWith((byte)i));
            passes.Pop().Dispose();
            for (int i = 0; i < blocks.Count; i++) Assert.Equal(i < passes.Count, blocks[i].IsAlive);
        }
    }

    [Fact]
    public void An_exception_in_a_pass_leaves_everything_as_it_was()
    {
        using Workspace workspace = _manager.Lease(new());
        Frame? before = Ambient.Current;
        for (int i = 0; i < 5; i++)
        {
            Block block = default;
            Assert.Throws<DivideByZeroException>((Action)(() =>
            {
                using Pass outer = workspace.Enter();
                using Pass inner = workspace.Enter();
                block = workspace.MemoryManager.Allocate(1 << 20);
                throw new DivideByZeroException();
            }));
            Assert.False(block.IsAlive);
            Assert.Same(before, Ambient.Current);
            Assert.Equal(0, workspace.Memory.Allocated);
        }

        Assert.Empty(_manager.Findings);
        Assert.Equal(11, workspace.PassCount);
    }

    [Fact]
    public void Disposing_a_pass_twice_does_nothing_the_second_time()
    {
        using Workspace workspace = _manager.Lease(new());
        Pass first = workspace.Enter();
        Pass copy = first;
        first.Dispose();
        Assert.False(copy.IsOpen);
        using Pass second = workspace.Enter();
        Block block = workspace.MemoryManager.Allocate(8);
        first.Dispose();
        copy.Dispose();
        Assert.True(second.IsOpen);
        Assert.True(block.IsAlive);
        Assert.Equal(second.Workspace, Ambient.Current!.Workspace);
    }

    [Fact]
    public void A_copy_of_a_pass_names_the_same_pass()
    {
        using Workspace workspace = _manager.Lease(new());
        Pass pass = workspace.Enter();
        Pass copy = pass;
        Block block = workspace.MemoryManager.Allocate(8);
        copy.Dispose();
        Assert.False(pass.IsOpen);
        Assert.False(block.IsAlive);
        pass.Dispose();
        Assert.Empty(_manager.Findings);
    }

    [Fact]
    public void A_default_pass_throws_and_its_dispose_does_nothing()
    {
        Pass none = default;
        Assert.False(none.IsOpen);
        none.Dispose();
        Assert.Throws<StaleAccessException>(() => none.Workspace);
        Assert.Throws<StaleAccessException>(() => none.Fork(2));
        Assert.Throws<StaleAccessException>(() => none.Mark());
        Assert.Throws<StaleAccessException>(() => none.Rewind(default));
        Lanes lanes = default;
        lanes.Dispose();
        Assert.Throws<StaleAccessException>(() => lanes.Enter(0));
        ThreadPass threadPass = default;
        threadPass.Dispose();
    }

    [Fact]
    public void A_pass_that_has_ended_refuses_everything()
    {
        using Workspace workspace = _manager.Lease(new());
        Pass pass = workspace.Enter();
        PassMark mark = pass.Mark();
        pass.Dispose();
        Assert.Same(workspace, pass.Workspace);
        Assert.Throws<StaleAccessException>(() => pass.Fork(2));
        Assert.Throws<StaleAccessException>(() => pass.Mark());
        Assert.Throws<StaleAccessException>(() => pass.Rewind(mark));
    }

    [Fact]
    public void Enter_on_a_disposed_workspace_says_how_to_get_it_back()
    {
        Workspace workspace = _manager.Lease(new() { Name = "gone" });
        workspace.Dispose();
        workspace.Dispose();
        ObjectDisposedException error = Assert.Throws<ObjectDisposedException>(() => workspace.Enter());
        Assert.Contains("gone", error.Message, StringComparison.Ordinal);
        Assert.Contains("WorkspaceManager.Create", error.Message, StringComparison.Ordinal);
        Assert.Throws<ObjectDisposedException>(() => { workspace.EnterOnThread(); });
        Assert.Throws<ObjectDisposedException>(() => workspace.MemoryManager.Allocate(1));
        Assert.Null(Ambient.Current);
    }

    [Fact]
    public void Enter_from_another_flow_names_the_remedy()
    {
        using Workspace workspace = _manager.Lease(new() { Name = "shared" });
        using Pass pass = workspace.Enter();
        WorkspaceException? error = Outside.Run(() => Assert.Throws<WorkspaceException>(() => workspace.Enter()));
        Assert.Contains("lease", error!.Remedy, StringComparison.Ordinal);
        Assert.Contains("Fork", error.Remedy, StringComparison.Ordinal);
        Assert.Contains("shared", error.Message, StringComparison.Ordinal);
        Assert.True(pass.IsOpen);
    }

    [Fact]
    public void Enter_from_a_task_inside_the_root_while_a_pass_is_open_elsewhere_is_refused()
    {
        using Workspace workspace = _manager.Lease(new());
        using var entered = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        Task other = Task.Run(() =>
        {
            using Pass pass = workspace.Enter();
            entered.Set();
            leave.Wait();
        });
        entered.Wait();
        Assert.Throws<WorkspaceException>(() => workspace.Enter());
        leave.Set();
        Outside.Join(other);
        using Pass mine = workspace.Enter();
    }

    [Fact]
    public void Disposing_a_workspace_closes_its_open_passes_and_reports_them()
    {
        Workspace workspace = _manager.Lease(new() { Name = "open" });
        Pass outer = workspace.Enter();
        Pass inner = workspace.Enter();
        Block block = workspace.MemoryManager.Allocate(8);
        workspace.Dispose();
        Assert.False(outer.IsOpen || inner.IsOpen || block.IsAlive);
        Assert.Null(Ambient.Current);
        Assert.Equal(2, _manager.Findings.Count(f => f.Code == "WSF001"));
        inner.Dispose();
        outer.Dispose();
    }

    [Fact]
    public void Disposing_the_manager_ends_open_leases_and_reports_them()
    {
        var manager = new WorkspaceManager();
        Workspace workspace = manager.Lease(new() { Name = "late" });
        Pass pass = workspace.Enter();
        Block block = workspace.MemoryManager.Allocate(8);
        manager.Dispose();
        manager.Dispose();
        Assert.False(block.IsAlive || pass.IsOpen);
        Assert.Equal(WorkspaceState.Closed, workspace.State);
        Assert.Single(manager.Findings, f => f.Code == "WSF004" && f.Workspace == "late");
        Assert.Throws<StaleAccessException>(() => block.Length);
        Assert.Throws<ObjectDisposedException>(() => workspace.Enter());
        Assert.Throws<ObjectDisposedException>(() => manager.Lease(new()));
        workspace.Dispose();
        pass.Dispose();
        Assert.Null(Ambient.Current);
        Assert.Equal(0, manager.Memory.Committed);
        Assert.Equal(0, manager.Memory.Free);
    }

    [Fact]
    public void Rewinding_kills_what_was_made_since_the_mark_and_nothing_else()
    {
        using Workspace workspace = _manager.Lease(new());
        using Pass pass = workspace.Enter();
        RawBlock early = RawBlock.From(workspace, 1000);
        early.Fill(1);
        PassMark mark = pass.Mark();
        for (int round = 0; round < 50; round++)
        {
            RawBlock late = RawBlock.From(workspace, 5000);
            Block exposed = workspace.MemoryManager.Allocate(700);
            Span<byte> span = exposed.AsSpan();
            span.Fill(9);
            late.Fill(2);
            pass.Rewind(mark);
            Assert.False(late.IsAlive || exposed.IsAlive);
            RawBlock.From(workspace, 5000).Fill(3);
            pass.Rewind(mark);
            Assert.False(span.ContainsAnyExcept((byte)9)); // a span cannot be revoked: its bytes stay to the end of the pass
        }

        pass.Rewind(mark);
        Assert.True(early.IsFilledWith(1));
        Assert.Equal(1024, workspace.Memory.Allocated);
        Assert.True(workspace.PeakBytes < 10_000 + (50 * 704));
    }

    [Fact]
    public void A_mark_of_another_pass_is_refused()
    {
        using Workspace workspace = _manager.Lease(new());
        PassMark old;
        using (Pass first = workspace.Enter()) old = first.Mark();
        using Pass pass = workspace.Enter();
        Block block = workspace.MemoryManager.Allocate(8);
        Assert.Throws<WorkspaceException>(() => pass.Rewind(old));
        Assert.Throws<WorkspaceException>(() => pass.Rewind(default));
        Assert.True(block.IsAlive);
    }

    [Fact]
    public void A_workspace_is_re_entered_inside_another_one_as_a_nested_pass()
    {
        using Workspace a = _manager.Lease(new() { Name = "a" });
        using Workspace b = _manager.Lease(new() { Name = "b" });
        using Pass outer = a.Enter();
        RawBlock first = RawBlock.From(a, 256);
        first.Fill(7);
        using (Pass middle = b.Enter())
        {
            RawBlock second = RawBlock.From(b, 256);
            second.Fill(8);
            using (Pass inner = a.Enter())
            {
                Assert.Same(a, Ambient.Current!.Workspace);
                RawBlock third = RawBlock.From(a, 256);
                third.Fill(9);
                Assert.True(first.IsFilledWith(7) && second.IsFilledWith(8));
                Assert.NotSame(first.Header.Frame, third.Header.Frame);
            }

            Assert.Same(b, Ambient.Current!.Workspace);
            Assert.True(first.IsAlive && second.IsAlive);
        }

        Assert.Same(a, Ambient.Current!.Workspace);
        Assert.True(first.IsFilledWith(7));
        Assert.Empty(_manager.Findings);
    }
}
