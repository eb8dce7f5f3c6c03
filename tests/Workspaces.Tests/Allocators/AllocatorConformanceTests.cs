using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Workspaces.Memory;
using Workspaces.Memory.Allocators;

namespace Workspaces.Tests.Allocators;

/// <summary>What every allocator promises: every wrapper over every source keeps it. A new allocator needs one line in <see cref="AllocatorStack"/>.</summary>
public sealed class AllocatorConformanceTests
{
    /// <summary>A size well above any small-block cache, and above the segments of the sources.</summary>
    private const long LargeBytes = (8L << 20) + 1;

    /// <summary>Sizes around a granule and a page.</summary>
    private static readonly long[] Sizes = [0, 1, 63, 64, 65, 4095, 4097, 1 << 18];

    public static TheoryData<string> Stacks => AllocatorStack.All;

    public static TheoryData<string> OverPinned => [.. AllocatorStack.Wrappers.Keys.Select(static wrapper => $"{wrapper} over pinned")];

    [Theory]
    [MemberData(nameof(Stacks))]
    public void A_block_has_its_size_its_alignment_and_bytes_that_hold(string name)
    {
        using AllocatorStack stack = AllocatorStack.Create(name);
        IAllocator allocator = stack.Allocator;
        Assert.False(string.IsNullOrWhiteSpace(allocator.Name));
        foreach ((long bytes, int alignment) in SizesAndAlignments())
        {
            Allocation block = allocator.Allocate(bytes, alignment);
            Assert.NotEqual(0, block.Address);
            Assert.Equal((bytes, alignment, false), (block.Bytes, block.Alignment, block.IsZeroed));
            Assert.Equal(0, block.Address % alignment);
            Assert.Same(allocator, block.Owner);
            Fill(in block, 0x5A);
            AssertFilled(in block, 0x5A);
            allocator.Free(in block);
        }
    }

    [Theory]
    [MemberData(nameof(Stacks))]
    public void Zeroed_means_zeroes_even_where_bytes_were_dirty(string name)
    {
        using AllocatorStack stack = AllocatorStack.Create(name);
        IAllocator allocator = stack.Allocator;
        foreach ((long bytes, int alignment) in SizesAndAlignments())
        {
            for (int i = 0; i < 3; i++)
            {
                Allocation block = allocator.Allocate(bytes, alignment, zeroed: true);
                Assert.True(block.IsZeroed);
                Assert.Equal(0, block.Address % alignment);
                AssertFilled(in block, 0);
                Fill(in block, 0xFF);
                allocator.Free(in block);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Stacks))]
    public void The_default_alignment_is_64(string name)
    {
        using AllocatorStack stack = AllocatorStack.Create(name);
        IAllocator allocator = stack.Allocator;
        Allocation[] blocks = [.. Enumerable.Range(0, 50).Select(i => allocator.Allocate(i * 3))];
        Assert.All(blocks, b => Assert.Equal((64, 0), (b.Alignment, b.Address % 64)));
        foreach (Allocation block in blocks)
            allocator.Free(in block);
    }

    [Theory]
    [MemberData(nameof(Stacks))]
    public void Large_blocks_and_huge_page_alignment_can_be_used_from_end_to_end(string name)
    {
        using AllocatorStack stack = AllocatorStack.Create(name);
        IAllocator allocator = stack.Allocator;
        foreach (int alignment in (int[])[4096, Allocation.MaxAlignment])
        {
            Allocation block = allocator.Allocate(LargeBytes, alignment, zeroed: true);
            Assert.Equal((0, 0), (At(in block, 0), At(in block, LargeBytes - 1)));
            Assert.Equal(0, block.Address % alignment);
            At(in block, 0) = 1;
            At(in block, LargeBytes - 1) = 2;
            Assert.Equal((1, 2), (At(in block, 0), At(in block, LargeBytes - 1)));
            allocator.Free(in block);
        }
    }

    [Theory]
    [MemberData(nameof(Stacks))]
    public void Live_blocks_never_overlap_whatever_the_order_of_frees(string name)
    {
        using AllocatorStack stack = AllocatorStack.Create(name);
        var random = new Random(name.Length);
        IAllocator allocator = stack.Allocator;
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

    [Theory]
    [MemberData(nameof(Stacks))]
    public void Threads_get_blocks_of_their_own_and_may_free_those_of_others(string name)
    {
        using AllocatorStack stack = AllocatorStack.Create(name);
        IAllocator allocator = stack.Allocator;
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
    [MemberData(nameof(Stacks))]
    public void Wrong_arguments_are_named(string name)
    {
        using AllocatorStack stack = AllocatorStack.Create(name);
        foreach ((long bytes, int alignment) in ((long, int)[])
            [(-1, 64), (long.MinValue, 64), (64, 0), (64, -64), (64, 3), (64, 65), (64, int.MinValue), (64, 1 << 30), (0, 48)])
        {
            var error = Assert.ThrowsAny<ArgumentOutOfRangeException>(() => stack.Allocator.Allocate(bytes, alignment));
            Assert.Equal(bytes < 0 ? "bytes" : "alignment", error.ParamName);
            Assert.Contains("Remedy: ", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Stacks))]
    public void Sizes_that_no_machine_has_are_refused_with_the_numbers(string name)
    {
        using AllocatorStack stack = AllocatorStack.Create(name);
        IAllocator allocator = stack.Allocator;
        foreach (long bytes in (long[])[long.MaxValue, long.MaxValue - 63, long.MaxValue - 4096, 1L << 62, 1L << 57, 1L << 50])
        {
            foreach (int alignment in (int[])[1, 64, 4096])
            {
                var error = Assert.Throws<AllocationException>(() => allocator.Allocate(bytes, alignment, zeroed: true));
                Assert.Equal(bytes, error.RequestedBytes);
                Assert.Contains(FormattableString.Invariant($"{bytes:N0} bytes"), error.Message, StringComparison.Ordinal);
                Assert.Contains("Remedy: ", error.Message, StringComparison.Ordinal);
            }
        }

        Allocation after = allocator.Allocate(100); // a refusal changes nothing
        Fill(in after, 1);
        allocator.Free(in after);
    }

    [Theory]
    [MemberData(nameof(Stacks))]
    public void Memory_of_others_is_not_taken_back(string name)
    {
        using AllocatorStack stack = AllocatorStack.Create(name), other = AllocatorStack.Create(name);
        Allocation block = other.Allocator.Allocate(10);
        Assert.ThrowsAny<InvalidOperationException>(() => stack.Allocator.Free(in block));
        Assert.ThrowsAny<InvalidOperationException>(() => stack.Allocator.Free(default));
        other.Allocator.Free(in block);
    }

    [Theory]
    [MemberData(nameof(Stacks))]
    public void A_second_free_is_seen_where_it_can_be(string name)
    {
        using AllocatorStack stack = AllocatorStack.Create(name);
        if (!stack.SeesDoubleFree) return;
        Allocation block = stack.Allocator.Allocate(10);
        stack.Allocator.Free(in block);
        var error = Assert.Throws<WorkspaceException>(() => stack.Allocator.Free(in block));
        Assert.Contains("once", error.Message, StringComparison.Ordinal);
        Allocation next = stack.Allocator.Allocate(10);
        var changed = new Allocation(next.Address + 64, 10, 64, false, stack.Allocator, next.State);
        if (stack.Name != "nothing over pinned" && next.State is null) Assert.Throws<WorkspaceException>(() => stack.Allocator.Free(in changed));
        stack.Allocator.Free(in next);
    }

    [Theory]
    [MemberData(nameof(Stacks))]
    public void What_is_live_outlives_the_dispose_of_its_allocator(string name)
    {
        using AllocatorStack stack = AllocatorStack.Create(name);
        if (stack.Allocator is not IDisposable disposable) return; // a source that owns nothing
        Allocation block = stack.Allocator.Allocate(1000, zeroed: true);
        disposable.Dispose();
        AssertFilled(in block, 0);
        Fill(in block, 3);
        var error = Assert.Throws<ObjectDisposedException>(() => stack.Allocator.Allocate(10));
        Assert.Contains("Remedy: ", error.Message, StringComparison.Ordinal);
        AssertFilled(in block, 3);
        stack.Allocator.Free(in block);
        disposable.Dispose();
    }

    [Theory]
    [MemberData(nameof(OverPinned))]
    public void State_travels_through_every_wrapper(string name)
    {
        using AllocatorStack stack = AllocatorStack.Create(name);
        for (int i = 0; i < 3; i++)
        {
            Allocation block = stack.Allocator.Allocate(100, 256);
            ArraySegment<byte> array = PinnedAllocator.ArrayOf(in block);
            Assert.Equal(100, array.Count);
            Fill(in block, 9);
            Assert.Equal(-1, array.AsSpan().IndexOfAnyExcept((byte)9));
            stack.Allocator.Free(in block);
        }
    }

    [Theory]
    [MemberData(nameof(Stacks))]
    public void A_steady_pair_makes_no_garbage(string name)
    {
        if (name.EndsWith("over pinned", StringComparison.Ordinal)) return; // every block is an object there
        using AllocatorStack stack = AllocatorStack.Create(name);
        bool grows = stack.Allocator is TraceAllocator || name.StartsWith("tower", StringComparison.Ordinal); // a trace keeps every pair
        for (int i = 0; i < 5; i++) Pairs(stack.Allocator);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Pairs(stack.Allocator);
        if (!grows) Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Pairs(IAllocator allocator)
    {
        for (int i = 0; i < 100; i++)
        {
            Allocation block = allocator.Allocate(i);
            allocator.Free(in block);
        }
    }

    private static IEnumerable<(long Bytes, int Alignment)> SizesAndAlignments()
    {
        foreach (long bytes in Sizes)
        {
            for (int alignment = 1; alignment <= 4096; alignment *= 2) yield return (bytes, alignment);
        }
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
