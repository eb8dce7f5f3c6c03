using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Workspaces.Memory;
using Workspaces.Memory.Allocators;

namespace Workspaces.Tests.Allocators;

/// <summary>What every allocator promises. Inherit it, make one, and all of this is tested.</summary>
public abstract class AllocatorConformance
{
    /// <summary>A size well above any small-block cache.</summary>
    protected virtual long LargeBytes => (64L << 20) + 1;

    /// <summary>True if a second free of the same allocation throws.</summary>
    protected abstract bool SeesDoubleFree { get; }

    /// <summary>A fresh allocator.</summary>
    protected abstract IAllocator Create();

    [Fact]
    public void It_has_a_name() => Assert.False(string.IsNullOrWhiteSpace(Create().Name));

    [Theory]
    [CombinatorialSizes]
    public void A_block_has_its_size_its_alignment_and_bytes_that_hold(long bytes, int alignment)
    {
        IAllocator allocator = Create();
        Allocation block = allocator.Allocate(bytes, alignment);
        Assert.NotEqual(0, block.Address);
        Assert.Equal((bytes, alignment, false), (block.Bytes, block.Alignment, block.IsZeroed));
        Assert.Equal(0, block.Address % alignment);
        Assert.Same(allocator, block.Owner);
        Fill(in block, 0x5A);
        AssertFilled(in block, 0x5A);
        allocator.Free(in block);
    }

    [Theory]
    [CombinatorialSizes]
    public void Zeroed_means_zeroes_even_where_bytes_were_dirty(long bytes, int alignment)
    {
        IAllocator allocator = Create();
        for (int i = 0; i < 4; i++)
        {
            Allocation block = allocator.Allocate(bytes, alignment, zeroed: true);
            Assert.True(block.IsZeroed);
            Assert.Equal(0, block.Address % alignment);
            AssertFilled(in block, 0);
            Fill(in block, 0xFF);
            allocator.Free(in block);
        }
    }

    [Fact]
    public void The_default_alignment_is_64()
    {
        IAllocator allocator = Create();
        Allocation[] blocks = [.. Enumerable.Range(0, 50).Select(i => allocator.Allocate(i * 3))];
        Assert.All(blocks, b => Assert.Equal((64, 0), (b.Alignment, b.Address % 64)));
        foreach (Allocation block in blocks)
            allocator.Free(in block);
    }

    [Fact]
    public void Large_blocks_can_be_used_from_end_to_end()
    {
        IAllocator allocator = Create();
        Allocation block = allocator.Allocate(LargeBytes, 4096, zeroed: true);
        Assert.Equal((0, 0), (At(in block, 0), At(in block, LargeBytes - 1)));
        At(in block, 0) = 1;
        At(in block, LargeBytes - 1) = 2;
        Assert.Equal((1, 2), (At(in block, 0), At(in block, LargeBytes - 1)));
        allocator.Free(in block);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Live_blocks_never_overlap_whatever_the_order_of_frees(int seed)
    {
        var random = new Random(seed);
        IAllocator allocator = Create();
        List<(Allocation Block, byte Pattern)> live = [];
        for (int i = 0; i < 2_000; i++)
        {
            if (live.Count > 0 && random.Next(5) < 2)
            {
                int at = random.Next(live.Count);
                (Allocation dead, byte held) = live[at];
                AssertFilled(in dead, held);
                allocator.Free(in dead);
                live.RemoveAt(at);
            }
            byte pattern = (byte)random.Next(256);
            Allocation block = allocator.Allocate(random.Next(0, 1 << random.Next(1, 13)), 1 << random.Next(0, 13), random.Next(4) == 0);
            Fill(in block, pattern);
            live.Add((block, pattern));
        }
        Assert.Equal(live.Count, live.Select(l => l.Block.Address).Distinct().Count()); // empty ones too
        foreach ((Allocation block, byte pattern) in live)
        {
            AssertFilled(in block, pattern);
            allocator.Free(in block);
        }
    }

    [Fact]
    public void Threads_get_blocks_of_their_own_and_may_free_those_of_others()
    {
        IAllocator allocator = Create();
        var handedOver = new ConcurrentQueue<(Allocation Block, byte Pattern)>();
        Exception?[] failures = new Exception?[4];
        Thread[] threads = [.. Enumerable.Range(0, failures.Length).Select(t => new Thread(() =>
            failures[t] = Record.Exception(() => Exchange(allocator, handedOver, seed: t))))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        Assert.All(failures, Assert.Null);
        while (handedOver.TryDequeue(out (Allocation Block, byte Pattern) left))
        {
            AssertFilled(in left.Block, left.Pattern);
            allocator.Free(in left.Block);
        }
    }

    [Theory]
    [InlineData(-1, 64)]
    [InlineData(long.MinValue, 64)]
    [InlineData(64, 0)]
    [InlineData(64, -64)]
    [InlineData(64, 3)]
    [InlineData(64, 65)]
    [InlineData(64, int.MinValue)]
    [InlineData(64, 1 << 30)]
    [InlineData(0, 48)]
    public void Wrong_arguments_are_named(long bytes, int alignment)
    {
        IAllocator allocator = Create();
        var error = Assert.ThrowsAny<ArgumentOutOfRangeException>(() => allocator.Allocate(bytes, alignment));
        Assert.Equal(bytes < 0 ? "bytes" : "alignment", error.ParamName);
        Assert.Contains("Remedy: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MaxValue - 63)]
    [InlineData(long.MaxValue - 4096)]
    [InlineData(1L << 62)]
    [InlineData(1L << 57)]
    [InlineData(1L << 50)]
    public void Sizes_that_no_machine_has_are_refused_with_the_numbers(long bytes)
    {
        IAllocator allocator = Create();
        foreach (int alignment in (int[])[1, 64, 4096])
        {
            var error = Assert.Throws<AllocationException>(() => allocator.Allocate(bytes, alignment, zeroed: true));
            Assert.Equal(bytes, error.RequestedBytes);
            Assert.Contains(FormattableString.Invariant($"{bytes:N0} bytes"), error.Message, StringComparison.Ordinal);
            Assert.Contains("Remedy: ", error.Message, StringComparison.Ordinal);
        }
        Allocation after = allocator.Allocate(100); // a refusal changes nothing
        Fill(in after, 1);
        allocator.Free(in after);
    }

    [Fact]
    public void Memory_of_others_is_not_taken_back()
    {
        IAllocator allocator = Create();
        IAllocator other = Create();
        Allocation block = other.Allocate(10);
        Assert.ThrowsAny<InvalidOperationException>(() => allocator.Free(in block));
        Assert.ThrowsAny<InvalidOperationException>(() => allocator.Free(default));
        other.Free(in block);
    }

    [Fact]
    public void A_second_free_is_seen_where_it_can_be()
    {
        if (!SeesDoubleFree)
            return;
        IAllocator allocator = Create();
        Allocation block = allocator.Allocate(10);
        allocator.Free(in block);
        var error = Assert.Throws<WorkspaceException>(() => allocator.Free(in block));
        Assert.Contains("once", error.Message, StringComparison.Ordinal);
    }

    private static void Exchange(IAllocator allocator, ConcurrentQueue<(Allocation Block, byte Pattern)> queue, int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < 2_000; i++)
        {
            byte pattern = (byte)((seed * 64) + random.Next(64));
            Allocation block = allocator.Allocate(random.Next(0, 3_000), 1 << random.Next(0, 9), i % 5 == 0);
            Fill(in block, pattern);
            queue.Enqueue((block, pattern));
            if (i % 3 != 0 && queue.TryDequeue(out (Allocation Block, byte Pattern) other))
            {
                AssertFilled(in other.Block, other.Pattern);
                allocator.Free(in other.Block);
            }
        }
    }

    private static void Fill(in Allocation block, byte pattern) => block.AsSpan().Fill(pattern);

    private static void AssertFilled(in Allocation block, byte pattern) => Assert.Equal(-1, block.AsSpan().IndexOfAnyExcept(pattern));

    private static unsafe ref byte At(in Allocation block, long index) => ref Unsafe.AsRef<byte>((byte*)block.Address + index);
}
