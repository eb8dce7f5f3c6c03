using Workspaces.Memory.Allocators;

namespace Workspaces.Tests.Allocators;

public class StatisticsOverNativeTests : AllocatorConformance
{
    protected override bool SeesDoubleFree => true;

    protected override IAllocator Create() => new StatisticsAllocator(new NativeAllocator());
}
