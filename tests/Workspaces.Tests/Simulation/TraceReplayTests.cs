using FsCheck;
using FsCheck.Fluent;
using Workspaces.Memory;
using Workspaces.Memory.Planning;
using Workspaces.Memory.Simulation;
using Workspaces.Tests.Planning;

namespace Workspaces.Tests.Simulation;

/// <summary>The order of events, what a replay counts, and that a defective allocator does not pass.</summary>
public sealed class TraceReplayTests
{
    [Fact]
    public void Events_come_by_time_and_releases_before_requests() =>
        Prop.ForAll(TraceProblems.Any(), problem =>
        {
            var schedule = new TraceSchedule(problem);
            List<(long Time, bool IsRequest, int Buffer)> model = TraceModel.Events(problem);
            var live = new Dictionary<int, int>();
            int most = 0, requests = 0;
            Assert.Equal(model.Count, schedule.Events.Length);
            for (int i = 0; i < model.Count; i++)
            {
                TraceEvent call = schedule.Events[i];
                Assert.Equal(model[i].Buffer, schedule.BufferOf(call.Request));
                Assert.Equal(model[i].IsRequest ? TraceModel.Size(problem, model[i].Buffer) : 0, call.Bytes);
                if (!model[i].IsRequest)
                {
                    Assert.True(live.Remove(call.Slot, out int request));
                    Assert.Equal(request, call.Request);
                    continue;
                }

                Assert.Equal(requests++, call.Request);
                live.Add(call.Slot, call.Request);
                Assert.InRange(call.Slot, 0, schedule.SlotCount - 1);
                most = Math.Max(most, live.Count);
            }

            Assert.Empty(live);
            Assert.Equal(most, schedule.SlotCount);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Bytes_go_over_from_a_buffer_that_ends_to_one_that_begins()
    {
        ReplayResult result = Run("first-fit", new PlanningProblem([new(0, 0, 5, 64), new(1, 5, 9, 64)]));
        Assert.Equal((64, 1.0), (result.PeakBytes, result.Ratio));
    }

    [Fact]
    public void What_a_cap_leaves_out_is_counted_with_its_bytes_and_its_peak()
    {
        // 100 of 200 bytes fit: [0, 4) takes them, so those of times 1 and 2 fail, one after the other and both of 64 bytes; time 4 fits again.
        var problem = new PlanningProblem([new(0, 0, 4, 100), new(1, 1, 2, 60), new(2, 2, 3, 33), new(3, 4, 5, 128)]);
        foreach (string name in (string[])["first-fit", "best-fit", "size-class", "native", "gc"])
        {
            ReplayResult result = Run(name, problem, cap: 130);
            Assert.Equal((128, 2, 128, 64), (result.PeakBytes, result.FailedRequests, result.SpilledBytes, result.SpilledPeakBytes));
        }

        Assert.Equal(3, Run("bump", problem, cap: 130).FailedRequests);
    }

    [Fact]
    public void A_trace_without_buffers_is_replayed_to_nothing()
    {
        foreach (string name in TraceAllocators.Names)
        {
            ReplayResult result = Run(name, new PlanningProblem([]));
            Assert.Equal((0, 1.0, 0.0, 0), (result.PeakBytes, result.Ratio, result.NanosecondsPerEvent, result.FailedRequests));
        }
    }

    [Theory]
    [InlineData(0, 64, "overlap")]
    [InlineData(64, 64, "highest block ends at 192")]
    [InlineData(100, 1000, "no multiple of 64")]
    public void An_allocator_whose_layout_is_invalid_is_an_error(long distance, long peak, string flaw)
    {
        var schedule = new TraceSchedule(new PlanningProblem([new(0, 0, 3, 64), new(1, 1, 3, 64), new(2, 2, 3, 64)]));
        var error = Assert.Throws<InvalidOperationException>(() => TraceReplay.Run(schedule, new DefectiveAllocator(distance, peak)));
        Assert.Contains(flaw, error.Message, StringComparison.Ordinal);
        Assert.Contains("defective", error.Message, StringComparison.Ordinal);
        Assert.Contains("Remedy", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_overlap_is_found_among_what_a_cap_has_left()
    {
        var schedule = new TraceSchedule(new PlanningProblem([new(0, 0, 3, 64), new(1, 1, 3, 64), new(2, 2, 3, 64)]));
        var error = Assert.Throws<InvalidOperationException>(() => TraceReplay.Run(schedule, new DefectiveAllocator(0, 1000, refused: 1)));
        Assert.Contains("buffers 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Warm_replays_of_simulated_allocators_make_no_garbage()
    {
        var schedule = new TraceSchedule(TraceFiles.Read("gpt_mini_b8_infer"));
        var offsets = new long[schedule.RequestCount];
        foreach (string name in (string[])["plan", "best-fit", "first-fit", "bump", "size-class", "native"])
        {
            using ITraceAllocator allocator = TraceAllocators.Create(name, schedule);
            for (int i = 0; i < 3; i++) TraceReplay.Replay(schedule.Events, allocator, offsets);
            long before = GC.GetAllocatedBytesForCurrentThread();
            TraceReplay.Replay(schedule.Events, allocator, offsets);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    [Fact]
    public void A_cancelled_replay_ends_with_the_exception_of_cancellation()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        var schedule = new TraceSchedule(TraceFiles.Read("minimalloc_A"));
        Assert.Throws<OperationCanceledException>(() => TraceReplay.Run(schedule, new BumpTraceAllocator(), cancelled.Token));
    }

    [Fact]
    public void Real_memory_beyond_the_machine_is_refused_before_it_is_asked_for()
    {
        var schedule = new TraceSchedule(new PlanningProblem([new(0, 0, 1, 1L << 60)]));
        foreach (string name in (string[])["native", "gc"])
        {
            var error = Assert.Throws<WorkspaceException>(() => TraceAllocators.Create(name, schedule));
            Assert.Contains("1,152,921,504,606,846,976 bytes", error.Message, StringComparison.Ordinal);
            Assert.Equal(1, Run(name, schedule.Problem, cap: 1 << 20).FailedRequests);
        }
    }

    [Fact]
    public void A_request_longer_than_an_array_is_refused_by_gc_with_the_numbers()
    {
        using var allocator = new GarbageCollectedTraceAllocator(new TraceSchedule(new PlanningProblem([new(0, 0, 1, 1L << 32)])));
        var error = Assert.Throws<WorkspaceException>(() => allocator.Allocate(0, 0, 1L << 32));
        Assert.Contains("4,294,967,296 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_names_list_the_known_ones()
    {
        var error = Assert.Throws<ArgumentException>(() => TraceAllocators.Create("worst-fit", new TraceSchedule(new PlanningProblem([]))));
        Assert.All(TraceAllocators.Names, name => Assert.Contains(name, error.Message, StringComparison.Ordinal));
        Assert.Throws<ArgumentOutOfRangeException>(() => TraceAllocators.Create("bump", new TraceSchedule(new PlanningProblem([])), -1));
    }

    [Fact]
    public void More_buffers_than_a_search_takes_are_planned_as_the_better_online_allocator_places_them()
    {
        var random = new System.Random(5);
        var buffers = new PlanBuffer[600_000];
        for (int i = 0; i < buffers.Length; i++) buffers[i] = new(i, i, i + random.Next(1, 50), random.Next(1, 10_000));
        var schedule = new TraceSchedule(new PlanningProblem(buffers));
        var served = new long[buffers.Length];
        long Peak(string name)
        {
            using ITraceAllocator allocator = TraceAllocators.Create(name, schedule);
            TraceReplay.Replay(schedule.Events, allocator, served);
            return allocator.PeakBytes;
        }

        Assert.Equal(Math.Min(Peak("first-fit"), Peak("best-fit")), Peak("plan"));
    }

    private static ReplayResult Run(string name, PlanningProblem problem, long cap = long.MaxValue)
    {
        var schedule = new TraceSchedule(problem);
        using ITraceAllocator allocator = TraceAllocators.Create(name, schedule, cap);
        return TraceReplay.Run(schedule, allocator);
    }

    /// <summary>Puts request k at k times a distance, and states any peak.</summary>
    private sealed class DefectiveAllocator(long distance, long peak, int refused = -1) : ITraceAllocator
    {
        public string Name => "defective";

        public bool HasOffsets => true;

        public long PeakBytes => peak;

        public void Begin()
        {
        }

        public long Allocate(int request, int slot, long bytes) => request == refused ? ITraceAllocator.Refused : request * distance;

        public void Free(int slot)
        {
        }

        public void Dispose()
        {
        }
    }
}
