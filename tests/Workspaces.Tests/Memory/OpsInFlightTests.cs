using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Tracking;

namespace Workspaces.Tests.Memory;

/// <summary>While an op is open on a frame, no byte that it may read is reused, whatever ends meanwhile.</summary>
public sealed class OpsInFlightTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    [Fact]
    public void Two_threads_allocating_in_one_pass_never_share_bytes()
    {
        using Workspace workspace = _manager.Lease(new());
        using Pass pass = workspace.Enter();
        using var barrier = new Barrier(4);
        Task[] tasks = [.. Enumerable.Range(1, 4).Select(number => Task.Run(() =>
        {
            barrier.SignalAndWait();
            var mine = new Queue<RawBlock>();
            var random = new Random(number);
            for (int i = 0; i < 3_000; i++)
            {
                RawBlock block = RawBlock.From(workspace, random.Next(1, 700));
                block.Fill((byte)number);
                mine.Enqueue(block);
                if (mine.Count < 20) continue;
                RawBlock oldest = mine.Dequeue();
                Assert.True(oldest.IsAlive && oldest.IsFilledWith((byte)number));
                oldest.Release();
            }

            while (mine.TryDequeue(out RawBlock block)) block.Release();
        }))];
        Outside.Join(tasks);
        Assert.Equal(0, workspace.Memory.Allocated);
    }

    [Fact]
    public void A_release_under_an_open_op_frees_nothing_before_the_op_ends()
    {
        using Workspace workspace = _manager.Lease(new());
        using Pass pass = workspace.Enter();
        RawBlock operand = RawBlock.From(workspace, 640);
        operand.Fill(5);
        Frame frame = operand.Header.Frame;
        frame.BeginOp();
        operand.Release();
        var others = new List<RawBlock>();
        for (int i = 0; i < 50; i++)
        {
            RawBlock other = RawBlock.From(workspace, 640);
            other.Fill(6);
            Assert.NotSame(operand.Header, other.Header);
            if (i % 2 == 0) other.Release();
            others.Add(other);
        }

        Assert.True(operand.IsFilledWith(5));
        Assert.All(others, other => Assert.False(other.Overlaps(operand)));
        frame.EndOp();
        Assert.Contains(operand.Address, Enumerable.Range(0, 600).Select(_ => RawBlock.From(workspace, 64).Address));
    }

    [Fact]
    public void An_op_of_the_caller_itself_does_not_stop_reuse()
    {
        using Workspace workspace = _manager.Lease(new());
        using Pass pass = workspace.Enter();
        RawBlock dead = RawBlock.From(workspace, 640);
        dead.Release();
        Frame frame = dead.Header.Frame;
        frame.BeginOp();
        BlockHeader output = frame.Allocate(HeaderFactory.Plain, new BlockRequest(640), ownOps: 1);
        Assert.Equal(dead.Address, (long)output.Address);
        frame.EndOp();
    }

    [Fact]
    public void A_pass_that_ends_under_an_op_is_reported_and_its_memory_set_aside()
    {
        using Workspace workspace = _manager.Lease(new() { Name = "late" });
        RawBlock read;
        Frame frame;
        using (workspace.Enter())
        {
            read = RawBlock.From(workspace, 4096);
            read.Fill(8);
            frame = read.Header.Frame;
            frame.BeginOp();
        }

        Assert.Single(_manager.Findings, f => f.Code == FindingCodes.OpInFlightAtEnd && f.Workspace == "late");
        Assert.False(read.IsAlive);
        for (int i = 0; i < 20; i++)
        {
            using Pass pass = workspace.Enter();
            RawBlock other = RawBlock.From(workspace, 4096);
            other.Fill(9);
            Assert.False(other.Overlaps(read));
            Assert.NotSame(read.Header, other.Header);
            Assert.Equal(0, workspace.Trim());
        }

        Assert.True(read.IsFilledWith(8));
        long committed = workspace.Memory.Committed;
        frame.EndOp();
        var seen = new HashSet<long>();
        for (int i = 0; i < 20; i++)
        {
            using Pass pass = workspace.Enter();
            seen.Add(RawBlock.From(workspace, 4096).Address);
        }

        Assert.Equal([read.Address], seen.Except(seen.Where(address => address != read.Address)));
        Assert.True(workspace.Memory.Committed <= committed);
        Assert.True(workspace.Trim() > 0);
    }

    [Fact]
    public void Memory_set_aside_comes_back_when_the_first_request_is_made_by_an_op()
    {
        using Workspace workspace = _manager.Lease(new());
        RawBlock read;
        using (workspace.Enter())
        {
            read = RawBlock.From(workspace, 4096);
            read.Header.Frame.BeginOp();
        }

        read.Header.Frame.EndOp();
        using Pass pass = workspace.Enter();
        Frame frame = Ambient.Current!;
        frame.BeginOp();
        Assert.Equal(read.Address, (long)frame.Allocate(HeaderFactory.Plain, new BlockRequest(4096), ownOps: 1).Address);
        frame.EndOp();
    }

    [Fact]
    public void Inner_passes_and_lanes_closed_under_an_op_are_reported_too()
    {
        using Workspace workspace = _manager.Lease(new());
        Pass outer = workspace.Enter();
        workspace.Enter();
        Frame inner = Ambient.Current!;
        RawBlock read = RawBlock.From(workspace, 640);
        read.Fill(3);
        inner.BeginOp();
        outer.Dispose();
        Assert.Single(_manager.Findings, f => f.Code == FindingCodes.OpInFlightAtEnd);
        using (workspace.Enter())
        using (workspace.Enter())
            RawBlock.From(workspace, 640).Fill(4);
        Assert.True(read.IsFilledWith(3));
        inner.EndOp();
    }

    [Fact]
    public void A_workspace_that_ends_under_an_op_is_unmapped_when_the_op_has_ended()
    {
        Workspace workspace = _manager.Lease(new());
        workspace.Enter();
        RawBlock read = RawBlock.From(workspace, 1 << 20);
        read.Fill(7);
        Frame frame = read.Header.Frame;
        frame.BeginOp();
        workspace.Dispose();
        Assert.False(read.IsAlive);
        Assert.True(read.IsFilledWith(7)); // would fault if it were unmapped
        Assert.True(_manager.Memory.Committed >= 1 << 20);
        frame.EndOp();
        _manager.Trim();
        Assert.Equal(0, _manager.Memory.Committed);
    }

    [Fact]
    public void A_name_destroyed_under_an_op_is_unmapped_when_the_op_has_ended()
    {
        Workspace workspace = _manager.Lease(new() { Name = "gone" });
        RawBlock read = RawBlock.From(workspace, 1 << 20);
        read.Fill(7);
        read.Header.Frame.BeginOp();
        workspace.Dispose();
        Assert.True(_manager.Destroy("gone"));
        Assert.True(read.IsFilledWith(7));
        read.Header.Frame.EndOp();
        _manager.Trim();
        Assert.Equal(0, _manager.Memory.Committed);
    }

    [Fact]
    public void Blocks_that_own_their_memory_are_freed_after_the_op()
    {
        using var manager = new WorkspaceManager(new() { WorkspaceMode = WorkspaceMode.None });
        using Workspace workspace = manager.Lease(new());
        Pass pass = workspace.Enter();
        RawBlock read = RawBlock.From(workspace, 640), released = RawBlock.From(workspace, 640);
        read.Fill(7);
        released.Fill(8);
        read.Header.Frame.BeginOp();
        released.Release();
        Assert.True(released.IsFilledWith(8));
        pass.Dispose();
        Assert.True(read.IsFilledWith(7) && released.IsFilledWith(8));
        read.Header.Frame.EndOp();
        using (workspace.Enter()) RawBlock.From(workspace, 1);
        Assert.Equal(0, workspace.Memory.External);
    }

    [Fact]
    public void A_reader_that_registers_first_never_reads_bytes_of_another_pass()
    {
        using Workspace workspace = _manager.Lease(new());
        using var start = new Barrier(2);
        Shared? shared = null;
        long round = 0, wrong = 0;
        const int rounds = 30_000;
        Task reader = Task.Run(() =>
        {
            start.SignalAndWait();
            while (Volatile.Read(ref round) < rounds)
            {
                if (Volatile.Read(ref shared) is not { Block: var block }) continue;
                Frame frame = block.Header.Frame;
                frame.BeginOp();
                if (block.IsAlive && !block.IsFilledWith((byte)block.Birth)) wrong++;
                frame.EndOp();
            }
        });
        start.SignalAndWait();
        for (; round < rounds; Volatile.Write(ref round, round + 1))
        {
            using ThreadPass pass = workspace.EnterOnThread();
            RawBlock block = RawBlock.From(workspace, 256);
            block.Fill((byte)block.Birth);
            Volatile.Write(ref shared, new Shared(block));
            if (round % 3 == 0) block.Release();
            RawBlock next = RawBlock.From(workspace, 256);
            next.Fill((byte)(block.Birth + 1));
        }

        Outside.Join(reader);
        Assert.Equal(0, wrong);
    }

    private sealed record Shared(RawBlock Block);
}
