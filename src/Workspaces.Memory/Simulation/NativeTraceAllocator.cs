using Workspaces.Memory.Allocators;

namespace Workspaces.Memory.Simulation;

/// <summary>
/// The native heap of the process, really called: <c>NativeMemory.AlignedAlloc</c> and <c>AlignedFree</c>. Nothing is written to the memory.
/// What the heap holds beyond live blocks cannot be seen from here, so the peak is that of the live bytes.
/// </summary>
internal sealed class NativeTraceAllocator : ITraceAllocator
{
    private readonly NativeAllocator _heap = new();
    private readonly Allocation[] _blocks;
    private readonly int _alignment;
    private readonly long _cap;
    private long _live;

    /// <summary>Makes the allocator.</summary>
    /// <param name="schedule">The calls to come.</param>
    /// <param name="cap">Most live bytes.</param>
    public NativeTraceAllocator(TraceSchedule schedule, long cap = long.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        _cap = cap;
        _blocks = new Allocation[schedule.SlotCount];
        _alignment = Math.Min(schedule.Problem.Alignment, Allocation.MaxAlignment);
    }

    /// <inheritdoc/>
    public string Name => TraceAllocators.Native;

    /// <inheritdoc/>
    public bool HasOffsets => false;

    /// <inheritdoc/>
    public long PeakBytes { get; private set; }

    /// <inheritdoc/>
    public void Begin()
    {
        FreeAll();
        PeakBytes = _live = 0;
    }

    /// <inheritdoc/>
    /// <exception cref="AllocationException">The system has no more memory.</exception>
    public long Allocate(int request, int slot, long bytes)
    {
        if (bytes > _cap - _live) return ITraceAllocator.Refused;
        _blocks[slot] = _heap.Allocate(bytes, _alignment);
        _live += bytes;
        PeakBytes = Math.Max(PeakBytes, _live);
        return 0;
    }

    /// <inheritdoc/>
    public void Free(int slot)
    {
        ref Allocation block = ref _blocks[slot];
        _live -= block.Bytes;
        _heap.Free(in block);
        block = default;
    }

    /// <summary>Frees what a replay that ended early has left.</summary>
    public void Dispose() => FreeAll();

    private void FreeAll()
    {
        for (int slot = 0; slot < _blocks.Length && _live > 0; slot++)
        {
            if (_blocks[slot].Owner is not null) Free(slot);
        }
    }
}
