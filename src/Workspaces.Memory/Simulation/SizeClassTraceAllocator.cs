using System.Numerics;

namespace Workspaces.Memory.Simulation;

/// <summary>
/// A cache by size class, as simple caching allocators of tensor libraries are: sizes are rounded up to one of four classes between two powers
/// of two (at most a quarter is wasted), a released block waits for a request of its class, and blocks are never split, joined or given back.
/// </summary>
internal sealed class SizeClassTraceAllocator : ITraceAllocator
{
    /// <summary>Four classes a doubling; sizes in alignments have at most 63 bits.</summary>
    private const int Classes = 4 * 64;

    private readonly Stack<long>[] _free = new Stack<long>[Classes];
    private readonly (int Class, long Offset)[] _blocks;
    private readonly int _alignmentShift;
    private readonly long _cap;

    /// <summary>Makes the allocator.</summary>
    /// <param name="schedule">The calls to come.</param>
    /// <param name="cap">Most bytes of all blocks, cached ones included.</param>
    public SizeClassTraceAllocator(TraceSchedule schedule, long cap = long.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        _cap = cap;
        _alignmentShift = BitOperations.Log2((uint)schedule.Problem.Alignment);
        _blocks = new (int, long)[schedule.SlotCount];
        for (int i = 0; i < Classes; i++) _free[i] = new Stack<long>();
    }

    /// <inheritdoc/>
    public string Name => TraceAllocators.SizeClass;

    /// <inheritdoc/>
    public bool HasOffsets => true;

    /// <inheritdoc/>
    public long PeakBytes { get; private set; }

    /// <inheritdoc/>
    public void Begin()
    {
        PeakBytes = 0;
        foreach (Stack<long> cached in _free) cached.Clear();
    }

    /// <inheritdoc/>
    public long Allocate(int request, int slot, long bytes)
    {
        (int index, long units) = ClassOf(bytes >> _alignmentShift);
        if (!_free[index].TryPop(out long offset))
        {
            offset = PeakBytes;
            if ((ulong)units > (ulong)((_cap - offset) >> _alignmentShift)) return ITraceAllocator.Refused; // a class of 2^63 bytes is negative
            PeakBytes = offset + (units << _alignmentShift);
        }

        _blocks[slot] = (index, offset);
        return offset;
    }

    /// <inheritdoc/>
    public void Free(int slot)
    {
        (int index, long offset) = _blocks[slot];
        _free[index].Push(offset);
    }

    /// <summary>Holds nothing.</summary>
    public void Dispose()
    {
    }

    /// <summary>The class of a size and its own size, both in alignments: 1, 2, … 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, …</summary>
    internal static (int Index, long Units) ClassOf(long units)
    {
        int shift = Math.Max(0, BitOperations.Log2((ulong)(units - 1)) - 2);
        long step = (units - 1) >> shift;
        return ((4 * shift) + (int)step, (step + 1) << shift);
    }
}
