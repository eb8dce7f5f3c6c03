using Workspaces.Memory;
using Workspaces.Memory.Passes;

namespace Workspaces.Tests.Memory;

/// <summary>One block from below: who keeps its bytes, what its last use ends, and what a header that serves another block must not remember.</summary>
public sealed class FrameBlockTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public FrameBlockTests()
    {
        _workspace = _manager.Lease(new() { Name = "blocks" });
    }

    public void Dispose()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }

    [Fact]
    public void The_last_block_of_a_pass_is_as_dead_after_it_as_all_others()
    {
        RawBlock last;
        Frame frame;
        using (_workspace.Enter())
        {
            RawBlock.From(_workspace, 64);
            last = RawBlock.From(_workspace, 64);
            frame = last.Header.Frame;
            Assert.True(last.Header.Keeps(last.Birth) && last.Header.AdmitsOrEnded(last.Birth));
            Assert.True(frame.TryHold(last.Header, last.Birth));
        }

        Assert.Equal(frame.Floor, last.Birth);
        Assert.False(last.IsAlive);
        Assert.False(last.Header.Keeps(last.Birth));
        Assert.False(frame.TryHold(last.Header, last.Birth));
        Assert.False(frame.TryKeep(last.Header, last.Birth));
        Assert.False(frame.TryExpose(last.Header, last.Birth));
        last.Header.LastUse = LastUseState.Ended;
        Assert.False(last.Header.AdmitsOrEnded(last.Birth));
    }

    [Fact]
    public void A_released_block_can_be_neither_held_nor_kept_nor_exposed()
    {
        using Pass pass = _workspace.Enter();
        RawBlock block = RawBlock.From(_workspace, 64);
        Frame frame = block.Header.Frame;
        block.Release();
        Assert.Equal(0, block.Header.Holds);
        Assert.False(frame.TryHold(block.Header, block.Birth));
        Assert.False(frame.TryKeep(block.Header, block.Birth));
        Assert.False(frame.TryExpose(block.Header, block.Birth));
        Assert.Equal((0, LastUseState.Open, false), (block.Header.Holds, block.Header.LastUse, block.Header.Exposed));
        frame.DropHold(block.Header, block.Birth);
        Assert.Equal(0, block.Header.Holds);
    }

    [Fact]
    public void What_is_kept_or_exposed_counts_no_uses_any_more()
    {
        using Pass pass = _workspace.Enter();
        RawBlock kept = WithUses(2), exposed = WithUses(2);
        Frame frame = kept.Header.Frame;
        Assert.True(frame.TryKeep(kept.Header, kept.Birth));
        Assert.True(frame.TryExpose(exposed.Header, exposed.Birth));
        foreach (RawBlock block in (RawBlock[])[kept, exposed])
        {
            Assert.Equal((0, LastUseState.Kept), (block.Header.UsesLeft, block.Header.LastUse));
            for (int i = 0; i < 3; i++) frame.Use(block.Header, block.Birth);
            Assert.True(block.IsAlive);
        }
    }

    [Fact]
    public void The_last_use_ends_a_block_that_only_its_creator_holds()
    {
        using Pass pass = _workspace.Enter();
        RawBlock block = WithUses(2);
        Frame frame = block.Header.Frame;
        frame.Use(block.Header, block.Birth);
        Assert.Equal((1, LastUseState.Open, true), (block.Header.UsesLeft, block.Header.LastUse, block.IsAlive));
        frame.Use(block.Header, block.Birth);
        Assert.Equal((0, LastUseState.Ended, false, 0), (block.Header.UsesLeft, block.Header.LastUse, block.IsAlive, block.Header.Holds));
        Assert.Equal(0, _workspace.Memory.Allocated);
        Assert.True(block.Header.AdmitsOrEnded(block.Birth)); // its shape may still be asked for
        frame.Use(block.Header, block.Birth);
        Assert.Equal(0, block.Header.UsesLeft);
        Assert.NotSame(block.Header, RawBlock.From(_workspace, 64).Header); // so that a later use is told why
        block.Release();
        Assert.False(block.Header.AdmitsOrEnded(block.Birth));
    }

    [Fact]
    public void A_block_that_somebody_holds_ends_with_the_last_hold_and_a_hold_is_a_use()
    {
        using Pass pass = _workspace.Enter();
        RawBlock block = WithUses(2), free = RawBlock.From(_workspace, 64);
        Frame frame = block.Header.Frame;
        Assert.True(frame.TryHold(block.Header, block.Birth));
        Assert.Equal((1, 2), (block.Header.UsesLeft, block.Header.Holds));
        frame.Use(block.Header, block.Birth);
        Assert.Equal((LastUseState.Due, true), (block.Header.LastUse, block.IsAlive));
        frame.DropHold(block.Header, block.Birth);
        Assert.Equal((LastUseState.Ended, false, 0), (block.Header.LastUse, block.IsAlive, block.Header.Holds));

        Assert.True(frame.TryHold(free.Header, free.Birth)); // of this one no uses are counted
        frame.DropHold(free.Header, free.Birth);
        Assert.Equal((LastUseState.Open, true, 1, 0), (free.Header.LastUse, free.IsAlive, free.Header.Holds, free.Header.UsesLeft));
    }

    [Fact]
    public void Released_and_held_bytes_go_with_the_last_hold_and_not_before()
    {
        using Pass pass = _workspace.Enter();
        RawBlock block = RawBlock.From(_workspace, 640);
        Frame frame = block.Header.Frame;
        Assert.True(frame.TryHold(block.Header, block.Birth));
        Assert.True(frame.TryHold(block.Header, block.Birth));
        block.Release();
        block.Release();
        Assert.Equal((false, true, 2), (block.IsAlive, block.Header.Keeps(block.Birth), block.Header.Holds));
        Assert.Equal(640, _workspace.Memory.Allocated);
        frame.DropHold(block.Header, block.Birth + 1); // of another life
        frame.DropHold(block.Header, block.Birth);
        Assert.True(block.Header.Keeps(block.Birth));
        frame.DropHold(block.Header, block.Birth);
        frame.DropHold(block.Header, block.Birth);
        Assert.Equal((false, 0, 0L), (block.Header.Keeps(block.Birth), block.Header.Holds, _workspace.Memory.Allocated));
    }

    [Theory]
    [InlineData("release")]
    [InlineData("hold")]
    [InlineData("use")]
    [InlineData("rewind")]
    public void Memory_that_blocks_own_is_given_back_at_once_however_they_end(string end)
    {
        using Workspace own = _manager.Lease(new() { WorkspaceMode = WorkspaceMode.None });
        using Pass pass = own.Enter();
        PassMark mark = pass.Mark();
        RawBlock block = RawBlock.From(own, 640);
        Frame frame = block.Header.Frame;
        Assert.Equal(640, own.Memory.External);
        switch (end)
        {
            case "release":
                block.Release();
                break;
            case "hold":
                Assert.True(frame.TryHold(block.Header, block.Birth));
                block.Release();
                Assert.Equal(640, own.Memory.External);
                frame.DropHold(block.Header, block.Birth);
                break;
            case "use":
                block.Header.UsesLeft = 1;
                frame.Use(block.Header, block.Birth);
                break;
            default:
                pass.Rewind(mark);
                break;
        }

        Assert.Equal(0, own.Memory.External);
    }

    [Fact]
    public void A_rewind_ends_blocks_whoever_holds_them_and_only_those_born_after_the_mark()
    {
        using Pass pass = _workspace.Enter();
        RawBlock before = RawBlock.From(_workspace, 64);
        Frame frame = before.Header.Frame;
        ulong births = frame.Births;
        RawBlock held = RawBlock.From(_workspace, 640), released = RawBlock.From(_workspace, 64);
        Assert.True(frame.TryHold(held.Header, held.Birth));
        released.Release();
        Assert.False(frame.Rewind(frame.Serial + 1, births)); // a mark of another pass
        Assert.True(held.IsAlive);
        Assert.True(frame.Rewind(frame.Serial, births));
        Assert.Equal((true, false, 0, 0UL), (before.IsAlive, held.IsAlive, held.Header.Holds, held.Header.Generation));
        Assert.Equal(64, _workspace.Memory.Allocated);
    }

    [Fact]
    public void Of_what_its_last_use_has_ended_nothing_is_told_after_a_rewind()
    {
        using Pass pass = _workspace.Enter();
        ulong births = _workspace.MemoryManager.Frame.Births;
        RawBlock block = WithUses(1);
        block.Header.Frame.Use(block.Header, block.Birth);
        Assert.True(block.Header.AdmitsOrEnded(block.Birth));
        Assert.True(block.Header.Frame.Rewind(block.Header.Frame.Serial, births));
        Assert.False(block.Header.AdmitsOrEnded(block.Birth));
    }

    [Fact]
    public void A_late_use_is_noted_of_the_life_that_has_ended_in_this_pass_only()
    {
        RawBlock old;
        using (_workspace.Enter()) old = RawBlock.From(_workspace, 64);
        Assert.False(Note(old.Header, old.Birth, inNextPass: true));
        Assert.False(Note(null, 1, inNextPass: false));
        Assert.True(Note(null, 0, inNextPass: false));

        bool Note(BlockHeader? header, ulong past, bool inNextPass)
        {
            Frame frame;
            using (_workspace.Enter())
            {
                frame = _workspace.MemoryManager.Frame;
                if (inNextPass)
                {
                    frame.NoteLateUse(header!, past); // the header has not served another block yet
                }
                else
                {
                    RawBlock block = RawBlock.From(_workspace, 64);
                    frame.NoteLateUse(block.Header, block.Birth + past);
                }
            }

            return frame.LastTrace!.WasUsedLate;
        }
    }

    [Fact]
    public void A_header_that_served_a_block_remembers_nothing_of_it_as_a_view_or_as_another_block()
    {
        RawBlock block;
        using (_workspace.Enter())
        {
            block = RawBlock.From(_workspace, 640, op: "before");
            block.Header.UsesLeft = 3;
            block.Header.Version = 4;
            block.Header.Frame.TryExpose(block.Header, block.Birth);
            Assert.NotEqual(0, block.Header.Address);
        }

        using (Pass pass = _workspace.Enter())
        {
            Frame frame = _workspace.MemoryManager.Frame;
            BlockHeader view = frame.AllocateView(HeaderFactory.Plain, "view");
            Assert.Same(block.Header, view);
            Assert.Equal((0, 0L, -1, -1, 0, 0), (view.Address, view.Bytes, view.Chunk, view.Slot, view.PlanSlot, view.UsesLeft));
            Assert.Equal((1, 0, false, LastUseState.Open, "view", 3L), (view.Holds, view.Version, view.Exposed, view.LastUse, view.Op, view.BirthPass));
            Assert.Equal(view.Birth, view.Generation);
            Assert.NotEqual(block.Birth, view.Birth);
        }
    }

    [Fact]
    public void A_view_takes_no_header_of_a_block_that_was_released_in_the_same_pass()
    {
        using Pass pass = _workspace.Enter();
        RawBlock block = RawBlock.From(_workspace, 64);
        block.Release();
        Assert.NotSame(block.Header, block.Header.Frame.AllocateView(HeaderFactory.Plain, null));
        Assert.Same(block.Header, RawBlock.From(_workspace, 64).Header);
    }

    [Fact]
    public void After_its_pass_a_frame_hands_out_neither_blocks_nor_views_and_records_no_scratch()
    {
        Frame frame;
        using (_workspace.Enter())
        {
            frame = _workspace.MemoryManager.Frame;
            RawBlock.From(_workspace, 64);
            frame.RecordScratch(64, "MatMul");
            Assert.Equal(2, frame.Requests);
        }

        int before = frame.Requests;
        frame.RecordScratch(64, "MatMul");
        Assert.Equal(before, frame.Requests);
        Assert.Throws<StaleAccessException>(() => frame.AllocateView(HeaderFactory.Plain, "late"));
        Assert.Throws<StaleAccessException>(() => RawBlock.From(frame, 64));
    }

    [Fact]
    public void A_refused_request_gives_its_header_back()
    {
        using Workspace capped = _manager.Lease(new() { MaxSize = 1 << 20, PolicySpill = SpillPolicy.Fail });
        using Pass pass = capped.Enter();
        RawBlock block = RawBlock.From(capped, 64);
        block.Release();
        Assert.Throws<OutOfWorkspaceException>(() => RawBlock.From(capped, 1 << 24));
        Assert.Same(block.Header, RawBlock.From(capped, 64).Header);
    }

    [Fact]
    public void A_trace_says_what_was_asked_at_each_birth()
    {
        Frame frame;
        using (_workspace.Enter())
        {
            frame = _workspace.MemoryManager.Frame;
            RawBlock.From(_workspace, 64, op: "first");
            frame.AllocateView(HeaderFactory.Plain, "view");
            RawBlock.From(_workspace, 640, op: "second");
        }

        Assert.Equal(("first", 64L), frame.LastTrace!.Find(1));
        Assert.Null(frame.LastTrace.Find(2)); // views ask for nothing
        Assert.Equal(("second", 640L), frame.LastTrace.Find(3));
        Assert.Null(frame.LastTrace.Find(4));
    }

    [Fact]
    public void Another_thread_takes_a_pass_over_unless_an_op_runs()
    {
        using Pass pass = _workspace.Enter();
        RawBlock first = RawBlock.From(_workspace, 64);
        Frame frame = first.Header.Frame;
        Assert.Equal((0L, 0L), (frame.ThreadHops, frame.ForeignRequests));
        Outside.Run(() => RawBlock.From(frame, 64));
        Assert.Equal((1L, 0L), (frame.ThreadHops, frame.ForeignRequests));
        Outside.Run(() => RawBlock.From(frame, 64)); // a third thread
        Assert.Equal((2L, 0L), (frame.ThreadHops, frame.ForeignRequests));
        RawBlock.From(frame, 64);
        RawBlock.From(frame, 64);
        Assert.Equal((3L, 0L), (frame.ThreadHops, frame.ForeignRequests));
        frame.BeginOp();
        Outside.Run(() => RawBlock.From(frame, 64));
        Outside.Run(() => RawBlock.From(frame, 64));
        frame.EndOp();
        Assert.Equal((3L, 2L), (frame.ThreadHops, frame.ForeignRequests));
        RawBlock.From(frame, 64); // still the owner
        Assert.Equal((3L, 2L), (frame.ThreadHops, frame.ForeignRequests));
    }

    [Fact]
    public void Persistent_memory_has_no_owner_and_its_views_and_holds_live_on()
    {
        Frame frame = _manager.Persistent.State;
        Assert.True(frame.IsPersistent);
        RawBlock block = Outside.Run(() => RawBlock.From(frame, 64));
        Assert.Equal(0, frame.ThreadHops);
        Assert.True(frame.TryKeep(block.Header, block.Birth));
        Assert.False(frame.TryKeep(block.Header, block.Birth + 1));
        Assert.Equal(LastUseState.Open, block.Header.LastUse); // uses of persistent memory are not counted
        BlockHeader view = frame.AllocateView(HeaderFactory.Plain, "view");
        Assert.True(view.Admits(view.Birth) && view.Birth > block.Birth);
        Assert.NotSame(view, frame.AllocateView(HeaderFactory.Plain, "another"));
        block.Release();
        Assert.False(block.IsAlive);
    }

    private RawBlock WithUses(int uses)
    {
        RawBlock block = RawBlock.From(_workspace, 64);
        block.Header.UsesLeft = uses;
        return block;
    }
}
