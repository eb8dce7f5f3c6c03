using Workspaces.Memory;
using Workspaces.Memory.Allocators;

namespace Workspaces.Tests.Allocators;

public class StatisticsAllocatorTests
{
    [Fact]
    public void Every_counter_is_exact()
    {
        var allocator = new StatisticsAllocator(new NativeAllocator());
        Allocation a = allocator.Allocate(100);
        Allocation b = allocator.Allocate(1_000);
        allocator.Free(in a);
        Allocation c = allocator.Allocate(50);
        Allocation empty = allocator.Allocate(0);
        Assert.Equal(
            new AllocatorStatistics { LiveBytes = 1_050, LiveCount = 3, PeakBytes = 1_100, TotalBytes = 1_150, TotalCount = 4 },
            allocator.Statistics);

        allocator.ResetPeak();
        Assert.Equal(1_050, allocator.Statistics.PeakBytes);
        allocator.Free(in b);
        allocator.Free(in c);
        allocator.Free(in empty);
        Assert.Equal(
            new AllocatorStatistics { PeakBytes = 1_050, TotalBytes = 1_150, TotalCount = 4 },
            allocator.Statistics);
    }

    [Fact]
    public void Counters_are_exact_under_threads()
    {
        const int threadCount = 4;
        const int rounds = 3_000;
        const int held = 8;
        var allocator = new StatisticsAllocator(new NativeAllocator());
        using var full = new Barrier(threadCount);
        Thread[] threads = [.. Enumerable.Range(1, threadCount).Select(t => new Thread(() =>
        {
            Allocation[] mine = [.. Enumerable.Range(0, held).Select(_ => allocator.Allocate(t * 10))];
            full.SignalAndWait(); // all hold all: the peak
            foreach (Allocation block in mine)
                allocator.Free(in block);
            full.SignalAndWait();
            for (int i = 0; i < rounds; i++)
            {
                Allocation block = allocator.Allocate(t);
                allocator.Free(in block);
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        const long sum = 1 + 2 + 3 + 4;
        Assert.Equal(
            new AllocatorStatistics
            {
                PeakBytes = sum * 10 * held,
                TotalBytes = (sum * 10 * held) + (sum * rounds),
                TotalCount = threadCount * (held + rounds),
            },
            allocator.Statistics);
    }

    [Fact]
    public void One_of_two_racing_frees_of_a_block_wins()
    {
        var allocator = new StatisticsAllocator(new NativeAllocator());
        for (int i = 0; i < 300; i++)
        {
            Allocation block = allocator.Allocate(64);
            int refused = 0;
            Parallel.For(0, 2, _ =>
            {
                try
                {
                    allocator.Free(in block);
                }
                catch (WorkspaceException)
                {
                    Interlocked.Increment(ref refused);
                }
            });
            Assert.Equal(1, refused);
        }
        Assert.Equal(0, allocator.Statistics.LiveCount);
    }

    [Fact]
    public void A_refusal_is_counted_and_changes_nothing_else()
    {
        var faulty = new FaultInjectingAllocator(new NativeAllocator(), nth: 2);
        var allocator = new StatisticsAllocator(faulty);
        Allocation first = allocator.Allocate(10);
        Assert.Throws<AllocationException>(() => allocator.Allocate(20));
        Allocation third = allocator.Allocate(30);
        Assert.Equal(
            new AllocatorStatistics { LiveBytes = 40, LiveCount = 2, PeakBytes = 40, TotalBytes = 40, TotalCount = 2, FailedCount = 1 },
            allocator.Statistics);
        allocator.Free(in first);
        allocator.Free(in third);
    }

    [Fact]
    public void Changed_or_foreign_allocations_are_not_freed()
    {
        var native = new NativeAllocator();
        var allocator = new StatisticsAllocator(native);
        Allocation block = allocator.Allocate(64);
        Assert.Throws<WorkspaceException>(() => allocator.Free(new Allocation(block.Address, 65, 64, false, allocator)));
        Assert.Throws<WorkspaceException>(() => allocator.Free(new Allocation(block.Address, 64, 32, false, allocator)));
        Assert.Throws<WorkspaceException>(() => allocator.Free(new Allocation(block.Address + 64, 64, 64, false, allocator)));
        string message = Assert.Throws<WorkspaceException>(() => allocator.Free(block.OwnedBy(native))).Message;
        Assert.Contains("its owner is Native", message, StringComparison.Ordinal);
        Assert.Equal(1, allocator.Statistics.LiveCount);
        allocator.Free(in block);
        Assert.Throws<ArgumentNullException>(() => new StatisticsAllocator(null!));
        Assert.Throws<ArgumentNullException>(() => block.OwnedBy(null!));
    }

    [Fact]
    public void An_upstream_that_lies_is_found()
    {
        var broken = new BrokenAllocator();
        var allocator = new StatisticsAllocator(broken);
        Allocation block = allocator.Allocate(64);
        Assert.Contains("live already", Assert.Throws<WorkspaceException>(() => allocator.Allocate(64)).Message, StringComparison.Ordinal);

        Assert.Throws<NotSupportedException>(() => allocator.Free(in block));
        Assert.Equal((64, 1), (allocator.Statistics.LiveBytes, allocator.Statistics.LiveCount)); // not taken back: still live
    }

    [Fact]
    public void A_steady_pair_makes_no_garbage()
    {
        var allocator = new StatisticsAllocator(new NativeAllocator());
        Pairs(allocator);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Pairs(allocator);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Pairs(StatisticsAllocator allocator)
    {
        for (int i = 0; i < 100; i++)
        {
            Allocation block = allocator.Allocate(i);
            allocator.Free(in block);
        }
    }

    private sealed class BrokenAllocator : IAllocator
    {
        public string Name => "Broken";

        public Allocation Allocate(long bytes, int alignment = 64, bool zeroed = false) => new(4096, bytes, alignment, zeroed, this);

        public void Free(in Allocation allocation) => throw new NotSupportedException();
    }
}
