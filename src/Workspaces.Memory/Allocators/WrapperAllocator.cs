namespace Workspaces.Memory.Allocators;

/// <summary>
/// An allocator that adds one concern to another. Address, size, alignment, state and zeroing travel through it untouched unless the concern is one of
/// them; what passes down is owned by the upstream, what passes up by the wrapper.
/// <code>
///   caller ── Limit ── Statistics ── Native        new LimitAllocator(new StatisticsAllocator(new NativeAllocator()), bytes)
///             wrapper    wrapper      source
/// </code>
/// </summary>
/// <remarks>
/// After <see cref="Dispose"/> it hands out nothing, and still takes back what is live, so an upstream that owns a mapping or a library lives until the last
/// block is gone.
/// </remarks>
public abstract class WrapperAllocator : IAllocator, IDisposable
{
    private readonly bool _leaveOpen;
    private int _disposed;

    /// <summary>Wraps an upstream.</summary>
    /// <param name="upstream">Serves what passes through.</param>
    /// <param name="concern">First part of the name.</param>
    /// <param name="leaveOpen">False to have <see cref="Dispose"/> dispose the upstream too.</param>
    protected WrapperAllocator(IAllocator upstream, string concern, bool leaveOpen = true)
    {
        ArgumentNullException.ThrowIfNull(upstream);
        ArgumentNullException.ThrowIfNull(concern);
        Upstream = upstream;
        Name = $"{concern}({upstream.Name})";
        _leaveOpen = leaveOpen;
    }

    /// <summary>The allocator below.</summary>
    public IAllocator Upstream { get; }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>True once <see cref="Dispose"/> was called: requests are refused, frees are not.</summary>
    public bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The allocator was disposed.</exception>
    public Allocation Allocate(long bytes, int alignment = 64, bool zeroed = false)
    {
        AllocatorErrors.ThrowIfInvalid(bytes, alignment, Name);
        if (IsDisposed) AllocatorErrors.ThrowDisposed(bytes, alignment, Name);
        return Take(bytes, alignment, zeroed);
    }

    /// <inheritdoc/>
    public void Free(in Allocation allocation)
    {
        AllocatorErrors.ThrowIfForeign(in allocation, this);
        GiveBack(in allocation);
    }

    /// <summary>Refuses further requests; disposes the upstream if this wrapper was told to. What is live can still be freed. A second call does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        try
        {
            OnDispose();
        }
        finally
        {
            if (!_leaveOpen) DisposeUpstream();
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>Hands out memory; the arguments are valid. The default passes the request on.</summary>
    /// <param name="bytes">Size, 0 or more.</param>
    /// <param name="alignment">A power of two in range.</param>
    /// <param name="zeroed">True for zeroes.</param>
    /// <returns>The memory, owned by this wrapper.</returns>
    protected virtual Allocation Take(long bytes, int alignment, bool zeroed) => Upstream.Allocate(bytes, alignment, zeroed).OwnedBy(this);

    /// <summary>Takes back memory that is owned by this wrapper. The default passes it on.</summary>
    /// <param name="allocation">What <see cref="Take"/> returned.</param>
    protected virtual void GiveBack(in Allocation allocation) => Upstream.Free(allocation.OwnedBy(Upstream));

    /// <summary>Gives up what the wrapper itself keeps. Called once, before the upstream is disposed.</summary>
    protected virtual void OnDispose()
    {
    }

    /// <summary>Disposes what lies below.</summary>
    private protected virtual void DisposeUpstream() => (Upstream as IDisposable)?.Dispose();
}
