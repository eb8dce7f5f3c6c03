namespace Workspaces.Memory.Allocators;

/// <summary>
/// Large requests here, small ones to the allocator that served everything before. Chains of any length are made by nesting:
/// <code>
///   bytes &lt; 4 KiB → caching      4 KiB … 1 MiB → native      from 1 MiB → huge pages
///   new SizeChainAllocator(new SizeChainAllocator(caching, 4096, native), 1 &lt;&lt; 20, hugePages)
/// </code>
/// </summary>
public sealed class SizeChainAllocator : WrapperAllocator
{
    private readonly bool _leaveOpen;

    /// <summary>Puts an allocator for large requests in front of another.</summary>
    /// <param name="upstream">Serves requests below the threshold.</param>
    /// <param name="thresholdBytes">The smallest request that counts as large, 0 or more.</param>
    /// <param name="large">Serves requests of the threshold and above.</param>
    /// <param name="leaveOpen">False to dispose both with this wrapper.</param>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is negative.</exception>
    public SizeChainAllocator(IAllocator upstream, long thresholdBytes, IAllocator large, bool leaveOpen = true)
        : base(upstream, $"SizeChain[{thresholdBytes}: {large?.Name}]", leaveOpen)
    {
        ArgumentNullException.ThrowIfNull(large);
        ArgumentOutOfRangeException.ThrowIfNegative(thresholdBytes);
        ThresholdBytes = thresholdBytes;
        Large = large;
        _leaveOpen = leaveOpen;
    }

    /// <summary>The smallest request that counts as large.</summary>
    public long ThresholdBytes { get; }

    /// <summary>Serves large requests.</summary>
    public IAllocator Large { get; }

    /// <inheritdoc/>
    protected override Allocation Take(long bytes, int alignment, bool zeroed) => For(bytes).Allocate(bytes, alignment, zeroed).OwnedBy(this);

    /// <inheritdoc/>
    protected override void GiveBack(in Allocation allocation)
    {
        IAllocator served = For(allocation.Bytes);
        served.Free(allocation.OwnedBy(served));
    }

    /// <inheritdoc/>
    protected override void OnDispose()
    {
        if (!_leaveOpen) (Large as IDisposable)?.Dispose();
    }

    private IAllocator For(long bytes) => bytes < ThresholdBytes ? Upstream : Large;
}
