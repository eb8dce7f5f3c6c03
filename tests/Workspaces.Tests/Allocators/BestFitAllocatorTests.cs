using FsCheck;
using FsCheck.Fluent;
using Workspaces.Memory;
using Workspaces.Memory.Allocators;

namespace Workspaces.Tests.Allocators;

public class BestFitAllocatorTests
{
    private const long NoLimit = long.MaxValue;

    [Fact]
    public void The_smallest_sufficient_hole_is_taken_and_the_lowest_of_equals()
    {
        var allocator = new BestFitAllocator();
        int[] nodes = Fill(allocator, 256, 64, 128, 64, 128, 64, 192, 64);
        allocator.Free(nodes[0]); // hole of 256 at 0
        allocator.Free(nodes[2]); // hole of 128 at 320
        allocator.Free(nodes[4]); // hole of 128 at 512
        allocator.Free(nodes[6]); // hole of 192 at 704

        Assert.Equal(320, Allocate(allocator, 100));
        Assert.Equal(512, Allocate(allocator, 65));
        Assert.Equal(704, Allocate(allocator, 128));
        Assert.Equal(832, Allocate(allocator, 1)); // what the last one left
        Assert.Equal(0, Allocate(allocator, 256));
        Assert.Equal(0, allocator.HoleCount);
    }

    [Fact]
    public void A_free_stretch_below_the_top_is_extended_and_not_left_behind()
    {
        var allocator = new BestFitAllocator();
        int[] nodes = Fill(allocator, 64, 64, 64);
        allocator.Free(nodes[1]);
        allocator.Free(nodes[2]);

        Assert.Equal(64, allocator.Top);
        Assert.Equal(192, allocator.PeakTop);
        Assert.Equal(128, allocator.UnreferencedBytes);
        Assert.Equal(64, Allocate(allocator, 6400));
        Assert.Equal(64 + 6400, allocator.PeakTop);
    }

    [Fact]
    public void Fresh_blocks_lie_on_bytes_that_nobody_has_had()
    {
        var allocator = new BestFitAllocator();
        int[] nodes = Fill(allocator, 64, 640, 64);
        allocator.Free(nodes[1]);
        allocator.Free(nodes[2]);

        Assert.True(allocator.TryAllocate(64, NoLimit, out long offset, out int node, freshOnly: true));
        Assert.Equal(768, offset);
        Assert.Equal(64, Allocate(allocator, 704)); // the gap under it is an ordinary hole
        allocator.Free(node);
        Assert.False(allocator.TryAllocate(64, 832, out _, out _, freshOnly: true));
        Assert.True(allocator.TryAllocate(64, 832, out offset, out _));
        Assert.Equal(768, offset);
    }

    [Fact]
    public void An_empty_block_lies_at_the_top_and_needs_no_free()
    {
        var allocator = new BestFitAllocator();
        Fill(allocator, 100);
        Assert.True(allocator.TryAllocate(0, 0, out long offset, out int node));
        Assert.Equal(128, offset);
        Assert.Equal(BestFitAllocator.NoNode, node);
        allocator.Free(node);
        Assert.Equal(1, allocator.LiveCount);
    }

    [Fact]
    public void A_request_past_the_limit_changes_nothing()
    {
        var allocator = new BestFitAllocator();
        Fill(allocator, 64);
        Assert.False(allocator.TryAllocate(65, 128, out _, out int node));
        Assert.Equal(BestFitAllocator.NoNode, node);
        Assert.Equal((64, 64, 1), (allocator.Top, allocator.PeakTop, allocator.LiveCount));
        Assert.True(allocator.TryAllocate(64, 128, out _, out _));
        Assert.False(allocator.TryAllocate(1, 191, out _, out _));
        Assert.False(allocator.TryAllocate(1, -1, out _, out _));
    }

    [Fact]
    public void Sizes_and_offsets_to_256_GiB_are_exact_and_larger_ones_are_refused()
    {
        const long all = 1L << 38;
        var allocator = new BestFitAllocator();
        Assert.False(allocator.TryAllocate(all, NoLimit, out _, out _));
        Assert.False(allocator.TryAllocate(long.MaxValue, NoLimit, out _, out _));
        Assert.True(allocator.TryAllocate(all - 64, NoLimit, out long offset, out int large));
        Assert.True(allocator.TryAllocate(64, NoLimit, out long last, out _));
        Assert.False(allocator.TryAllocate(1, NoLimit, out _, out _));
        Assert.Equal((0, all - 64, all), (offset, last, allocator.Top));
        allocator.Free(large);
        Assert.Equal(all - 64, allocator.UnreferencedBytes);
        Assert.Equal(0, Allocate(allocator, (3L << 30) + 1));
        Assert.Equal((3L << 30) + 64, Allocate(allocator, 128L << 30));
    }

    [Fact]
    public void Wrong_arguments_and_frees_are_errors()
    {
        var allocator = new BestFitAllocator();
        int node = Fill(allocator, 64, 64)[0];
        allocator.Free(node);
        var twice = Assert.Throws<WorkspaceException>(() => allocator.Free(node));
        Assert.Contains("not that of a live block", twice.Message, StringComparison.Ordinal);
        Assert.Throws<WorkspaceException>(() => allocator.Free(99));
        Assert.Throws<WorkspaceException>(() => allocator.Free(-2));
        Assert.Throws<ArgumentOutOfRangeException>(() => allocator.TryAllocate(-1, 0, out _, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => allocator.Reset(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => allocator.Reset(long.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BestFitAllocator(-1));
        Assert.Equal(1, allocator.LiveCount);
    }

    [Fact]
    public void Reset_drops_everything_and_starts_where_it_is_told()
    {
        var allocator = new BestFitAllocator();
        int[] nodes = Fill(allocator, 64, 128, 64, 256, 64);
        allocator.Free(nodes[1]);
        allocator.Reset(1000);
        Assert.Equal((1024, 1024, 1024), (allocator.Start, allocator.Top, allocator.PeakTop));
        Assert.Equal((0, 0, 0, 0), (allocator.LiveBytes, allocator.LiveCount, allocator.UnreferencedBytes, allocator.HoleCount));
        Assert.Throws<WorkspaceException>(() => allocator.Free(nodes[0]));
        Assert.Equal(1024, Allocate(allocator, 64));
    }

    [Fact]
    public void Random_programs_behave_as_the_model_says()
    {
        // Every number is one step: its sign and rest pick between request, fresh request, free and reset.
        Gen<int[]> programs = Gen.Choose(int.MinValue, int.MaxValue).ArrayOf();
        Prop.ForAll(programs.ToArbitrary(), static steps => Run(steps, start: 0))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(200));
    }

    [Theory]
    [InlineData(1, 20, 0)]
    [InlineData(2, 60, 640)]
    [InlineData(3, 200, 100)]
    public void Long_random_programs_behave_as_the_model_says(int seed, int liveBlocks, long start)
    {
        var random = new Random(seed);
        var run = new ModelRun(start) { TypicalLive = liveBlocks };
        for (int i = 0; i < 30_000; i++)
            run.Step(random.Next(int.MinValue, int.MaxValue));
    }

    [Fact]
    public void A_million_operations_never_overlap_and_leave_nothing()
    {
        const int slots = 5_000;
        var random = new Random(7);
        var allocator = new BestFitAllocator();
        var nodes = new int[slots];
        var offsets = new long[slots];
        Array.Fill(nodes, BestFitAllocator.NoNode);
        var granules = new bool[4 << 20];
        long live = 0;
        for (int i = 0; i < 1_000_000; i++)
        {
            int slot = random.Next(slots);
            bool free = nodes[slot] != BestFitAllocator.NoNode;
            long bytes = free ? allocator.SizeOf(nodes[slot]) : random.Next(1, 1 << random.Next(1, 14));
            if (free)
            {
                Paint(granules, offsets[slot], bytes, false);
                allocator.Free(nodes[slot]);
                nodes[slot] = BestFitAllocator.NoNode;
                live -= bytes;
            }
            else
            {
                Assert.True(allocator.TryAllocate(bytes, 64L * granules.Length, out offsets[slot], out nodes[slot]));
                Paint(granules, offsets[slot], allocator.SizeOf(nodes[slot]), true);
                live += allocator.SizeOf(nodes[slot]);
            }
            Assert.Equal(live, allocator.LiveBytes);
        }
        foreach (int node in nodes)
            allocator.Free(node);
        Assert.Equal((0, 0, 0, 0), (allocator.LiveBytes, allocator.LiveCount, allocator.Top, allocator.HoleCount));
        Assert.Equal(allocator.PeakTop, allocator.UnreferencedBytes);
    }

    [Fact]
    public void Equal_calls_give_equal_layouts_after_a_reset_too()
    {
        var one = new BestFitAllocator(4);
        var other = new BestFitAllocator(4096);
        RunFixed(other, 5);
        other.Reset(0);
        Assert.Equal(RunFixed(one, 9), RunFixed(other, 9));
    }

    [Fact]
    public void A_pass_that_fits_the_grown_arrays_makes_no_garbage()
    {
        var allocator = new BestFitAllocator(4);
        var nodes = new int[300];
        Pass(allocator, nodes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++)
            Pass(allocator, nodes);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        allocator.EnsureCapacity(100_000);
        Assert.True(allocator.BookkeepingBytes >= 100_000 * 32);
    }

    private static void Run(int[] steps, long start)
    {
        var run = new ModelRun(start);
        foreach (int step in steps)
            run.Step(step);
    }

    private static void Pass(BestFitAllocator allocator, int[] nodes)
    {
        allocator.Reset(0);
        for (int i = 0; i < nodes.Length; i++)
            allocator.TryAllocate(64 * (1 + (i * 37 % 11)), NoLimit, out _, out nodes[i]);
        for (int i = 0; i < nodes.Length; i += 2)
            allocator.Free(nodes[i]);
        for (int i = 0; i < nodes.Length; i += 2)
            allocator.TryAllocate(64 * (1 + (i * 41 % 13)), NoLimit, out _, out nodes[i]);
    }

    private static List<long> RunFixed(BestFitAllocator allocator, int seed)
    {
        var random = new Random(seed);
        List<long> offsets = [];
        List<int> nodes = [];
        for (int i = 0; i < 3_000; i++)
        {
            if (nodes.Count > 0 && random.Next(5) < 2)
            {
                int at = random.Next(nodes.Count);
                allocator.Free(nodes[at]);
                nodes.RemoveAt(at);
            }
            else
            {
                Assert.True(allocator.TryAllocate(random.Next(1, 5_000), NoLimit, out long offset, out int node));
                offsets.Add(offset);
                nodes.Add(node);
            }
        }
        return offsets;
    }

    private static int[] Fill(BestFitAllocator allocator, params long[] sizes)
    {
        var nodes = new int[sizes.Length];
        for (int i = 0; i < sizes.Length; i++)
            Assert.True(allocator.TryAllocate(sizes[i], NoLimit, out _, out nodes[i]));
        return nodes;
    }

    private static long Allocate(BestFitAllocator allocator, long bytes)
    {
        Assert.True(allocator.TryAllocate(bytes, NoLimit, out long offset, out _));
        return offset;
    }

    private static void Paint(bool[] granules, long offset, long bytes, bool live)
    {
        Span<bool> stretch = granules.AsSpan((int)(offset / 64), (int)(bytes / 64));
        Assert.False(stretch.Contains(live)); // no granule is handed out or freed twice
        stretch.Fill(live);
    }
}
