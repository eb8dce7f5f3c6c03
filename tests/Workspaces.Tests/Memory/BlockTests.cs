using Workspaces.Memory;
using Workspaces.Memory.Passes;

namespace Workspaces.Tests.Memory;

/// <summary>Handles: when they are stale, what they refuse, and what their bytes hold.</summary>
public sealed class BlockTests : IDisposable
{
    private readonly WorkspaceManager _manager = new();
    private readonly Workspace _workspace;

    public BlockTests()
    {
        Workspace? made = null;
        Outside.Run(() => made = _manager.Lease(new() { Name = "blocks" }));
        _workspace = made!;
    }

    public void Dispose() => _manager.Dispose();

    [Fact]
    public void A_released_block_throws_with_the_four_parts()
    {
        Block block = _workspace.MemoryManager.Allocate(10, purpose: "weights");
        Block copy = block;
        block.Dispose();
        AssertStale(copy);
        StaleAccessException error = Assert.Throws<StaleAccessException>(() => copy.Length);
        Assert.Contains("weights", error.By, StringComparison.Ordinal);
        Assert.Contains("blocks", error.Numbers, StringComparison.Ordinal);
        Assert.NotEmpty(error.Remedy);
        copy.Dispose();
    }

    [Fact]
    public void A_default_block_throws_and_its_dispose_does_nothing()
    {
        AssertStale(default);
        default(Block).Dispose();
        Assert.Equal(default(Block), default);
        Assert.Equal(default(Block).GetHashCode(), default(Block).GetHashCode());
        Assert.Equal("stale block", default(Block).ToString());
    }

    [Fact]
    public void Blocks_are_stale_after_their_pass_and_after_their_lease()
    {
        Block ofPass = default, ofLease = _workspace.MemoryManager.Allocate(10);
        Outside.Run(() =>
        {
            using ThreadPass pass = _workspace.EnterOnThread();
            ofPass = _workspace.MemoryManager.Allocate(10);
        });
        AssertStale(ofPass);
        Assert.True(ofLease.IsAlive);
        _workspace.Dispose();
        AssertStale(ofLease);
        AssertStale(ofPass);
    }

    [Fact]
    public void A_header_reused_many_times_never_admits_an_old_handle()
    {
        var old = new List<Block>();
        var headers = new HashSet<BlockHeader>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < 5_000; i++)
        {
            RawBlock block = RawBlock.From(_workspace, 64 + (i % 3));
            headers.Add(block.Header);
            if (i % 500 == 0)
            {
                foreach (Block stale in old) AssertStale(stale);
            }

            Assert.True(block.Handle.IsAlive);
            old.Add(block.Handle);
            block.Handle.Dispose();
        }

        Assert.Single(headers);
        Assert.Equal(5_000, old.Select(block => block.Generation).Distinct().Count());
    }

    [Fact]
    public void An_old_handle_cannot_release_the_header_s_next_life()
    {
        Block first = _workspace.MemoryManager.Allocate(64);
        Block copy = first;
        first.Dispose();
        Block second = _workspace.MemoryManager.Allocate(64);
        copy.Dispose();
        Assert.True(second.IsAlive);
        Assert.Equal(64, _workspace.Memory.Allocated);
    }

    [Fact]
    public void A_handle_torn_between_two_blocks_is_stale()
    {
        RawBlock a = RawBlock.From(_workspace, 64), b = RawBlock.From(_workspace, 64);
        AssertStale(new Block(a.Header, b.Birth));
        AssertStale(new Block(b.Header, a.Birth));
        AssertStale(new Block(a.Header, 0));
        AssertStale(new Block(a.Header, ulong.MaxValue));
        new Block(a.Header, b.Birth).Dispose();
        Assert.True(a.IsAlive && b.IsAlive);
    }

    [Fact]
    public void Generations_of_all_frames_of_a_workspace_differ()
    {
        var seen = new HashSet<ulong>();
        Outside.Run(() =>
        {
            using ThreadPass outer = _workspace.EnterOnThread();
            using Lanes lanes = outer.Pass.Fork(3);
            for (int lane = 0; lane < 3; lane++)
            {
                using Pass inLane = lanes.Enter(lane);
                for (int i = 0; i < 10; i++) Assert.True(seen.Add(_workspace.MemoryManager.Allocate(8).Generation));
            }

            for (int i = 0; i < 10; i++) Assert.True(seen.Add(_workspace.MemoryManager.Allocate(8).Generation));
            using ThreadPass inner = _workspace.EnterOnThread();
            for (int i = 0; i < 10; i++) Assert.True(seen.Add(_workspace.MemoryManager.Allocate(8).Generation));
        });
        Assert.Equal(50, seen.Count);
    }

    [Fact]
    public void Exposed_bytes_stay_untouched_to_the_end_of_the_pass_even_when_disposed()
    {
        for (int round = 0; round < 3; round++)
        {
            Outside.Run(() =>
            {
                using ThreadPass pass = _workspace.EnterOnThread();
                Block block = _workspace.MemoryManager.Allocate(1000);
                Span<byte> span = block.AsSpan();
                span.Fill(77);
                block.Dispose();
                AssertStale(block);
                Assert.Equal(0, _workspace.Memory.Allocated);
                Assert.True(_workspace.Memory.Unreferenced >= 1024);
                for (int i = 0; i < 200; i++)
                {
                    Block other = _workspace.MemoryManager.Allocate(i * 16);
                    other.AsSpan().Fill(1);
                    if (i % 3 == 0) other.Dispose();
                }

                Assert.True(span.IndexOfAnyExcept((byte)77) < 0);
            });
        }

        Assert.Equal(0, _workspace.Memory.Allocated);
    }

    [Fact]
    public void Bytes_that_were_only_copied_are_reused_after_the_release()
    {
        RawBlock first = RawBlock.From(_workspace, 640);
        first.Handle.CopyFrom(new byte[640]);
        first.Handle.CopyTo(new byte[640]);
        first.Handle.Dispose();
        Assert.Equal(first.Address, RawBlock.From(_workspace, 640).Address);
    }

    [Fact]
    public void Copies_stay_inside_the_block()
    {
        Block block = _workspace.MemoryManager.Allocate(100);
        byte[] bytes = [.. Enumerable.Range(0, 100).Select(i => (byte)i)];
        block.CopyFrom(bytes);
        byte[] back = new byte[100];
        block.CopyTo(back);
        Assert.Equal(bytes, back);
        block.CopyFrom([]);
        block.CopyTo([]);
        byte[] part = new byte[7];
        block.CopyTo(part);
        Assert.Equal(bytes[..7], part);
        Assert.Throws<ArgumentException>(() => block.CopyFrom(new byte[101]));
        Assert.Throws<ArgumentException>(() => block.CopyTo(new byte[101]));
        Assert.Equal(bytes, block.AsSpan().ToArray());
    }

    [Theory]
    [InlineData(0, 101)]
    [InlineData(1, 100)]
    [InlineData(100, 1)]
    [InlineData(101, 0)]
    [InlineData(-1, 1)]
    [InlineData(0, -1)]
    [InlineData(long.MaxValue, 1)]
    [InlineData(long.MinValue, 1)]
    [InlineData(long.MaxValue, int.MaxValue)]
    public void Slices_outside_the_block_are_refused(long start, int length)
    {
        Block block = _workspace.MemoryManager.Allocate(100);
        Assert.Throws<ArgumentOutOfRangeException>(() => { block.SliceSpan(start, length); });
        Assert.True(block.IsAlive);
    }

    [Fact]
    public void Elements_are_the_bytes_seen_as_another_type()
    {
        using Block block = _workspace.MemoryManager.Allocate(6 * sizeof(double), zeroed: true);
        Span<float> floats = block.AsSpan<float>();
        floats[11] = 1.5f;
        Assert.Equal(12, floats.Length);
        Assert.Equal(6, block.AsSpan<double>().Length);
        Assert.Equal(3, block.AsSpan<decimal>().Length);
        Assert.Equal(1.5f, BitConverter.ToSingle(block.AsSpan()[44..]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4095)]
    public void Bytes_that_are_no_whole_number_of_elements_are_refused(long bytes)
    {
        using Block block = _workspace.MemoryManager.Allocate(bytes);
        WorkspaceException error = Assert.Throws<WorkspaceException>(() => { block.AsSpan<double>(); });
        Assert.Contains("Double", error.Asked, StringComparison.Ordinal);
        Assert.Contains($"{bytes % 8} bytes", error.Numbers, StringComparison.Ordinal);
        Assert.NotEmpty(error.Remedy);
        Assert.Equal(bytes, block.AsSpan<byte>().Length);
    }

    /// <summary>Like a span of bytes it cannot be revoked, so its bytes are not handed out again in the same pass.</summary>
    [Fact]
    public void Elements_keep_their_bytes_to_the_end_of_the_pass()
    {
        Block block = _workspace.MemoryManager.Allocate(256);
        Span<int> kept = block.AsSpan<int>();
        kept.Fill(7);
        block.Dispose();
        _workspace.MemoryManager.Allocate(256).AsSpan().Fill(1);
        Assert.True(kept.IndexOfAnyExcept(7) < 0);
        AssertStale(block);
    }

    [Fact]
    public void An_empty_block_lives_and_dies_like_others()
    {
        Block empty = _workspace.MemoryManager.Allocate(0, zeroed: true);
        Assert.True(empty.IsAlive);
        Assert.Equal(0, empty.Length);
        Assert.True(empty.AsSpan().IsEmpty);
        Assert.True(empty.AsSpan<decimal>().IsEmpty);
        Assert.True(empty.SliceSpan(0, 0).IsEmpty);
        Assert.Equal(0, _workspace.Memory.Allocated);
        empty.Dispose();
        AssertStale(empty);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MaxValue - 63)]
    [InlineData(1L << 62)]
    [InlineData((1L << 62) - 63)]
    public void Absurd_sizes_are_errors_that_name_the_limit(long bytes)
    {
        WorkspaceException error = Assert.Throws<WorkspaceException>(() => _workspace.MemoryManager.Allocate(bytes));
        Assert.Contains($"{Granule.MaxRequest}", error.Numbers, StringComparison.Ordinal);
        Assert.True(_workspace.MemoryManager.Allocate(8).IsAlive);
    }

    [Theory]
    [InlineData((1L << 62) - 64)]
    [InlineData((1L << 38) + 1)]
    [InlineData(1L << 38)]
    [InlineData((64L << 30) + 1)]
    public void Sizes_beyond_the_arena_are_refused_and_smaller_ones_still_served(long bytes)
    {
        long committed = _workspace.Memory.Committed;
        OutOfWorkspaceException error = Assert.Throws<OutOfWorkspaceException>(() => _workspace.MemoryManager.Allocate(bytes));
        Assert.Contains($"{bytes}", error.Asked, StringComparison.Ordinal);
        Assert.Equal(committed, _workspace.Memory.Committed);
        Assert.Equal(0, _workspace.Memory.Allocated);
        Assert.True(_workspace.MemoryManager.Allocate(8).IsAlive);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void A_block_of_three_gibibytes_is_reached_by_slices_to_its_last_byte()
    {
        const long size = (3L << 30) + 5;
        using Block block = _workspace.MemoryManager.Allocate(size, zeroed: true);
        Assert.Equal(size, block.Length);
        WorkspaceException error = Assert.Throws<WorkspaceException>(() => { block.AsSpan(); });
        Assert.Contains("SliceSpan", error.Remedy, StringComparison.Ordinal);
        error = Assert.Throws<WorkspaceException>(() => { block.AsSpan<byte>(); });
        Assert.Contains("SliceSpan", error.Remedy, StringComparison.Ordinal);
        Span<byte> end = block.SliceSpan(size - 3, 3);
        Assert.Equal(new byte[3], end.ToArray());
        end[2] = 9;
        Assert.Equal(9, block.SliceSpan(size - 1, 1)[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => { block.SliceSpan(size - 2, 3); });
        Assert.True(block.SliceSpan(0, int.MaxValue).IndexOfAnyExcept((byte)0) < 0);
    }

    [Fact]
    public void Fresh_bytes_read_as_nan_and_zeroed_ones_as_zero_even_on_dirty_memory()
    {
        for (int round = 0; round < 3; round++)
        {
            Outside.Run(() =>
            {
                using ThreadPass pass = _workspace.EnterOnThread();
                Assert.True(_workspace.MemoryManager.Allocate(100_000, zeroed: true).AsSpan().IndexOfAnyExcept((byte)0) < 0);
                RawBlock dirty = RawBlock.From(_workspace, 200_000);
                if (round == 0) Assert.True(dirty.IsFilledWith(0xFF));
                dirty.Fill(0xA5);
                dirty.Release();
                RawBlock clean = RawBlock.From(_workspace, 200_000, zeroed: true);
                Assert.Equal(dirty.Address, clean.Address);
                Assert.True(clean.IsFilledWith(0));
            });
        }
    }

    [Fact]
    public void Every_block_starts_at_a_multiple_of_64()
    {
        for (int size = 0; size < 300; size++) Assert.Equal(0, RawBlock.From(_workspace, size).Address % 64);
    }

    [Fact]
    public void Holds_keep_the_bytes_and_not_the_handle()
    {
        RawBlock block = RawBlock.From(_workspace, 640);
        Frame frame = block.Header.Frame;
        block.Fill(3);
        Assert.True(frame.TryHold(block.Header, block.Birth));
        block.Release();
        AssertStale(block.Handle);
        block.Release();
        RawBlock other = RawBlock.From(_workspace, 640);
        other.Fill(4);
        Assert.False(block.Overlaps(other));
        Assert.True(block.IsFilledWith(3));
        frame.DropHold(block.Header, block.Birth);
        Assert.Equal(block.Address, RawBlock.From(_workspace, 640).Address);
        Assert.False(frame.TryHold(block.Header, block.Birth));
        frame.DropHold(block.Header, block.Birth);
        Assert.Equal(1280, _workspace.Memory.Allocated);
    }

    private static void AssertStale(Block block)
    {
        Assert.False(block.IsAlive);
        Assert.Throws<StaleAccessException>(() => block.Length);
        Assert.Throws<StaleAccessException>(() => { block.AsSpan(); });
        Assert.Throws<StaleAccessException>(() => { block.SliceSpan(0, 0); });
        Assert.Throws<StaleAccessException>(() => { block.AsSpan<long>(); });
        Assert.Throws<StaleAccessException>(() => block.CopyFrom([]));
        Assert.Throws<StaleAccessException>(() => block.CopyTo([]));
        Assert.Equal("stale block", block.ToString());
    }
}
