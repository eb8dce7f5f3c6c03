using static System.FormattableString;

namespace Workspaces.Memory.Allocators;

/// <summary>
/// Refuses what would bring the live bytes above a limit. Exact under any number of threads: bytes are reserved before the upstream is asked and given back
/// after it has freed, so the upstream never holds more than the limit for it. Bytes are those asked for, not rounded.
/// </summary>
public sealed class LimitAllocator : WrapperAllocator
{
    private long _live;
    private long _peak;

    /// <summary>Limits an upstream.</summary>
    /// <param name="upstream">Serves what fits.</param>
    /// <param name="limitBytes">Most bytes live at once, 0 or more.</param>
    /// <param name="leaveOpen">False to dispose the upstream with this wrapper.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is negative.</exception>
    public LimitAllocator(IAllocator upstream, long limitBytes, bool leaveOpen = true)
        : base(upstream, "Limit", leaveOpen)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limitBytes);
        LimitBytes = limitBytes;
    }

    /// <summary>Most bytes live at once.</summary>
    public long LimitBytes { get; }

    /// <summary>Bytes handed out and not freed, including requests that the upstream is serving now.</summary>
    public long LiveBytes => Interlocked.Read(ref _live);

    /// <summary>The most <see cref="LiveBytes"/> at one moment; never above the limit.</summary>
    public long PeakBytes => Interlocked.Read(ref _peak);

    /// <inheritdoc/>
    protected override Allocation Take(long bytes, int alignment, bool zeroed)
    {
        Reserve(bytes, alignment);
        bool served = false;
        try
        {
            Allocation taken = base.Take(bytes, alignment, zeroed);
            served = true;
            return taken;
        }
        finally
        {
            if (!served) Interlocked.Add(ref _live, -bytes);
        }
    }

    /// <inheritdoc/>
    protected override void GiveBack(in Allocation allocation)
    {
        base.GiveBack(in allocation);
        Interlocked.Add(ref _live, -allocation.Bytes);
    }

    private void Reserve(long bytes, int alignment)
    {
        long live = Interlocked.Read(ref _live);
        while (true)
        {
            if (bytes > LimitBytes - live) ThrowAboveLimit(bytes, alignment, live);
            long seen = Interlocked.CompareExchange(ref _live, live + bytes, live);
            if (seen == live) break;
            live = seen;
        }

        long now = live + bytes, peak = Interlocked.Read(ref _peak);
        while (peak < now)
        {
            long seen = Interlocked.CompareExchange(ref _peak, now, peak);
            if (seen == peak) break;
            peak = seen;
        }
    }

    private void ThrowAboveLimit(long bytes, int alignment, long live) => AllocatorErrors.ThrowRefused(
        bytes, alignment, Name, Invariant($"{live:N0} of {LimitBytes:N0} bytes are live"), "free memory first, or raise the limit");
}
