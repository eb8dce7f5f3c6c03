using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Tracking;

namespace Workspaces.Tests.Memory;

/// <summary>Parallel branches of one pass: the layout depends on the index, never on the scheduler.</summary>
public sealed class LaneTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();

    public void Dispose() => _manager.Dispose();

    [Fact]
    public void Lanes_keep_their_bytes_apart_and_die_with_their_pass()
    {
        using Workspace workspace = _manager.Lease(new());
        using Pass pass = workspace.Enter();
        RawBlock parent = RawBlock.From(workspace, 1000);
        parent.Fill(99);
        using (Lanes lanes = pass.Fork(4))
        {
            Assert.Equal(4, lanes.Count);
            using var together = new Barrier(4);
            Outside.Join([.. Enumerable.Range(0, 4).Select(index => Task.Factory.StartNew(
                () =>
                {
                    Block last;
                    using (lanes.Enter(index))
                    {
                        together.SignalAndWait();
                        var blocks = new List<RawBlock>();
                        for (int i = 0; i < 300; i++)
                        {
                            blocks.Add(RawBlock.From(workspace, 100 + (i % 7 * 64)));
                            blocks[^1].Fill((byte)index);
                        }

                        together.SignalAndWait();
                        Assert.All(blocks, block => Assert.True(block.IsAlive && block.IsFilledWith((byte)index)));
                        last = blocks[^1].Handle;
                    }

                    Assert.False(last.IsAlive);
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))]);
        }

        Assert.True(parent.IsAlive && parent.IsFilledWith(99));
        Assert.DoesNotContain(_manager.Findings, f => f.Severity == FindingSeverity.Warning);
    }

    [Fact]
    public void The_layout_of_a_lane_does_not_depend_on_the_scheduler()
    {
        using Workspace workspace = _manager.Lease(new());
        long[][]? expected = null;
        var random = new Random(7);
        const int LearningRuns = 1; // served online; every later run is planned
        for (int run = 0; run < 20; run++)
        {
            int[] delays = [.. Enumerable.Range(0, 3).Select(_ => random.Next(3_000))];
            using Pass pass = workspace.Enter();
            using Lanes lanes = pass.Fork(3);
            long[][] offsets = new long[3][];
            Outside.Join([.. Enumerable.Range(0, 3).Select(index => Task.Run(() =>
            {
                Thread.SpinWait(delays[index]);
                using Pass lane = lanes.Enter(index);
                var blocks = new List<RawBlock>();
                for (int i = 0; i < 60; i++)
                {
                    Thread.SpinWait(delays[index] / 50);
                    blocks.Add(RawBlock.From(workspace, (i * 37 % 500) + (index * 64)));
                    if (i % 3 == 2) blocks[i - 1].Release();
                }

                offsets[index] = [.. blocks.Select(block => block.Address - blocks[0].Address)];
            }))]);
            if (run < LearningRuns) continue;
            expected ??= offsets;
            for (int index = 0; index < 3; index++) Assert.Equal(expected[index], offsets[index]);
        }
    }

    [Theory]
    [InlineData(70_000)]
    [InlineData(int.MaxValue)]
    public void More_lanes_than_blocks_can_be_told_apart_in_are_refused_and_nothing_is_lost(int count)
    {
        using Workspace workspace = _manager.Lease(new());
        using Pass pass = workspace.Enter();
        WorkspaceException error = Assert.Throws<WorkspaceException>(() => pass.Fork(count));
        Assert.Contains("65,535", error.Message, StringComparison.Ordinal);
        using Lanes lanes = pass.Fork(2);
        using Pass lane = lanes.Enter(1);
        RawBlock.From(workspace, 100).Fill(1);
    }

    [Fact]
    public void A_lane_of_a_branch_gives_back_what_was_ambient_there()
    {
        using Workspace a = _manager.Lease(new() { Name = "a" });
        using Workspace b = _manager.Lease(new() { Name = "b" });
        using Pass pass = a.Enter();
        Frame parent = Ambient.Current!;
        using Lanes lanes = pass.Fork(2);
        using (Pass first = lanes.Enter(0))
        {
            Frame lane = Ambient.Current!;
            using (lanes.Enter(1)) Assert.NotSame(lane, Ambient.Current);
            Assert.Same(lane, Ambient.Current);
            using (b.Enter())
            {
                RawBlock block = RawBlock.From(a, 64);
                Assert.Same(lane, block.Header.Frame);
            }

            Assert.Same(lane, Ambient.Current);
        }

        Assert.Same(parent, Ambient.Current);
        Outside.Run(() =>
        {
            using (lanes.Enter(0)) Assert.NotNull(Ambient.Current);
            Assert.Null(Ambient.Current);
        });
    }

    [Fact]
    public void An_exception_in_a_lane_frees_that_lane_only()
    {
        using Workspace workspace = _manager.Lease(new());
        using Pass pass = workspace.Enter();
        using (Lanes lanes = pass.Fork(2))
        {
            using Pass other = lanes.Enter(1);
            RawBlock kept = RawBlock.From(workspace, 100);
            kept.Fill(1);
            Block lost = default;
            Assert.Throws<DivideByZeroException>((Action)(() =>
            {
                using Pass lane = lanes.Enter(0);
                lost = workspace.MemoryManager.Allocate(100);
                throw new DivideByZeroException();
            }));
            Assert.False(lost.IsAlive);
            Assert.True(kept.IsAlive && kept.IsFilledWith(1));
        }

        Assert.DoesNotContain(_manager.Findings, f => f.Severity == FindingSeverity.Warning);
    }

    [Fact]
    public void A_lane_that_is_never_joined_is_closed_with_its_fork_and_named()
    {
        using Workspace workspace = _manager.Lease(new() { Name = "step" });
        using Pass pass = workspace.Enter();
        Lanes lanes = pass.Fork(3);
        Pass? forgotten = null;
        Block block = default;
        Outside.Run(() =>
        {
            forgotten = lanes.Enter(2);
            block = workspace.MemoryManager.Allocate(100);
        });
        lanes.Dispose();
        Assert.False(block.IsAlive || forgotten!.Value.IsOpen);
        Finding finding = Assert.Single(_manager.Findings, f => f.Code == FindingCodes.LaneNotJoined);
        Assert.Contains("lane 2", finding.Text, StringComparison.Ordinal);
        forgotten!.Value.Dispose();
        using Lanes next = pass.Fork(3);
        using Pass again = next.Enter(2);
        Assert.True(again.IsOpen);
    }

    [Fact]
    public void Lanes_left_open_end_with_their_pass()
    {
        using Workspace workspace = _manager.Lease(new());
        Pass pass = workspace.Enter();
        Lanes lanes = pass.Fork(2);
        Block block = default;
        Outside.Run(() =>
        {
            lanes.Enter(0);
            block = workspace.MemoryManager.Allocate(100);
        });
        pass.Dispose();
        Assert.False(block.IsAlive);
        Assert.Single(_manager.Findings, f => f.Code == FindingCodes.LaneNotJoined);
        Assert.Throws<StaleAccessException>(() => lanes.Enter(1));
        lanes.Dispose();
    }

    [Fact]
    public void One_index_in_two_branches_and_indices_out_of_range_are_refused()
    {
        using Workspace workspace = _manager.Lease(new());
        using Pass pass = workspace.Enter();
        using Lanes lanes = pass.Fork(2);
        using Pass lane = lanes.Enter(0);
        WorkspaceException error = Assert.Throws<WorkspaceException>(() => lanes.Enter(0));
        Assert.Contains("index of its own", error.Remedy, StringComparison.Ordinal);
        Assert.Throws<WorkspaceException>(() => lanes.Enter(2));
        Assert.Throws<WorkspaceException>(() => lanes.Enter(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => pass.Fork(0));
        Assert.Throws<WorkspaceException>(() => pass.Fork(2));
    }

    [Fact]
    public void Lanes_of_an_earlier_fork_neither_enter_nor_end_the_next_one()
    {
        using Workspace workspace = _manager.Lease(new());
        using Pass pass = workspace.Enter();
        Lanes old = pass.Fork(2);
        old.Dispose();
        Assert.Throws<StaleAccessException>(() => old.Enter(0));
        using Lanes young = pass.Fork(2);
        using Pass lane = young.Enter(0);
        Block block = workspace.MemoryManager.Allocate(8);
        old.Dispose();
        Assert.True(lane.IsOpen && block.IsAlive);
        Assert.Throws<StaleAccessException>(() => old.Enter(1));
    }

    [Fact]
    public void Lanes_fork_and_nest_in_turn()
    {
        using Workspace workspace = _manager.Lease(new());
        using Pass pass = workspace.Enter();
        using Lanes outer = pass.Fork(2);
        using Pass lane = outer.Enter(1);
        RawBlock inLane = RawBlock.From(workspace, 300);
        inLane.Fill(1);
        using (Lanes inner = lane.Fork(2))
        using (inner.Enter(0))
        using (workspace.Enter())
        {
            RawBlock deep = RawBlock.From(workspace, 300);
            deep.Fill(2);
            Assert.False(deep.Overlaps(inLane));
        }

        Assert.True(inLane.IsFilledWith(1));
    }
}
