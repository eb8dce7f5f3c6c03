using Workspaces.Memory;
using Workspaces.Memory.Allocators;
using Workspaces.Memory.Passes;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.Memory;

namespace Workspaces.Tests.Allocators;

/// <summary>The allocator of a flow: which memory comes from it, how it flows, and that every block goes back to where it came from.</summary>
public sealed class AllocatorScopeTests : IDisposable
{
    private static readonly WorkspaceConfiguration None = new() { Name = "none", WorkspaceMode = WorkspaceMode.None };
    private readonly StatisticsAllocator _a = new(new NativeAllocator()), _b = new(new PinnedAllocator());

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
    }

    [Fact]
    public void Scopes_nest_and_end_in_reverse_order()
    {
        Assert.Null(AllocatorScope.Current);
        using (AllocatorScope.Use(_a))
        {
            Assert.Same(_a, AllocatorScope.Current);
            using (AllocatorScope inner = AllocatorScope.Use(_b)) Assert.Same(inner.Allocator, AllocatorScope.Current);
            Assert.Same(_a, AllocatorScope.Current);
        }

        Assert.Null(AllocatorScope.Current);
        Assert.Throws<ArgumentNullException>(() => AllocatorScope.Use(null!));
    }

    [Fact]
    public async Task A_scope_flows_into_tasks_and_across_awaits_and_a_childs_does_not_flow_back()
    {
        using AllocatorScope scope = AllocatorScope.Use(_a);
        await Task.Yield();
        Assert.Same(_a, AllocatorScope.Current);
        Assert.Same(_a, await Task.Run(static () => AllocatorScope.Current));
        await Task.Run(async () =>
        {
            AllocatorScope.Use(_b);
            await Task.Yield();
            Assert.Same(_b, AllocatorScope.Current);
        });
        Assert.Same(_a, AllocatorScope.Current);
        Parallel.For(0, 4, _ => Assert.Same(_a, AllocatorScope.Current));
        IAllocator? seen = null;
        var thread = new Thread(() => seen = AllocatorScope.Current);
        thread.Start();
        thread.Join();
        Assert.Same(_a, seen);
        scope.Dispose();
        Assert.Null(AllocatorScope.Current);
        scope.Dispose();
    }

    [Fact]
    public void Out_of_order_is_an_error_that_leaves_the_inner_scope_in_force_and_the_outer_closed()
    {
        AllocatorScope outer = AllocatorScope.Use(_a), inner = AllocatorScope.Use(_b);
        string message = Assert.Throws<WorkspaceException>(outer.Dispose).Message;
        Assert.Contains("reverse order", message, StringComparison.Ordinal);
        Assert.Same(_b, AllocatorScope.Current);
        inner.Dispose();
        Assert.Null(AllocatorScope.Current);
        outer.Dispose();
    }

    [Fact]
    public async Task A_task_that_outlives_its_scope_is_told_so()
    {
        using var ended = new SemaphoreSlim(0);
        Task<IAllocator?> straggler;
        using (AllocatorScope.Use(_a))
        {
            straggler = Task.Run(async () =>
            {
                await ended.WaitAsync();
                return AllocatorScope.Current;
            });
        }

        ended.Release();
        var error = await Assert.ThrowsAsync<WorkspaceException>(() => straggler);
        Assert.Contains("outlived", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Blocks_without_an_arena_come_from_the_scope_and_go_back_there()
    {
        var usual = new StatisticsAllocator(new NativeAllocator());
        using var manager = new WorkspaceManager(allocator: usual);
        using Workspace workspace = manager.Lease(None);
        Block before = workspace.MemoryManager.Allocate(100), inside;
        using (AllocatorScope.Use(_a))
        {
            inside = workspace.MemoryManager.Allocate(200, zeroed: true);
            Assert.Equal(-1, inside.AsSpan().IndexOfAnyExcept((byte)0));
            before.Dispose(); // to the one that it came from
            Assert.Equal((0, 1), (usual.Statistics.LiveCount, _a.Statistics.LiveCount));
        }

        Assert.Same(_a, inside.Allocator);
        Block after = workspace.MemoryManager.Allocate(50);
        Assert.Same(usual, after.Allocator);
        workspace.Dispose();
        Assert.Equal((0, 0), (usual.Statistics.LiveCount, _a.Statistics.LiveCount));
        Assert.Throws<StaleAccessException>(() => after.Allocator);
    }

    [Fact]
    public void Memory_of_an_arena_does_not_come_from_the_scope()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new());
        using AllocatorScope scope = AllocatorScope.Use(_a);
        using Tensor tensor = Tensor.Ones([100]);
        Assert.Null(tensor.Allocator);
        Assert.Equal(0, _a.Statistics.TotalCount);
    }

    [Fact]
    public void A_tensor_outside_every_workspace_knows_its_allocator_and_so_do_its_views()
    {
        Tensor plain = Tensor.Ones([4, 4]), tensor;
        using (AllocatorScope.Use(_a)) tensor = Tensor.Ones([4, 4]);
        Assert.Null(plain.Allocator);
        Assert.Same(_a, tensor.Allocator);
        Assert.Same(_a, tensor.Transpose().Allocator);
        using (Tensor sum = tensor + plain)
        {
            Assert.Null(sum.Allocator); // made outside the scope
            Assert.Equal(32f, sum.Sum().Item());
        }

        tensor.Dispose();
        plain.Dispose();
        Assert.Throws<StaleAccessException>(() => tensor.Allocator);
        Assert.Throws<StaleAccessException>(() => default(Tensor).Allocator);
    }

    [Fact]
    public void Persistent_memory_of_a_scope_is_freed_when_no_pass_can_be_reading_it()
    {
        using var manager = new WorkspaceManager();
        RawBlock block, other, live;
        using (AllocatorScope.Use(_a))
        {
            block = RawBlock.From(manager.Persistent.State, 100, zeroed: true);
            other = RawBlock.From(manager.Persistent.State, 100);
            live = RawBlock.From(manager.Persistent.State, 100);
            Assert.NotEqual(0, RawBlock.From(manager.Persistent.Parameters, 100).Address);
        }

        Assert.Equal(3, _a.Statistics.LiveCount); // parameters lie in their slab
        Assert.Equal(384, manager.Persistent.Memory.External);
        Assert.True(block.IsFilledWith(0));
        block.Release();
        Assert.Equal(2, _a.Statistics.LiveCount);
        Workspace workspace = manager.Lease(new());
        using (workspace.Enter())
        {
            other.Release();
            Assert.Equal(2, _a.Statistics.LiveCount);
        }

        workspace.Dispose();
        Assert.Equal((1, 128), (_a.Statistics.LiveCount, manager.Persistent.StateBytes));
        Assert.True(live.IsAlive);
        manager.Dispose();
        Assert.False(live.IsAlive);
        Assert.Equal(0, _a.Statistics.LiveCount);
    }

    [Fact]
    public void A_refusal_of_the_scope_is_the_pass_error_and_changes_nothing()
    {
        using var manager = new WorkspaceManager();
        using (AllocatorScope.Use(new LimitAllocator(_a, 100)))
        {
            var error = Assert.Throws<OutOfWorkspaceException>(() => RawBlock.From(manager.Persistent.State, 1000));
            Assert.Contains("Limit(Statistics(Native)) refused", error.Message, StringComparison.Ordinal);
            Assert.IsType<AllocationException>(error.InnerException);
        }

        Assert.Equal((0, 0), (_a.Statistics.LiveCount, manager.Persistent.StateBytes));
    }

    [Fact]
    public void Passes_and_scopes_may_begin_and_end_in_any_nesting()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(None);
        for (int i = 0; i < 4; i++)
        {
            using (AllocatorScope.Use(_a))
            {
                using Pass pass = workspace.Enter();
                Assert.Same(_a, workspace.MemoryManager.Allocate(1).Allocator);
                using (AllocatorScope.Use(_b)) Assert.Same(_b, workspace.MemoryManager.Allocate(1).Allocator);
                Assert.Same(_a, workspace.MemoryManager.Allocate(1).Allocator);
            }

            Pass early = workspace.Enter();
            AllocatorScope late = AllocatorScope.Use(_b);
            early.Dispose();
            Assert.Same(_b, AllocatorScope.Current);
            Assert.Same(workspace, Ambient.Current!.Workspace);
            late.Dispose();
            Assert.Null(AllocatorScope.Current);
        }

        Assert.Equal((0, 0), (_a.Statistics.LiveCount, _b.Statistics.LiveCount));
    }
}
