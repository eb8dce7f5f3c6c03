using Workspaces.Memory;
using Workspaces.Memory.Passes;

namespace Workspaces.Tests.Memory;

/// <summary>The short way that requests and releases of a planned pass go: it does what the general way does, and leaves to that what is out of the ordinary.</summary>
public sealed class PlannedBlockTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public PlannedBlockTests()
    {
        _workspace = _manager.Lease(new() { Name = "planned" });
        for (int i = 0; i < 8; i++) // the thread becomes the owner of the gate, and the plan settles
        {
            using Pass pass = _workspace.Enter();
            Usual(null);
        }

        Assert.Equal(WorkspaceState.Planned, _workspace.State);
    }

    public void Dispose()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }

    [Fact]
    public void A_released_place_serves_the_request_that_the_plan_gives_it_to()
    {
        using Pass pass = _workspace.Enter();
        RawBlock a = RawBlock.From(_workspace, 640, op: "a");
        Assert.NotEqual(0, a.Header.PlanSlot);
        a.Release();
        Assert.Equal((0, 0UL, false), (a.Header.Holds, a.Header.Generation, a.IsAlive));
        Assert.Equal(0, _workspace.Memory.Allocated);
        RawBlock b = RawBlock.From(_workspace, 640, op: "b");
        Assert.Equal(a.Address, b.Address);
        Assert.Same(a.Header, b.Header);
        Assert.False(a.IsAlive);
        a.Release(); // of the life before: does nothing
        Assert.True(b.IsAlive);
    }

    [Fact]
    public void A_held_block_keeps_its_place_when_it_is_released_and_its_successor_lies_elsewhere()
    {
        using Pass pass = _workspace.Enter();
        RawBlock a = RawBlock.From(_workspace, 640, op: "a");
        a.Fill(7);
        Assert.True(a.Header.Frame.TryHold(a.Header, a.Birth));
        a.Release();
        Assert.Equal((1, false), (a.Header.Holds, a.IsAlive));
        RawBlock b = RawBlock.From(_workspace, 640, op: "b");
        b.Fill(8);
        Assert.False(a.Overlaps(b));
        Assert.True(a.IsFilledWith(7));
        Assert.Equal(0, b.Header.PlanSlot); // spilled
        b.Release();
        Assert.Equal(640, _workspace.Memory.Allocated);
        a.Header.Frame.DropHold(a.Header, a.Birth);
        Assert.Equal(0, _workspace.Memory.Allocated);
    }

    [Fact]
    public void The_bytes_of_a_span_stay_when_its_block_is_released_in_a_planned_pass()
    {
        using Pass pass = _workspace.Enter();
        Block a = _workspace.MemoryManager.Allocate(640, purpose: "a");
        Span<byte> span = a.AsSpan();
        span.Fill(3);
        a.Dispose();
        RawBlock.From(_workspace, 640, op: "b").Fill(9);
        Assert.Equal(-1, span.IndexOfAnyExcept((byte)3));
    }

    [Fact]
    public void While_an_op_runs_no_released_place_is_handed_out()
    {
        using Pass pass = _workspace.Enter();
        RawBlock a = RawBlock.From(_workspace, 640, op: "a");
        Frame frame = a.Header.Frame;
        frame.BeginOp();
        a.Release();
        RawBlock b = RawBlock.From(frame, 640, op: "b");
        frame.EndOp();
        Assert.False(a.Overlaps(b));
        Assert.NotSame(a.Header, b.Header);
    }

    [Fact]
    public void The_op_s_own_registration_does_not_keep_it_from_the_place_that_the_plan_has_for_its_output()
    {
        using Pass pass = _workspace.Enter();
        RawBlock a = RawBlock.From(_workspace, 640, op: "a");
        Frame frame = a.Header.Frame;
        a.Release();
        frame.BeginOp();
        BlockHeader b = frame.Allocate(HeaderFactory.Plain, new BlockRequest(640, false, Op: "b"), ownOps: 1);
        frame.EndOp();
        Assert.Equal(a.Address, b.Address);
    }

    [Fact]
    public void A_planned_pass_records_what_a_learned_one_does()
    {
        Frame frame;
        using (_workspace.Enter())
        {
            frame = _workspace.MemoryManager.Frame;
            Usual("other names");
        }

        Assert.Equal(("other names", 640L), frame.LastTrace!.Find(1));
        Assert.Equal(("other names", 640L), frame.LastTrace.Find(2));
        Assert.Equal((3, 5), (frame.LastTrace.Count, frame.LastTrace.Events));
        Assert.Equal([1, 3, -1], frame.LastTrace.Entries.ToArray().Select(static entry => entry.Death));
    }

    [Fact]
    public void Blocks_of_a_planned_pass_say_what_they_are_for()
    {
        using Pass pass = _workspace.Enter();
        foreach (string? op in (string?[])["x", null])
        {
            RawBlock block = RawBlock.From(_workspace, 640, op: op);
            Assert.Equal((op, -1), (block.Header.Op, block.Header.Chunk));
            Assert.NotEqual(0, block.Header.PlanSlot);
            block.Release();
        }
    }

    /// <summary>Three requests, of which the second is planned into the place of the first.</summary>
    private void Usual(string? op)
    {
        RawBlock.From(_workspace, 640, op: op ?? "a").Release();
        RawBlock.From(_workspace, 640, op: op ?? "b").Release();
        RawBlock.From(_workspace, 64, op: op ?? "c");
    }
}
