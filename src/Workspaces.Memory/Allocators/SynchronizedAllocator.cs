namespace Workspaces.Memory.Allocators;

/// <summary>Makes an upstream that knows no threads usable by many: one call at a time.</summary>
public sealed class SynchronizedAllocator : WrapperAllocator
{
    private readonly object _gate = new();

    /// <summary>Guards an upstream.</summary>
    /// <param name="upstream">Is called by one thread at a time, as long as nobody calls it past this wrapper.</param>
    /// <param name="leaveOpen">False to dispose the upstream with this wrapper.</param>
    public SynchronizedAllocator(IAllocator upstream, bool leaveOpen = true)
        : base(upstream, "Synchronized", leaveOpen)
    {
    }

    /// <inheritdoc/>
    protected override Allocation Take(long bytes, int alignment, bool zeroed)
    {
        lock (_gate) return base.Take(bytes, alignment, zeroed);
    }

    /// <inheritdoc/>
    protected override void GiveBack(in Allocation allocation)
    {
        lock (_gate) base.GiveBack(in allocation);
    }

    private protected override void DisposeUpstream()
    {
        lock (_gate) base.DisposeUpstream();
    }
}
