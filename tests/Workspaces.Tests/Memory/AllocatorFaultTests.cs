using Workspaces.Memory;
using Workspaces.Memory.Allocators;
using Workspaces.Memory.Passes;
using Workspaces.Tests.Allocators;

namespace Workspaces.Tests.Memory;

/// <summary>An allocator that refuses its n-th call, for all n of a program: an error, nothing lost, and the next pass works.</summary>
public sealed class AllocatorFaultTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Every_refusal_is_survived(int period)
    {
        bool refused = true;
        int calls = 0;
        for (int nth = 1; refused; nth++)
        {
            var statistics = new StatisticsAllocator(new NativeAllocator());
            var faults = new FaultInjectingAllocator(statistics, nth, period);
            using var manager = new WorkspaceManager(new() { WorkspaceMode = WorkspaceMode.None }, faults);
            refused = Survives(manager, statistics, faults);
            calls = nth;
        }

        Assert.True(calls > 30);
    }

    [Fact]
    public void An_allocator_that_throws_something_else_leaves_the_pass_as_it_was()
    {
        var statistics = new StatisticsAllocator(new NativeAllocator());
        var rude = new RudeAllocator(statistics);
        using var manager = new WorkspaceManager(new() { WorkspaceMode = WorkspaceMode.None }, rude);
        using Workspace workspace = manager.Lease(new());
        for (int i = 0; i < 5; i++)
        {
            using Pass pass = workspace.Enter();
            Block before = workspace.MemoryManager.Allocate(100);
            rude.Throws = true;
            Assert.Throws<NotSupportedException>(() => workspace.MemoryManager.Allocate(100));
            rude.Throws = false;
            Block after = workspace.MemoryManager.Allocate(100);
            Assert.True(before.IsAlive && after.IsAlive);
            Assert.Equal(256, workspace.Memory.External);
        }

        Assert.Equal(0, workspace.Memory.External);
        Assert.Equal(0, statistics.Statistics.LiveCount);
    }

    private static bool Survives(WorkspaceManager manager, StatisticsAllocator statistics, FaultInjectingAllocator faults)
    {
        int errors = 0;
        for (int round = 0; round < 2; round++)
        {
            Workspace workspace = manager.Lease(new() { Name = "faulty" });
            using (workspace.Enter())
            {
                try
                {
                    Program(workspace);
                }
                catch (OutOfWorkspaceException)
                {
                    errors++;
                }
            }

            Assert.Equal((0, 0), (statistics.Statistics.LiveCount, workspace.Memory.External));
            Assert.Same(workspace, Ambient.Current!.Workspace);
            workspace.Dispose();
            Assert.Null(Ambient.Current);
        }

        Assert.Equal(faults.Faults, errors);
        return errors > 0;
    }

    private static void Program(Workspace workspace)
    {
        var blocks = new List<RawBlock>();
        using Pass pass = workspace.Enter();
        for (int i = 0; i < 12; i++)
        {
            blocks.Add(RawBlock.From(workspace, 50 * i, zeroed: i % 2 == 0));
            blocks[^1].Fill((byte)i);
            if (i % 4 == 3) blocks[i - 1].Release();
        }

        PassMark mark = pass.Mark();
        using (workspace.Enter())
        {
            for (int i = 0; i < 5; i++) workspace.MemoryManager.Allocate(1000).AsSpan().Clear();
        }

        workspace.MemoryManager.Allocate(10);
        pass.Rewind(mark);
        for (int i = 0; i < 12; i++)
        {
            if (i % 4 != 2) Assert.True(blocks[i].IsFilledWith((byte)i));
        }
    }

    private sealed class RudeAllocator(IAllocator upstream) : IAllocator
    {
        public bool Throws { get; set; }

        public string Name => "Rude";

        public Allocation Allocate(long bytes, int alignment = 64, bool zeroed = false) =>
            Throws ? throw new NotSupportedException("not today") : upstream.Allocate(bytes, alignment, zeroed).OwnedBy(this);

        public void Free(in Allocation allocation) => upstream.Free(allocation.OwnedBy(upstream));
    }
}
