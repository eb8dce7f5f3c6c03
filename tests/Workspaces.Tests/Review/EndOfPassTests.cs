using Workspaces.Memory;
using Workspaces.Memory.Allocators;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Replay;
using Workspaces.Tests.Memory;

namespace Workspaces.Tests.Review;

/// <summary>The moment a pass ends or rewinds: failures in it, stragglers behind it, and spans that are still read.</summary>
public sealed class EndOfPassTests
{
    [Fact]
    public void An_allocator_that_fails_to_free_at_the_end_of_a_pass_leaves_the_flow_outside_it_and_the_next_pass_usable()
    {
        var allocator = new ThrowingFreeAllocator();
        using var manager = new WorkspaceManager(allocator: allocator);
        Workspace workspace = manager.Lease(new() { Name = "unfreed", WorkspaceMode = WorkspaceMode.None });
        Pass failing = workspace.Enter();
        Block first = workspace.MemoryManager.Allocate(10), second = workspace.MemoryManager.Allocate(10);
        allocator.Throws = true;
        Assert.Equal(2, Assert.Throws<AggregateException>(failing.Dispose).InnerExceptions.Count);
        allocator.Throws = false;
        Assert.False(first.IsAlive || second.IsAlive);
        Assert.Equal((workspace, true), (Ambient.Current!.Workspace, Ambient.Current.Up is null));
        for (int i = 0; i < 3; i++)
        {
            using (workspace.Enter())
            {
                RawBlock a = RawBlock.From(workspace, 100), b = RawBlock.From(workspace, 100);
                a.Fill(1);
                b.Fill(2);
                Assert.True(a.IsFilledWith(1) && b.IsFilledWith(2));
            }
        }

        Assert.True(workspace.MemoryManager.Allocate(10).IsAlive);
        workspace.Dispose();
        Assert.Null(Ambient.Current);
    }

    [Fact]
    public void A_use_that_is_counted_after_its_pass_has_ended_does_nothing_and_leaves_the_gate_free() => Outside.Run(() =>
    {
        var manager = new WorkspaceManager(); // not disposed by a failure: that would wait for the gate
        Workspace workspace = manager.Lease(new() { Name = "late", Lifetimes = LifetimePolicy.LastUse });
        for (int i = 0; i < 2; i++)
        {
            using Pass pass = workspace.Enter();
            Used(workspace, times: 2);
        }

        Pass ended = workspace.Enter();
        RawBlock straggler = Used(workspace, times: 1);
        Assert.Equal(1, straggler.Header.UsesLeft);
        Frame frame = straggler.Header.Frame;
        frame.BeginOp();
        ended.Dispose();
        Pass next = workspace.Enter(new PassSignature(99));
        for (int i = 0; i < 3; i++) Request(workspace, "other");
        Assert.Null(Record.Exception(() => frame.Use(straggler.Header, straggler.Birth)));
        frame.EndOp();
        Assert.Contains(workspace.Arenas.Arenas, frame.TryShrink); // answers whether the gate was free
        Request(workspace, "after");
        next.Dispose();
        Assert.Equal([0, 0, 0, 0], PassRecord.Of(frame.LastTrace!, byLastUse: true)!.Uses);
        manager.Dispose();
    });

    [Fact]
    public void A_span_taken_before_a_rewind_keeps_its_bytes_to_the_end_of_the_pass()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new() { Name = "rewound" });
        for (int i = 0; i < 4; i++)
        {
            using Pass pass = workspace.Enter();
            PassMark mark = pass.Mark();
            Block exposed = workspace.MemoryManager.Allocate(1024, purpose: "exposed");
            Span<byte> bytes = exposed.AsSpan();
            bytes.Fill(5);
            pass.Rewind(mark);
            Assert.False(exposed.IsAlive);
            for (int k = 0; k < 5; k++) workspace.MemoryManager.Allocate(1024, zeroed: true, purpose: "next");
            Assert.Equal(-1, bytes.IndexOfAnyExcept((byte)5));
        }
    }

    private static RawBlock Used(Workspace workspace, int times)
    {
        RawBlock block = Request(workspace, "used");
        for (int i = 0; i < times; i++) block.Header.Frame.Use(block.Header, block.Birth);
        return block;
    }

    private static RawBlock Request(Workspace workspace, string purpose)
    {
        var request = new BlockRequest(4096, Tag: RequestTag.Of(purpose), Op: purpose);
        return new RawBlock(workspace.MemoryManager.Frame.Allocate(HeaderFactory.Plain, request, ownOps: 0));
    }

    /// <summary>Frees, then fails.</summary>
    private sealed class ThrowingFreeAllocator : IAllocator
    {
        private readonly NativeAllocator _native = new();

        public bool Throws { get; set; }

        public string Name => "throwing";

        public Allocation Allocate(long bytes, int alignment = 64, bool zeroed = false) => _native.Allocate(bytes, alignment, zeroed).OwnedBy(this);

        public void Free(in Allocation allocation)
        {
            _native.Free(allocation.OwnedBy(_native));
            if (Throws) throw new NotSupportedException("not today");
        }
    }
}
