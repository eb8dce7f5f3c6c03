namespace Workspaces.Memory.Allocators;

/// <summary>
/// Asks a callback when the upstream refuses: it may free memory (drop a cache, spill, trim) and have the request tried again. Other exceptions pass through
/// unasked.
/// </summary>
public sealed class FailureCallbackAllocator : WrapperAllocator
{
    private readonly Func<AllocationException, int, bool> _onFailure;
    private readonly int _maxRetries;
    private long _retries;

    /// <summary>Adds a callback to an upstream.</summary>
    /// <param name="upstream">Serves, or refuses.</param>
    /// <param name="onFailure">
    /// Gets the refusal and the number of the attempt that was refused, from 1; returns true to try again, false to let the refusal pass. It runs on the
    /// thread that asked, inside no lock of this wrapper, and may use the upstream.
    /// </param>
    /// <param name="maxRetries">Most further attempts of one request, so that a callback which never gives up cannot hang a program.</param>
    /// <param name="leaveOpen">False to dispose the upstream with this wrapper.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 0 retries.</exception>
    public FailureCallbackAllocator(IAllocator upstream, Func<AllocationException, int, bool> onFailure, int maxRetries = 16, bool leaveOpen = true)
        : base(upstream, "FailureCallback", leaveOpen)
    {
        ArgumentNullException.ThrowIfNull(onFailure);
        ArgumentOutOfRangeException.ThrowIfNegative(maxRetries);
        _onFailure = onFailure;
        _maxRetries = maxRetries;
    }

    /// <summary>Attempts made because the callback asked for them.</summary>
    public long RetryCount => Interlocked.Read(ref _retries);

    /// <inheritdoc/>
    protected override Allocation Take(long bytes, int alignment, bool zeroed)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return base.Take(bytes, alignment, zeroed);
            }
            catch (AllocationException refused)
            {
                if (attempt > _maxRetries || !_onFailure(refused, attempt)) throw;
                Interlocked.Increment(ref _retries);
            }
        }
    }
}
