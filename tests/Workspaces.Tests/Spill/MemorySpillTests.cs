using Workspaces.Memory;
using Workspaces.Memory.Allocators;
using Workspaces.Memory.Passes;
using Workspaces.Tests.Memory;

namespace Workspaces.Tests.Spill;

/// <summary><c>PolicySpill: Reallocate</c>: ordinary memory under the same cap, in place of pages that lie idle in the arena's holes.</summary>
public sealed class MemorySpillTests
{
    private const long Kibi = 1 << 10;

    [Fact]
    public void What_no_hole_holds_is_served_from_ordinary_memory_in_place_of_the_holes_pages()
    {
        var statistics = new StatisticsAllocator(new NativeAllocator());
        using var manager = new WorkspaceManager(allocator: statistics);
        using Workspace workspace = manager.Lease(Capped());
        using (workspace.Enter())
        {
            List<RawBlock> blocks = SpillBooks.Fill(workspace, 256 * Kibi, 256 * Kibi, 256 * Kibi, 256 * Kibi);
            blocks[0].Release();
            blocks[2].Release(); // 512 KiB are free, in two holes
            RawBlock large = RawBlock.From(workspace, 400 * Kibi, op: "large");
            large.Fill(9);
            SpillBooks.Check(workspace);
            Assert.Equal((400 * Kibi, 1), (workspace.Memory.External, statistics.Statistics.LiveCount));
            Assert.True(blocks[1].IsFilledWith(2) && blocks[3].IsFilledWith(4) && large.IsFilledWith(9));
            large.Release();
            Assert.Equal((0, 0), (workspace.Memory.External, statistics.Statistics.LiveCount));
            RawBlock again = RawBlock.From(workspace, 300 * Kibi, op: "again");
            again.Fill(8);
            SpillBooks.Check(workspace);
        }

        Assert.Equal((0, 0), (workspace.Memory.External, statistics.Statistics.LiveCount)); // with its pass
        SpillBooks.Check(workspace);
        Assert.Equal(400 * Kibi, workspace.SpilledBytes); // the last one found room in the arena, whose holes had given their pages
    }

    [Fact]
    public void The_pass_after_it_is_planned_and_fits_the_arena()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(Capped());
        for (int i = 0; i < 4; i++)
        {
            long before = workspace.SpilledBytes;
            using (workspace.Enter())
            {
                List<RawBlock> blocks = SpillBooks.Fill(workspace, 256 * Kibi, 256 * Kibi, 256 * Kibi, 256 * Kibi);
                blocks[0].Release();
                blocks[2].Release();
                RawBlock large = RawBlock.From(workspace, 400 * Kibi, op: "large");
                large.Fill(9);
                SpillBooks.Check(workspace);
                Assert.True(blocks[1].IsFilledWith(2) && blocks[3].IsFilledWith(4));
            }

            Assert.Equal(i == 0, workspace.SpilledBytes > before);
            SpillBooks.Check(workspace);
        }

        Assert.Equal((WorkspaceState.Planned, 0L), (workspace.State, workspace.Deviations));
        Assert.InRange(workspace.PlannedPeakBytes, 1024 * Kibi, 1024 * Kibi);
    }

    [Fact]
    public void More_live_bytes_than_the_cap_are_refused_and_nothing_is_given_up_for_them()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(Capped());
        using Pass pass = workspace.Enter();
        List<RawBlock> blocks = SpillBooks.Fill(workspace, 256 * Kibi, 256 * Kibi, 256 * Kibi, 256 * Kibi);
        blocks[1].Release();
        var error = Assert.Throws<OutOfWorkspaceException>(() => RawBlock.From(workspace, 257 * Kibi, op: "more"));
        Assert.Contains("MaxSize is 1048576 bytes", error.Numbers, StringComparison.Ordinal);
        RawBlock fits = RawBlock.From(workspace, 256 * Kibi, op: "fits"); // the hole is as it was
        Assert.Equal(0, workspace.SpilledBytes + workspace.Memory.External);
        fits.Fill(3);
        Assert.True(blocks[0].IsFilledWith(1) && blocks[2].IsFilledWith(3) && blocks[3].IsFilledWith(4));
    }

    [Fact]
    public void A_block_that_a_span_was_taken_of_keeps_its_bytes_to_the_end_of_the_pass()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(Capped());
        using Pass pass = workspace.Enter();
        List<RawBlock> blocks = SpillBooks.Fill(workspace, 256 * Kibi, 256 * Kibi, 256 * Kibi, 256 * Kibi);
        blocks[0].Release();
        blocks[2].Release();
        Block large = workspace.MemoryManager.Allocate(400 * Kibi);
        Span<byte> span = large.AsSpan();
        span.Fill(5);
        large.Dispose();
        SpillBooks.Check(workspace);
        Assert.True(span.IndexOfAnyExcept((byte)5) < 0);
        Assert.Equal(400 * Kibi, workspace.Memory.External);
    }

    [Fact]
    public void Random_passes_never_pass_the_cap_by_a_byte_and_serve_whatever_fits_it()
    {
        int spills = 0, refused = 0;
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            using var manager = new WorkspaceManager();
            using Workspace workspace = manager.Lease(Capped() with { PolicyAllocation = seed % 7 == 6 ? AllocationPolicy.Always : AllocationPolicy.Strict });
            for (int pass = 0; pass < 3; pass++)
            {
                using Pass open = workspace.Enter(new PassSignature().With(pass % 2));
                var live = new List<(RawBlock Block, byte Fill)>();
                for (int i = 0; i < 60; i++)
                {
                    if (live.Count > 0 && random.Next(3) == 0)
                    {
                        int at = random.Next(live.Count);
                        Assert.True(live[at].Block.IsFilledWith(live[at].Fill));
                        live[at].Block.Release();
                        live.RemoveAt(at);
                    }

                    try
                    {
                        var block = RawBlock.From(workspace, random.Next(1, 260_000), op: $"{i}");
                        block.Fill((byte)i);
                        live.Add((block, (byte)i));
                    }
                    catch (OutOfWorkspaceException)
                    {
                        refused++;
                    }

                    SpillBooks.Check(workspace);
                }

                Assert.All(live, static kept => Assert.True(kept.Block.IsFilledWith(kept.Fill)));
            }

            spills += workspace.SpilledBytes > 0 ? 1 : 0;
        }

        Assert.True(spills > 5 && refused > 5, $"{spills} runs spilled, {refused} requests were refused");
    }

    [Fact]
    public void A_trim_after_an_op_that_has_outlived_a_pass_with_given_up_holes_keeps_the_books_and_the_pages_right()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(Capped());
        Frame ended;
        using (workspace.Enter())
        {
            List<RawBlock> blocks = SpillBooks.Fill(workspace, 200 * Kibi, 400 * Kibi, Kibi);
            blocks[1].Release();
            RawBlock.From(workspace, 450 * Kibi).Fill(4); // in place of the hole's pages
            Assert.InRange(Assert.Single(workspace.Arenas.Arenas).Arena.DiscardedBytes, 300 * Kibi, 400 * Kibi);
            ended = workspace.MemoryManager.Frame;
            ended.BeginOp();
        }

        ended.EndOp();
        workspace.Trim();
        Assert.Equal(workspace.Memory.Committed + workspace.Memory.External, manager.Budget.UsedBytes);
        using (workspace.Enter(new PassSignature(1))) SpillBooks.AssertKept(SpillBooks.Fill(workspace, 3 * Kibi, 500 * Kibi));
        SpillBooks.Check(workspace);
        Assert.Equal(workspace.Memory.Committed + workspace.Memory.External, manager.Budget.UsedBytes);
    }

    [Fact]
    public void What_an_op_has_outlived_its_pass_on_is_freed_by_a_trim_when_blocks_own_their_memory()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new WorkspaceConfiguration { Name = "own", WorkspaceMode = WorkspaceMode.None });
        Frame ended;
        using (workspace.Enter())
        {
            RawBlock.From(workspace, 100 * Kibi).Fill(4);
            ended = workspace.MemoryManager.Frame;
            ended.BeginOp();
        }

        manager.Trim();
        Assert.Equal(100 * Kibi, manager.Budget.UsedBytes);
        ended.EndOp();
        manager.Trim();
        Assert.Equal(0, manager.Budget.UsedBytes);
    }

    private static WorkspaceConfiguration Capped() => new() { Name = "step", MaxSize = 1024 * Kibi, PolicySpill = SpillPolicy.Reallocate };
}
