using Workspaces.Memory.Allocators;

namespace Workspaces.Tests.Allocators;

public class FaultInjectingAllocatorTests : AllocatorConformance
{
    protected override bool SeesDoubleFree => true;

    protected override IAllocator Create() =>
        new StatisticsAllocator(new FaultInjectingAllocator(new StatisticsAllocator(new NativeAllocator()), nth: long.MaxValue));

    [Fact]
    public void It_fails_the_requests_that_it_is_told_to()
    {
        var allocator = new FaultInjectingAllocator(new NativeAllocator(), nth: 3, period: 2);
        List<int> failed = [];
        for (int call = 1; call <= 8; call++)
        {
            try
            {
                Allocation block = allocator.Allocate(1);
                allocator.Free(in block);
            }
            catch (AllocationException)
            {
                failed.Add(call);
            }
        }
        Assert.Equal([3, 5, 7], failed);
        Assert.Equal((8, 3), (allocator.Calls, allocator.Faults));
    }
}
