using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Workspaces.Memory;
using Workspaces.Memory.Allocators;
using Workspaces.Memory.Planning;
using Workspaces.Memory.Simulation;

namespace Workspaces.Tests.Allocators;

/// <summary>What each wrapper adds.</summary>
public sealed class WrapperTests
{
    public static TheoryData<string> Wrappers => [.. AllocatorStack.Wrappers.Keys.Where(static name => name != "nothing")];

    [Theory]
    [MemberData(nameof(Wrappers))]
    public void A_refusal_below_comes_up_with_the_size_that_was_asked_and_leaks_nothing(string name)
    {
        var books = new StatisticsAllocator(new NativeAllocator());
        bool refused = true;
        for (int nth = 1; refused; nth++)
        {
            var faults = new FaultInjectingAllocator(books, nth);
            IAllocator top = AllocatorStack.Wrappers[name].Make(faults);
            List<Allocation> blocks = [];
            for (int i = 0; i < 12; i++)
            {
                long bytes = 1000 * i;
                try
                {
                    blocks.Add(top.Allocate(bytes, 1 << i, zeroed: true));
                }
                catch (AllocationException error)
                {
                    Assert.Equal(bytes, error.RequestedBytes);
                }
            }

            refused = faults.Faults > 0;
            Assert.Equal(12 - faults.Faults, blocks.Count);
            foreach (Allocation block in blocks) top.Free(in block);
            ((IDisposable)top).Dispose();
            Assert.Equal(0, books.Statistics.LiveCount);
            Assert.True(nth < 100);
        }
    }

    [Theory]
    [MemberData(nameof(Wrappers))]
    public void A_chain_that_ends_in_null_gives_nothing(string name)
    {
        IAllocator top = AllocatorStack.Wrappers[name].Make(new NullAllocator());
        foreach (long bytes in (long[])[0, 1, 1 << 20])
        {
            var error = Assert.Throws<AllocationException>(() => top.Allocate(bytes));
            Assert.Contains("on purpose", error.Message, StringComparison.Ordinal);
        }

        Assert.Throws<WorkspaceException>(() => new NullAllocator().Free(default));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NullAllocator().Allocate(-1));
    }

    [Fact]
    public void Disposing_a_wrapper_leaves_its_upstream_open_unless_told()
    {
        var upstream = new HugePageAllocator();
        new LimitAllocator(upstream, 100).Dispose();
        Allocation block = upstream.Allocate(10);
        upstream.Free(in block);
        new StatisticsAllocator(new LimitAllocator(upstream, 100, leaveOpen: false), leaveOpen: false).Dispose();
        Assert.Throws<ObjectDisposedException>(() => upstream.Allocate(10));
        Assert.Throws<ArgumentNullException>(() => new LimitAllocator(null!, 1));
    }

    [Fact]
    public void A_limit_is_exact_under_threads()
    {
        const long limit = 10_000;
        var below = new StatisticsAllocator(new NativeAllocator());
        var allocator = new LimitAllocator(below, limit);
        long refusals = 0;
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, t =>
        {
            var random = new Random(t);
            List<Allocation> mine = [];
            for (int i = 0; i < 5_000; i++)
            {
                try
                {
                    mine.Add(allocator.Allocate(random.Next(0, 2_000)));
                }
                catch (AllocationException)
                {
                    Interlocked.Increment(ref refusals);
                }

                while (mine.Count > random.Next(0, 6))
                {
                    Allocation last = mine[^1];
                    mine.RemoveAt(mine.Count - 1);
                    allocator.Free(in last);
                }
            }

            foreach (Allocation block in mine) allocator.Free(in block);
        });
        Assert.True(below.Statistics.PeakBytes <= limit);
        Assert.InRange(allocator.PeakBytes, 1, limit);
        Assert.True(refusals > 0);
        Assert.Equal((0, 0), (allocator.LiveBytes, below.Statistics.LiveCount));
        Allocation all = allocator.Allocate(limit); // nothing was lost: the whole is there
        Assert.Contains("10,000 of 10,000", Assert.Throws<AllocationException>(() => allocator.Allocate(1)).Message, StringComparison.Ordinal);
        Allocation none = allocator.Allocate(0);
        allocator.Free(in all);
        allocator.Free(in none);
        Assert.Throws<ArgumentOutOfRangeException>(() => new LimitAllocator(below, -1));
    }

    [Fact]
    public void A_limit_takes_back_what_the_upstream_refused()
    {
        var allocator = new LimitAllocator(new FaultInjectingAllocator(new NativeAllocator(), nth: 1), 100);
        Assert.Throws<AllocationException>(() => allocator.Allocate(100));
        Allocation block = allocator.Allocate(100);
        allocator.Free(in block);
    }

    [Fact]
    public async Task Tracking_tells_what_leaks_by_tag_and_site()
    {
        var allocator = new TrackingAllocator(new NativeAllocator(), captureSites: true);
        Allocation freed = allocator.Allocate(1), leaked, other;
        using (allocator.Tag("loading"))
        {
            leaked = Leak(allocator);
            using (allocator.Tag("inner")) other = await Task.Run(() => allocator.Allocate(7));
            Assert.Equal("loading", Again(allocator));
        }

        allocator.Free(in freed);
        IReadOnlyList<TrackedAllocation> live = allocator.LiveAllocations();
        Assert.Equal([(2L, 4096L, "loading"), (3, 7, "inner")], live.Select(static block => (block.Number, block.Bytes, block.Tag!)));
        Assert.StartsWith("Workspaces.Tests.Allocators.WrapperTests.Leak", live[0].Site, StringComparison.Ordinal);
        string message = Assert.Throws<WorkspaceException>(allocator.ThrowIfLeaked).Message;
        Assert.Contains("2 blocks with 4,103 bytes", message, StringComparison.Ordinal);
        Assert.Contains("tag 'loading'", message, StringComparison.Ordinal);
        Assert.Contains("… and 1 more", allocator.Report(most: 1), StringComparison.Ordinal);
        allocator.Free(in leaked);
        allocator.Free(in other);
        allocator.ThrowIfLeaked();
    }

    [Fact]
    public void A_trace_can_be_planned_and_replayed()
    {
        var allocator = new TraceAllocator(new NativeAllocator());
        Allocation a = allocator.Allocate(1000), b = allocator.Allocate(500);
        allocator.Free(in a);
        Allocation empty = allocator.Allocate(0), c = allocator.Allocate(1000);
        allocator.Free(in empty);
        var text = new StringWriter();
        Assert.Equal(3, allocator.Write(text));
        PlanningProblem problem = TraceCsv.Read(new StringReader(text.ToString()), "trace");
        Assert.Equal([new(0, 0, 2, 1000), new(1, 1, 6, 500), new(3, 4, 6, 1000)], problem.Buffers.ToArray());
        Assert.Equal(1536, new AnytimePlanner().Plan(problem, new PlanningBudget()).Peak);
        Assert.Equal(6, new TraceSchedule(problem).Events.Length);

        allocator.Clear();
        allocator.Free(in b);
        allocator.Free(in c);
        Assert.Equal(0, allocator.Count);
    }

    [Fact]
    public void A_failure_callback_frees_something_and_the_request_is_tried_again()
    {
        var limit = new LimitAllocator(new NativeAllocator(), 100);
        Allocation hoard = limit.Allocate(90);
        List<(long, int)> calls = [];
        var allocator = new FailureCallbackAllocator(limit, (refused, attempt) =>
        {
            calls.Add((refused.RequestedBytes, attempt));
            if (attempt == 2 && calls.Count == 2) limit.Free(in hoard);
            return true;
        });
        Allocation block = allocator.Allocate(50, 1024, zeroed: true);
        Assert.Equal((0, true, 1024), (block.Address % 1024, block.IsZeroed, block.Alignment));
        Assert.Equal([(50, 1), (50, 2)], calls);
        Assert.Equal(2, allocator.RetryCount);

        Assert.Throws<AllocationException>(() => allocator.Allocate(101));
        Assert.Equal(2 + 16, calls.Count); // the retries have an end
        Assert.Throws<NotSupportedException>(() => new FailureCallbackAllocator(limit, static (_, _) => throw new NotSupportedException()).Allocate(101));
        Assert.Throws<ArgumentOutOfRangeException>(() => allocator.Allocate(-1)); // not a failure of memory: not asked
        Assert.Equal(2 + 16, calls.Count);
        allocator.Free(in block);
    }

    [Fact]
    public void A_size_chain_sends_each_size_to_its_allocator_and_back()
    {
        StatisticsAllocator small = new(new NativeAllocator()), middle = new(new PinnedAllocator()), large = new(new NativeAllocator());
        var chain = new SizeChainAllocator(new SizeChainAllocator(small, 100, middle), 1000, large);
        Allocation[] blocks = [.. ((long[])[0, 99, 100, 999, 1000, 5000]).Select(bytes => chain.Allocate(bytes))];
        Assert.Equal((2, 2, 2), (small.Statistics.LiveCount, middle.Statistics.LiveCount, large.Statistics.LiveCount));
        Assert.Equal((99, 1099, 6000), (small.Statistics.LiveBytes, middle.Statistics.LiveBytes, large.Statistics.LiveBytes));
        foreach (Allocation block in blocks) chain.Free(in block);
        Assert.Equal((0, 0, 0), (small.Statistics.LiveCount, middle.Statistics.LiveCount, large.Statistics.LiveCount));
        Assert.Contains("SizeChain[1000: ", chain.Name, StringComparison.Ordinal);
    }

    [Fact]
    public void An_allocator_that_knows_no_threads_is_called_by_one_at_a_time()
    {
        var fragile = new OneAtATime();
        var allocator = new SynchronizedAllocator(fragile);
        var handed = new ConcurrentBag<Allocation>();
        Parallel.For(0, 4, _ =>
        {
            for (int i = 0; i < 2_000; i++)
            {
                handed.Add(allocator.Allocate(16));
                if (handed.TryTake(out Allocation block)) allocator.Free(in block);
            }
        });
        Assert.Equal((false, handed.Count), (fragile.WasShared, fragile.Live));
    }

    [Fact]
    public void Regions_of_statistics_nest_and_count_only_their_own()
    {
        var allocator = new StatisticsAllocator(new NativeAllocator());
        Allocation before = allocator.Allocate(100);
        allocator.Push();
        Allocation a = allocator.Allocate(50);
        allocator.Push();
        Assert.Equal(default, allocator.Peek());
        Allocation b = allocator.Allocate(1000);
        allocator.Free(in b);
        allocator.Free(in before);
        Assert.Equal(
            new AllocatorStatistics { LiveBytes = -100, LiveCount = -1, PeakBytes = 1000, TotalBytes = 1000, TotalCount = 1 }, allocator.Pop());
        Assert.Equal(
            new AllocatorStatistics { LiveBytes = -50, LiveCount = 0, PeakBytes = 1050, TotalBytes = 1050, TotalCount = 2 }, allocator.Peek());
        Assert.Equal(1, allocator.RegionCount);
        allocator.Pop();
        Assert.Contains("Push", Assert.Throws<WorkspaceException>(() => allocator.Pop()).Message, StringComparison.Ordinal);
        Assert.Throws<WorkspaceException>(() => allocator.Peek());
        allocator.Free(in a);
        Assert.Equal((0, 1150), (allocator.Statistics.LiveCount, allocator.Statistics.PeakBytes));
    }

    [Fact]
    public void Faults_come_by_number_or_by_chance_and_can_be_repeated()
    {
        Assert.Equal([3, 5, 7], Failed(new FaultInjectingAllocator(new NativeAllocator(), nth: 3, period: 2), 8));
        Assert.Equal([2], Failed(new FaultInjectingAllocator(new NativeAllocator(), nth: 2), 50));
        List<int> once = Failed(new FaultInjectingAllocator(new NativeAllocator(), 0.25, seed: 7), 2_000);
        Assert.InRange(once.Count, 400, 600);
        Assert.Equal(once, Failed(new FaultInjectingAllocator(new NativeAllocator(), 0.25, seed: 7), 2_000));
        Assert.NotEqual(once, Failed(new FaultInjectingAllocator(new NativeAllocator(), 0.25, seed: 8), 2_000));
        Assert.Empty(Failed(new FaultInjectingAllocator(new NativeAllocator(), 0.0, seed: 8), 100));
        Assert.Equal(100, Failed(new FaultInjectingAllocator(new NativeAllocator(), 1.0, seed: 8), 100).Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => new FaultInjectingAllocator(new NativeAllocator(), nth: 0));
        foreach (double bad in (double[])[double.NaN, -0.1, 1.1])
            Assert.Throws<ArgumentOutOfRangeException>(() => new FaultInjectingAllocator(new NativeAllocator(), bad, seed: 1));
    }

    private static List<int> Failed(FaultInjectingAllocator allocator, int calls)
    {
        List<int> failed = [];
        for (int call = 1; call <= calls; call++)
        {
            try
            {
                Allocation block = allocator.Allocate(1);
                allocator.Free(in block);
            }
            catch (AllocationException)
            {
                failed.Add(call);
            }
        }

        Assert.Equal((calls, failed.Count), (allocator.Calls, allocator.Faults));
        return failed;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Allocation Leak(TrackingAllocator allocator) => allocator.Allocate(4096);

    private static string? Again(TrackingAllocator allocator)
    {
        Allocation block = allocator.Allocate(1);
        string? tag = allocator.LiveAllocations()[^1].Tag;
        allocator.Free(in block);
        return tag;
    }

    private sealed class OneAtATime : IAllocator
    {
        private readonly NativeAllocator _native = new();
        private int _inside;

        public bool WasShared { get; private set; }

        public int Live { get; private set; }

        public string Name => "one at a time";

        public Allocation Allocate(long bytes, int alignment = 64, bool zeroed = false)
        {
            Enter();
            Live++;
            Allocation block = _native.Allocate(bytes, alignment, zeroed).OwnedBy(this);
            Interlocked.Decrement(ref _inside);
            return block;
        }

        public void Free(in Allocation allocation)
        {
            Enter();
            Live--;
            _native.Free(allocation.OwnedBy(_native));
            Interlocked.Decrement(ref _inside);
        }

        private void Enter()
        {
            if (Interlocked.Increment(ref _inside) != 1) WasShared = true;
            Thread.SpinWait(20);
        }
    }
}
