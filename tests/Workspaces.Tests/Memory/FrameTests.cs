using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Tests.Planned;

namespace Workspaces.Tests.Memory;

/// <summary>One frame from below: the numbers of its blocks and passes, the ops in flight on it, and what it tells the layer above.</summary>
public sealed class FrameTests : IDisposable
{
    private const int BirthBits = 48;
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public FrameTests() => _workspace = _manager.Lease(new() { Name = "frames" });

    public void Dispose()
    {
        _workspace.Dispose();
        _manager.Dispose();
    }

    [Fact]
    public void Blocks_of_nested_passes_and_of_lanes_never_share_a_number()
    {
        using Pass outer = _workspace.Enter();
        var births = new List<ulong>(Three());
        using (Lanes lanes = outer.Fork(2))
        {
            for (int i = 0; i < 2; i++)
            {
                using (lanes.Enter(i)) births.AddRange(Three());
            }
        }

        using (_workspace.Enter()) births.AddRange(Three());
        Assert.Equal(12, births.Distinct().Count());
        Assert.Equal(4, births.Select(static birth => birth >> BirthBits).Distinct().Count());

        IEnumerable<ulong> Three() => [.. Enumerable.Range(0, 3).Select(_ => RawBlock.From(_workspace, 64).Birth)];
    }

    [Fact]
    public void A_pass_opens_on_the_last_number_that_is_left_and_not_after_it()
    {
        const ulong most = (1UL << BirthBits) - (1UL << 40);
        Frame frame;
        using (_workspace.Enter())
        {
            frame = Ambient.Current!;
            frame.SkipBirths(most);
        }

        using (_workspace.Enter())
        {
            Assert.Same(frame, Ambient.Current);
            RawBlock.From(_workspace, 64);
        }

        Assert.Throws<WorkspaceException>(() => _workspace.Enter());
        Assert.False(frame.IsOpen);
    }

    [Fact]
    public void Every_pass_has_a_number_of_its_own_in_the_process_however_many_there_are()
    {
        const int rounds = 2500;
        var serials = new HashSet<long>();
        for (int i = 0; i < rounds; i++)
        {
            using Pass outer = _workspace.Enter();
            Assert.True(serials.Add(Ambient.Current!.Serial));
            using Pass inner = _workspace.Enter();
            Assert.True(serials.Add(Ambient.Current!.Serial));
        }

        Assert.Equal(2 * rounds, serials.Count);
        Assert.DoesNotContain(0, serials);
    }

    [Fact]
    public void Ops_are_counted_neither_where_nothing_is_checked_nor_in_persistent_memory()
    {
        using (Workspace bare = _manager.Lease(new() { Name = "unchecked", Checks = CheckMode.Off }))
        {
            Frame frame;
            using (bare.Enter())
            {
                frame = Ambient.Current!;
                frame.BeginOp();
                Assert.Equal(0, frame.OpenOps);
                frame.EndOp();
                frame.EndOp();
                Assert.Equal(0, frame.OpenOps);
                frame.BeginOp();
            }

            Assert.True(bare.IsQuiet);
        }

        Frame persistent = _manager.Persistent.State;
        persistent.BeginOp();
        Assert.Equal((0, true, false), (persistent.OpenOps, persistent.IsOpen, persistent.CountsOps));
        Assert.Empty(_manager.Findings);
    }

    [Fact]
    public void A_workspace_is_quiet_while_no_op_runs_in_any_of_its_passes_and_lanes()
    {
        using Pass outer = _workspace.Enter();
        Frame above = Ambient.Current!;
        Assert.True(_workspace.IsQuiet);
        AssertHeard(above);
        using (Lanes lanes = outer.Fork(2))
        {
            using (lanes.Enter(1)) AssertHeard(Ambient.Current!);
        }

        using (_workspace.Enter()) AssertHeard(Ambient.Current!);
        above.BeginOp();
        above.BeginOp();
        above.EndOp();
        Assert.False(_workspace.IsQuiet);
        above.EndOp();
        Assert.True(_workspace.IsQuiet);

        void AssertHeard(Frame frame)
        {
            frame.BeginOp();
            Assert.False(_workspace.IsQuiet);
            frame.EndOp();
            Assert.True(_workspace.IsQuiet);
        }
    }

    [Fact]
    public void The_layer_above_is_told_once_when_a_pass_has_ended()
    {
        var told = new Listener();
        for (int i = 1; i <= 3; i++)
        {
            using (_workspace.Enter())
            {
                told.Frame = Ambient.Current!;
                told.Frame.Attachment = told;
                RawBlock.From(_workspace, 64);
            }

            Assert.Equal((i, false), (told.Count, told.WasOpen));
        }
    }

    [Fact]
    public void A_suspended_segment_runs_on_the_plan_of_passes_that_record_and_one_without_gradients_does_not()
    {
        using var planned = new PlannedWorkspace(LifetimePolicy.LastUse);
        int left = Body(0);
        for (int i = 0; i < PlannedWorkspace.WarmUp; i++) left = Body(0);
        Assert.True(left > 0);
        Assert.Equal(left, Body(Frame.Suspended));
        Assert.Equal(left, Body(2 * Frame.Suspended));
        Assert.Equal(0, Body(1)); // what it uses is not known yet

        int Body(int off)
        {
            using Pass pass = planned.Workspace.Enter();
            Frame frame = Ambient.Current!;
            frame.GradientsOff = off;
            RawBlock block = RawBlock.From(planned.Workspace, 640), next = RawBlock.From(planned.Workspace, 640);
            int uses = block.Header.UsesLeft;
            for (int i = 0; i < 2; i++)
            {
                frame.Use(block.Header, block.Birth);
                frame.Use(next.Header, next.Birth);
            }

            return uses;
        }
    }

    [Fact]
    public void What_a_pass_was_is_asked_of_it_until_the_next_one_opens()
    {
        Frame frame;
        long serial;
        using (_workspace.Enter())
        {
            frame = Ambient.Current!;
            serial = frame.Serial;
            Assert.Equal((serial, 0), (frame.LastSerial, frame.Requests));
            RawBlock.From(_workspace, 64);
            RawBlock.From(_workspace, 128);
            Assert.Equal(2, frame.Requests);
        }

        Assert.Equal((0L, serial, false), (frame.Serial, frame.LastSerial, frame.IsOpen));
        Assert.Equal([64L, 128], frame.LastTrace!.Entries.ToArray().Select(static entry => entry.Bytes));
        long number = frame.PassNumber;
        using (_workspace.EnterShapes())
        {
            Assert.Equal((true, number + 1, 0), (frame.ShapesOnly, frame.PassNumber, frame.Requests));
            Assert.NotEqual(serial, frame.LastSerial);
            RawBlock.From(_workspace, 32);
        }

        Assert.Equal([32L], frame.LastTrace!.Entries.ToArray().Select(static entry => entry.Bytes));
        using (_workspace.Enter()) Assert.Equal((false, number + 1), (frame.ShapesOnly, frame.PassNumber)); // a trace takes no number
        Assert.Equal(0, frame.LastTrace!.Entries.Length);
    }

    private sealed class Listener : IFrameAttachment
    {
        public Frame? Frame { get; set; }

        public int Count { get; private set; }

        public bool WasOpen { get; private set; }

        public void EndPass()
        {
            Count++;
            WasOpen |= Frame!.IsOpen;
        }
    }
}
