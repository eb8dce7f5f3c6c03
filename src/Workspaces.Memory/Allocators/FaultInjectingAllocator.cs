using static System.FormattableString;

namespace Workspaces.Memory.Allocators;

/// <summary>
/// Refuses requests on purpose, for tests of what survives a refusal: the n-th and every so many after it, or each with a probability. A test that runs its
/// scenario with n = 1, 2, 3, … until nothing is refused has tried every failure path.
/// </summary>
public sealed class FaultInjectingAllocator : WrapperAllocator
{
    private readonly long _nth;
    private readonly long _period;
    private readonly double _probability;
    private readonly ulong _seed;
    private long _calls;
    private long _faults;

    /// <summary>Refuses by number.</summary>
    /// <param name="upstream">Serves the others.</param>
    /// <param name="nth">The first request to refuse, counted from 1; <see cref="long.MaxValue"/> for none.</param>
    /// <param name="period">Every so many requests after that one are refused as well; 0 for no more.</param>
    /// <param name="leaveOpen">False to dispose the upstream with this wrapper.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="nth"/> is below 1 or the period negative.</exception>
    public FaultInjectingAllocator(IAllocator upstream, long nth, long period = 0, bool leaveOpen = true)
        : base(upstream, "FaultInjecting", leaveOpen)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nth, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(period);
        (_nth, _period) = (nth, period);
    }

    /// <summary>Refuses by chance; whether request n is refused follows from the seed and n alone, so a run can be repeated.</summary>
    /// <param name="upstream">Serves the others.</param>
    /// <param name="probability">From 0 (none) to 1 (all).</param>
    /// <param name="seed">Chooses which.</param>
    /// <param name="leaveOpen">False to dispose the upstream with this wrapper.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is not in [0, 1].</exception>
    public FaultInjectingAllocator(IAllocator upstream, double probability, ulong seed, bool leaveOpen = true)
        : base(upstream, "FaultInjecting", leaveOpen)
    {
        if (!(probability is >= 0 and <= 1)) AllocatorErrors.ThrowProbability(probability, Name);
        (_probability, _seed, _nth) = (probability, seed, long.MaxValue);
    }

    /// <summary>Requests so far, refused ones too.</summary>
    public long Calls => Interlocked.Read(ref _calls);

    /// <summary>Requests refused here so far.</summary>
    public long Faults => Interlocked.Read(ref _faults);

    /// <inheritdoc/>
    protected override Allocation Take(long bytes, int alignment, bool zeroed)
    {
        long number = Interlocked.Increment(ref _calls);
        if (!IsChosen(number)) return base.Take(bytes, alignment, zeroed);
        Interlocked.Increment(ref _faults);
        AllocatorErrors.ThrowRefused(bytes, alignment, Name, Invariant($"request {number:N0} was chosen to fail"), "this is a test: survive it");
        return default;
    }

    private bool IsChosen(long number)
    {
        long after = number - _nth;
        if (after == 0 || (after > 0 && _period > 0 && after % _period == 0)) return true;
        return _probability > 0 && (Mix(_seed + (ulong)number) >> 11) * (1.0 / (1UL << 53)) < _probability;
    }

    /// <summary>The finalizer of SplitMix64 (Steele, Lea and Flood, 2014): consecutive numbers give independent bits.</summary>
    private static ulong Mix(ulong x)
    {
        x *= 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
