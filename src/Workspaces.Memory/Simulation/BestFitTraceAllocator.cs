using Workspaces.Memory.Allocators;

namespace Workspaces.Memory.Simulation;

/// <summary>
/// The online allocator of workspaces that are still learning: the smallest hole that suffices, the lowest on ties, neighbours joined on
/// release. It addresses 2³² alignments, 256 GiB with the usual one of 64 bytes; a request beyond that is refused as one above the cap.
/// </summary>
internal sealed class BestFitTraceAllocator : ITraceAllocator
{
    private readonly BestFitAllocator _allocator;
    private readonly int[] _nodes;
    private readonly long _limit;
    private readonly int _shift;

    /// <summary>Makes the allocator.</summary>
    /// <param name="schedule">The calls to come.</param>
    /// <param name="cap">The highest live byte lies below this.</param>
    public BestFitTraceAllocator(TraceSchedule schedule, long cap = long.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        _shift = System.Numerics.BitOperations.Log2((uint)schedule.Problem.Alignment);
        _limit = Math.Min(cap >> _shift, long.MaxValue / Granule.Bytes) * Granule.Bytes;
        _nodes = new int[schedule.SlotCount];
        _allocator = new BestFitAllocator();
    }

    /// <summary>Refuses a trace whose failures would come from the range of addresses, not from the cap.</summary>
    /// <param name="schedule">The calls to come.</param>
    /// <param name="cap">Most bytes.</param>
    /// <exception cref="WorkspaceException">More bytes are live at once than it can address, and the cap allows them.</exception>
    public static void ThrowIfOutOfRange(TraceSchedule schedule, long cap = long.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        long most = Math.Min(cap, schedule.Problem.LowerBound), range = (1L << 32) * schedule.Problem.Alignment;
        if (most > range) SimulationErrors.ThrowOutOfRange(TraceAllocators.BestFit, most, range);
    }

    /// <inheritdoc/>
    public string Name => TraceAllocators.BestFit;

    /// <inheritdoc/>
    public bool HasOffsets => true;

    /// <inheritdoc/>
    public long PeakBytes => _allocator.PeakTop / Granule.Bytes << _shift;

    /// <inheritdoc/>
    public void Begin() => _allocator.Reset(0);

    /// <inheritdoc/>
    public long Allocate(int request, int slot, long bytes)
    {
        // The allocator counts in granules; here one granule stands for one alignment.
        long units = bytes >> _shift;
        return units <= uint.MaxValue && _allocator.TryAllocate(units * Granule.Bytes, _limit, out long offset, out _nodes[slot])
            ? offset / Granule.Bytes << _shift
            : ITraceAllocator.Refused;
    }

    /// <inheritdoc/>
    public void Free(int slot) => _allocator.Free(_nodes[slot]);

    /// <summary>Holds nothing.</summary>
    public void Dispose()
    {
    }
}
