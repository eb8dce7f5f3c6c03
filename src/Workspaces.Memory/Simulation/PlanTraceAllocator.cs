using Workspaces.Memory.Planning;

namespace Workspaces.Memory.Simulation;

/// <summary>Replays a plan: request k lies where the plan says. Serving costs one array access, releasing nothing.</summary>
internal sealed class PlanTraceAllocator : ITraceAllocator
{
    private readonly long[] _offsets;
    private readonly long _cap;

    /// <summary>Puts the offsets of a plan in the order of requests.</summary>
    /// <param name="schedule">The calls to come.</param>
    /// <param name="plan">A plan of the schedule's problem.</param>
    /// <param name="cap">Blocks of the plan that end above this are refused.</param>
    public PlanTraceAllocator(TraceSchedule schedule, MemoryPlan plan, long cap = long.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentOutOfRangeException.ThrowIfNotEqual(plan.Offsets.Length, schedule.RequestCount);
        _cap = cap;
        _offsets = new long[schedule.RequestCount];
        for (int k = 0; k < _offsets.Length; k++) _offsets[k] = plan.Offsets[schedule.BufferOf(k)];
    }

    /// <inheritdoc/>
    public string Name => TraceAllocators.Plan;

    /// <inheritdoc/>
    public bool HasOffsets => true;

    /// <inheritdoc/>
    public long PeakBytes { get; private set; }

    /// <inheritdoc/>
    public void Begin() => PeakBytes = 0;

    /// <inheritdoc/>
    public long Allocate(int request, int slot, long bytes)
    {
        long offset = _offsets[request];
        if (bytes > _cap - offset) return ITraceAllocator.Refused;
        PeakBytes = Math.Max(PeakBytes, offset + bytes);
        return offset;
    }

    /// <inheritdoc/>
    public void Free(int slot)
    {
    }

    /// <summary>Holds nothing.</summary>
    public void Dispose()
    {
    }
}
