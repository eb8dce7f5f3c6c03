using Workspaces.Memory.Allocators;

namespace Workspaces.Tests.Allocators;

/// <summary>
/// Refuses the n-th request (counted from 1) and every <paramref name="period"/>-th after it; 0 refuses no more than that one. A test
/// that runs its scenario with n = 1, 2, 3, … until nothing is refused has tried every failure path.
/// </summary>
internal sealed class FaultInjectingAllocator(IAllocator upstream, long nth, long period = 0) : IAllocator
{
    private long _calls;
    private long _faults;

    public string Name => $"FaultInjecting({upstream.Name})";

    /// <summary>Requests so far, refused ones too.</summary>
    public long Calls => Interlocked.Read(ref _calls);

    /// <summary>Requests refused so far.</summary>
    public long Faults => Interlocked.Read(ref _faults);

    public Allocation Allocate(long bytes, int alignment = 64, bool zeroed = false)
    {
        long after = Interlocked.Increment(ref _calls) - nth;
        if (after == 0 || (after > 0 && period > 0 && after % period == 0))
        {
            Interlocked.Increment(ref _faults);
            throw new AllocationException(
                $"allocate {bytes} bytes", Name, $"request {nth + after} was chosen to fail", "this is a test: survive it", bytes);
        }
        return upstream.Allocate(bytes, alignment, zeroed).OwnedBy(this);
    }

    public void Free(in Allocation allocation)
    {
        Assert.Same(this, allocation.Owner);
        upstream.Free(allocation.OwnedBy(upstream));
    }
}
