using System.Diagnostics;
using Workspaces.Memory.Planning;

namespace Workspaces.Memory.Simulation;

/// <summary>
/// Replays a schedule with an allocator. The first replay is not timed; its layout is checked by <see cref="PlanValidator"/>, which shares no code
/// with any allocator. A request that is refused counts as served from elsewhere, and its release does not reach the allocator.
/// </summary>
public static class TraceReplay
{
    private const int LeastSamples = 3, MostSamples = 101;

    /// <summary>Short traces are replayed several times between two looks at the clock, so that the clock itself does not count.</summary>
    private const int EventsPerSample = 20_000;

    private static readonly TimeSpan TimeToMeasure = TimeSpan.FromSeconds(0.2);

    /// <summary>When a single replay takes longer than this, one sample has to do.</summary>
    private static readonly TimeSpan LongReplay = TimeSpan.FromSeconds(3);

    /// <summary>Replays, checks and times.</summary>
    /// <param name="schedule">The calls.</param>
    /// <param name="allocator">The allocator, made for this schedule.</param>
    /// <param name="cancellationToken">Ends the measurement between two replays.</param>
    /// <returns>Peak, time and failures.</returns>
    /// <exception cref="InvalidOperationException">The allocator is defective: live blocks overlap, or its peak is not that of its blocks.</exception>
    /// <exception cref="OutOfMemoryException">An allocator of real memory could not get it.</exception>
    /// <exception cref="OperationCanceledException">The replay was cancelled.</exception>
    public static ReplayResult Run(TraceSchedule schedule, ITraceAllocator allocator, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentNullException.ThrowIfNull(allocator);
        var offsets = new long[schedule.RequestCount];
        long begin = Stopwatch.GetTimestamp();
        Replay(schedule.Events, allocator, offsets);
        int least = Stopwatch.GetElapsedTime(begin) < LongReplay ? LeastSamples : 1;
        (long failed, long spilled, long spilledPeak) = Failures(schedule.Events, offsets);
        if (allocator.HasOffsets) Check(schedule, allocator, offsets, (int)failed);
        (double nanoseconds, int samples) = Time(schedule, allocator, offsets, least, cancellationToken);
        return new ReplayResult
        {
            Allocator = allocator.Name,
            PeakBytes = allocator.PeakBytes,
            LowerBoundBytes = schedule.Problem.LowerBound,
            NanosecondsPerEvent = nanoseconds,
            Samples = samples,
            FailedRequests = failed,
            SpilledBytes = spilled,
            SpilledPeakBytes = spilledPeak,
        };
    }

    /// <summary>One replay.</summary>
    /// <param name="events">The calls.</param>
    /// <param name="allocator">The allocator.</param>
    /// <param name="offsets">Receives the answer to each request.</param>
    internal static void Replay(ReadOnlySpan<TraceEvent> events, ITraceAllocator allocator, Span<long> offsets)
    {
        allocator.Begin();
        foreach (ref readonly TraceEvent call in events)
        {
            if (call.Bytes > 0) offsets[call.Request] = allocator.Allocate(call.Request, call.Slot, call.Bytes);
            else if (offsets[call.Request] >= 0) allocator.Free(call.Slot);
        }
    }

    private static (double Nanoseconds, int Samples) Time(
        TraceSchedule schedule, ITraceAllocator allocator, long[] offsets, int least, CancellationToken cancellationToken)
    {
        int events = schedule.Events.Length, repeats = Math.Max(1, EventsPerSample / Math.Max(1, events));
        if (events == 0) return (0, 0);
        var samples = new List<double>(MostSamples);
        long begin = Stopwatch.GetTimestamp();
        while (samples.Count < least || (samples.Count < MostSamples && Stopwatch.GetElapsedTime(begin) < TimeToMeasure))
        {
            cancellationToken.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < repeats; i++) Replay(schedule.Events, allocator, offsets);
            samples.Add(Stopwatch.GetElapsedTime(start).TotalNanoseconds / ((double)repeats * events));
        }

        samples.Sort();
        return (samples[samples.Count / 2], samples.Count);
    }

    private static (long Failed, long Spilled, long SpilledPeak) Failures(ReadOnlySpan<TraceEvent> events, ReadOnlySpan<long> offsets)
    {
        long failed = 0, spilled = 0, peak = 0, live = 0;
        var bytesOf = new Dictionary<int, long>();
        foreach (ref readonly TraceEvent call in events)
        {
            if (offsets[call.Request] >= 0) continue;
            if (call.Bytes == 0)
            {
                bytesOf.Remove(call.Request, out long released);
                live -= released;
                continue;
            }

            failed++;
            bytesOf.Add(call.Request, call.Bytes);
            spilled += call.Bytes;
            live += call.Bytes;
            peak = Math.Max(peak, live);
        }

        return (failed, spilled, peak);
    }

    /// <summary>The blocks that were served, as a plan of the problem that they are.</summary>
    private static void Check(TraceSchedule schedule, ITraceAllocator allocator, long[] offsets, int failed)
    {
        PlanningProblem problem = schedule.Problem;
        var places = new long[problem.Count - failed];
        var served = failed == 0 ? [] : new PlanBuffer[places.Length];
        int at = 0;
        long highest = 0;
        for (int k = 0; k < offsets.Length; k++)
        {
            if (offsets[k] < 0) continue;
            int buffer = schedule.BufferOf(k);
            highest = Math.Max(highest, offsets[k] + problem.Occupied(buffer));
            if (failed == 0)
            {
                places[buffer] = offsets[k];
                continue;
            }

            served[at] = problem.Buffers[buffer];
            places[at++] = offsets[k];
        }

        if (failed > 0) problem = new PlanningProblem(served, schedule.Problem.Alignment);
        PlanValidation validation = PlanValidator.Validate(problem, new MemoryPlan(places, highest, problem.LowerBound, allocator.Name));
        if (!validation.IsValid) SimulationErrors.ThrowInvalid(allocator.Name, validation.Message);
        if (allocator.PeakBytes < highest)
            SimulationErrors.ThrowInvalid(allocator.Name, $"it states a peak of {allocator.PeakBytes} bytes, but its highest block ends at {highest}");
    }
}
