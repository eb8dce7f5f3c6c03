using Workspaces.Memory;
using Workspaces.Memory.Allocators;
using Workspaces.Tests.Memory;

namespace Workspaces.Tests.Allocators;

/// <summary>Allocators of users below a workspace: they may do anything, they outlive their blocks, and what they break does not spread.</summary>
public sealed class OwnBlockTests
{
    private static readonly WorkspaceConfiguration None = new() { Name = "none", WorkspaceMode = WorkspaceMode.None };

    [Fact]
    public void An_allocator_may_use_the_pass_that_it_serves() => Outside.Run(() =>
    {
        Workspace? workspace = null;
        Block kept = default, inner = default;
        var busy = new CallbackAllocator();
        using var manager = new WorkspaceManager(allocator: busy);
        workspace = manager.Lease(None);
        using (workspace.Enter())
        {
            kept = workspace.MemoryManager.Allocate(100);
            busy.OnAllocate = () =>
            {
                busy.OnAllocate = null;
                kept.Dispose();
                inner = workspace.MemoryManager.Allocate(10);
                Task.Run(() => workspace.MemoryManager.Allocate(20)).Wait(); // another thread, which this one waits for
                using Pass nested = workspace.Enter();
                workspace.MemoryManager.Allocate(30);
            };
            Block outer = workspace.MemoryManager.Allocate(200);
            Assert.True(outer.IsAlive && inner.IsAlive && !kept.IsAlive);
            busy.OnFree = () =>
            {
                busy.OnFree = null;
                workspace.MemoryManager.Allocate(40).AsSpan().Fill(1);
            };
            outer.Dispose();
            busy.OnFree = () =>
            {
                busy.OnFree = null;
                using Pass nested = workspace.Enter(); // while the pass around it is ending
                workspace.MemoryManager.Allocate(50);
            };
        }

        workspace.Dispose();
        Assert.Equal(0, busy.Live);
    });

    [Fact]
    public void An_allocator_that_asks_itself_without_end_is_stopped()
    {
        var busy = new CallbackAllocator();
        using var manager = new WorkspaceManager(allocator: busy);
        using Workspace workspace = manager.Lease(None);
        busy.OnAllocate = () => workspace.MemoryManager.Allocate(10);
        var error = Assert.Throws<WorkspaceException>(() => workspace.MemoryManager.Allocate(10));
        Assert.Contains("requests of its own", error.Message, StringComparison.Ordinal);
        Assert.Contains("Remedy: ", error.Message, StringComparison.Ordinal);
        busy.OnAllocate = null;
        Assert.True(workspace.MemoryManager.Allocate(10).IsAlive);
        Assert.Equal(64, workspace.Memory.External);
    }

    [Fact]
    public void Frees_that_throw_at_the_end_of_a_pass_leave_no_other_block_behind()
    {
        var busy = new CallbackAllocator();
        using var manager = new WorkspaceManager(allocator: busy);
        Workspace workspace = manager.Lease(None);
        int frees = 0;
        busy.OnFree = () =>
        {
            if (++frees % 2 == 1) throw new NotSupportedException($"free {frees}");
        };
        Pass pass = workspace.Enter();
        for (int i = 0; i < 6; i++) workspace.MemoryManager.Allocate(100);
        var all = Assert.Throws<AggregateException>(pass.Dispose);
        Assert.Equal(["free 1", "free 3", "free 5"], all.InnerExceptions.Select(static one => one.Message));
        Assert.Equal((6, 3, 0L), (frees, busy.Live, workspace.Memory.External)); // every one was asked once

        workspace.MemoryManager.Allocate(10);
        Assert.Equal("free 7", Assert.Throws<NotSupportedException>(workspace.Dispose).Message);
        busy.OnFree = null;
        using Workspace again = manager.Lease(None);
        Assert.Same(workspace, again); // its lease had ended properly all the same
        Assert.True(again.MemoryManager.Allocate(10).IsAlive);
    }

    [Fact]
    public void A_free_that_throws_when_a_block_is_released_is_not_tried_again()
    {
        var busy = new CallbackAllocator();
        using var manager = new WorkspaceManager(allocator: busy);
        using Workspace workspace = manager.Lease(None);
        int frees = 0;
        using (workspace.Enter())
        {
            Block block = workspace.MemoryManager.Allocate(10);
            busy.OnFree = () => throw new NotSupportedException($"free {++frees}");
            Assert.Throws<NotSupportedException>(block.Dispose);
            Assert.False(block.IsAlive);
            block.Dispose();
        }

        Assert.Equal((1, 0L), (frees, workspace.Memory.External));
    }

    [Fact]
    public void An_allocator_disposed_under_live_blocks_is_released_with_the_last_of_them()
    {
        var files = new MappedFileAllocator(segmentBytes: 1 << 16);
        var statistics = new StatisticsAllocator(files, leaveOpen: false);
        using var manager = new WorkspaceManager(allocator: statistics);
        using Workspace workspace = manager.Lease(None);
        using (workspace.Enter())
        {
            RawBlock block = RawBlock.From(workspace, 1000);
            using (workspace.Enter())
            {
                RawBlock inner = RawBlock.From(workspace, 1000);
                statistics.Dispose();
                Assert.False(files.IsReleased);
                inner.Fill(2);
                Assert.Throws<ObjectDisposedException>(() => RawBlock.From(workspace, 10));
            }

            Assert.Equal((1, false), (statistics.Statistics.LiveCount, files.IsReleased));
            block.Fill(1);
            Assert.True(block.IsFilledWith(1));
        }

        Assert.Equal((0, true), (statistics.Statistics.LiveCount, files.IsReleased));
        using (AllocatorScope.Use(new NativeAllocator())) Assert.True(workspace.MemoryManager.Allocate(10).IsAlive);
    }

    [Fact]
    public void A_block_keeps_its_allocator_from_the_collector()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(None);
        (RawBlock block, WeakReference allocator) = UnderAnAllocatorOfItsOwn(workspace);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.True(allocator.IsAlive);
        Assert.True(block.IsFilledWith(7));
    }

    private static (RawBlock Block, WeakReference Allocator) UnderAnAllocatorOfItsOwn(Workspace workspace)
    {
        var allocator = new MappedFileAllocator(segmentBytes: 1 << 16);
        using AllocatorScope scope = AllocatorScope.Use(allocator);
        RawBlock block = RawBlock.From(workspace, 1000);
        block.Fill(7);
        return (block, new WeakReference(allocator));
    }

    /// <summary>Calls the test in the middle of its work.</summary>
    private sealed class CallbackAllocator : IAllocator
    {
        private readonly NativeAllocator _native = new();
        private int _live;

        public Action? OnAllocate { get; set; }

        public Action? OnFree { get; set; }

        public int Live => _live;

        public string Name => "callback";

        public Allocation Allocate(long bytes, int alignment = 64, bool zeroed = false)
        {
            OnAllocate?.Invoke();
            Interlocked.Increment(ref _live);
            return _native.Allocate(bytes, alignment, zeroed).OwnedBy(this);
        }

        public void Free(in Allocation allocation)
        {
            OnFree?.Invoke();
            Interlocked.Decrement(ref _live);
            _native.Free(allocation.OwnedBy(_native));
        }
    }
}
