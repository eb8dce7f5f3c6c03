namespace Workspaces.Memory.Simulation;

/// <summary>A pointer that only rises: no byte is used twice in a pass, and everything is free at its end. The sum of all requests is the peak.</summary>
/// <param name="cap">Most bytes.</param>
internal sealed class BumpTraceAllocator(long cap = long.MaxValue) : ITraceAllocator
{
    /// <inheritdoc/>
    public string Name => TraceAllocators.Bump;

    /// <inheritdoc/>
    public bool HasOffsets => true;

    /// <inheritdoc/>
    public long PeakBytes { get; private set; }

    /// <inheritdoc/>
    public void Begin() => PeakBytes = 0;

    /// <inheritdoc/>
    public long Allocate(int request, int slot, long bytes)
    {
        long offset = PeakBytes;
        if (bytes > cap - offset) return ITraceAllocator.Refused;
        PeakBytes = offset + bytes;
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
