using Workspaces.Memory.Planning;

namespace Workspaces.Memory.Simulation;

/// <summary>
/// A recorded pass as the sequence of calls that an allocator sees. At equal times releases come before requests, because lives are
/// <c>[lower, upper)</c>; requests (and releases) of one time come in the order of the problem's buffers. Immutable; takes 36 bytes a buffer.
/// </summary>
public sealed class TraceSchedule
{
    private readonly TraceEvent[] _events;
    private readonly int[] _buffers;

    /// <summary>Puts the births and deaths of a problem in order.</summary>
    /// <param name="problem">The buffers of the pass.</param>
    /// <exception cref="ArgumentException">There are more than 2²⁹ buffers.</exception>
    public TraceSchedule(PlanningProblem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        if (problem.Count > MaxBuffers) SimulationErrors.ThrowTooManyBuffers(problem.Count, MaxBuffers);
        Problem = problem;
        ReadOnlySpan<PlanBuffer> buffers = problem.Buffers;
        var times = new long[buffers.Length];
        for (int i = 0; i < times.Length; i++) times[i] = buffers[i].Lower;
        _buffers = InOrder(times);
        for (int i = 0; i < times.Length; i++) times[i] = buffers[i].Upper;
        _events = Merge(problem, _buffers, InOrder(times), out int slots);
        SlotCount = slots;
    }

    /// <summary>Most buffers of a schedule: twice as many events still have 32-bit numbers.</summary>
    public static int MaxBuffers => 1 << 29;

    /// <summary>The buffers that the schedule was made of.</summary>
    public PlanningProblem Problem { get; }

    /// <summary>The calls in order: two for each buffer.</summary>
    public ReadOnlySpan<TraceEvent> Events => _events;

    /// <summary>Number of requests, one for each buffer.</summary>
    public int RequestCount => _buffers.Length;

    /// <summary>Slots are numbered from 0 below this: the most requests live at once.</summary>
    public int SlotCount { get; }

    /// <summary>The problem's buffer that a request stands for.</summary>
    /// <param name="request">Number of the request.</param>
    /// <returns>Index of the buffer.</returns>
    public int BufferOf(int request) => _buffers[request];

    /// <summary>Indices in order of time, equal times in order of index. Traces are mostly in order of birth already.</summary>
    private static int[] InOrder(long[] times)
    {
        var order = new int[times.Length];
        bool sorted = true;
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
            sorted &= i == 0 || times[i - 1] <= times[i];
        }

        if (sorted) return order;
        Array.Sort(times, order);
        for (int from = 0, to; from < order.Length; from = to)
        {
            for (to = from + 1; to < order.Length && times[to] == times[from];) to++;
            if (to - from > 1) Array.Sort(order, from, to - from);
        }

        return order;
    }

    private static TraceEvent[] Merge(PlanningProblem problem, int[] births, int[] deaths, out int slots)
    {
        ReadOnlySpan<PlanBuffer> buffers = problem.Buffers;
        var events = new TraceEvent[2 * births.Length];
        var requests = new (int Number, int Slot)[births.Length];
        var free = new Stack<int>();
        slots = 0;
        for (int at = 0, b = 0, d = 0; at < events.Length; at++)
        {
            if (b < births.Length && buffers[births[b]].Lower < buffers[deaths[d]].Upper)
            {
                int buffer = births[b], slot = free.TryPop(out int known) ? known : slots++;
                requests[buffer] = (b, slot);
                events[at] = new TraceEvent(b++, slot, problem.Occupied(buffer));
                continue;
            }

            (int request, int released) = requests[deaths[d++]];
            events[at] = new TraceEvent(request, released, 0);
            free.Push(released);
        }

        return events;
    }
}
