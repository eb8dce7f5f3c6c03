namespace Workspaces.Memory.Simulation;

/// <summary>
/// What a program without any allocator does: every request is a new managed array, every release forgets it, and the collector finds out later.
/// The peak is that of the live bytes; what dead arrays hold until then comes on top.
/// </summary>
internal sealed class GarbageCollectedTraceAllocator : ITraceAllocator
{
    private readonly byte[]?[] _arrays;
    private readonly long _cap;
    private long _live;

    /// <summary>Makes the allocator.</summary>
    /// <param name="schedule">The calls to come.</param>
    /// <param name="cap">Most live bytes.</param>
    public GarbageCollectedTraceAllocator(TraceSchedule schedule, long cap = long.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        _cap = cap;
        _arrays = new byte[schedule.SlotCount][];
    }

    /// <inheritdoc/>
    public string Name => TraceAllocators.GarbageCollected;

    /// <inheritdoc/>
    public bool HasOffsets => false;

    /// <inheritdoc/>
    public long PeakBytes { get; private set; }

    /// <inheritdoc/>
    public void Begin()
    {
        Array.Clear(_arrays);
        PeakBytes = _live = 0;
    }

    /// <inheritdoc/>
    /// <exception cref="WorkspaceException">The request is longer than an array can be.</exception>
    public long Allocate(int request, int slot, long bytes)
    {
        if (bytes > _cap - _live) return ITraceAllocator.Refused;
        if (bytes > Array.MaxLength) SimulationErrors.ThrowArrayTooLong(Name, bytes);
        _arrays[slot] = new byte[bytes];
        _live += bytes;
        PeakBytes = Math.Max(PeakBytes, _live);
        return 0;
    }

    /// <inheritdoc/>
    public void Free(int slot)
    {
        _live -= _arrays[slot]!.Length;
        _arrays[slot] = null;
    }

    /// <summary>Forgets what a replay that ended early has left.</summary>
    public void Dispose() => Array.Clear(_arrays);
}
