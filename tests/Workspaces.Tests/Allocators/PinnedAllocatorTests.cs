using Workspaces.Memory;
using Workspaces.Memory.Allocators;

namespace Workspaces.Tests.Allocators;

public class PinnedAllocatorTests
{
    [Fact]
    public void The_array_behind_a_block_is_the_block()
    {
        var pinned = new PinnedAllocator();
        IAllocator wrapped = new StatisticsAllocator(new StatisticsAllocator(pinned));
        Allocation block = wrapped.Allocate(100, 256);
        ArraySegment<byte> array = PinnedAllocator.ArrayOf(in block);
        array.AsSpan().Fill(9);
        Assert.Equal((100, -1), (array.Count, block.AsSpan().IndexOfAnyExcept((byte)9)));

        GC.Collect();
        array[5] = 4;
        Assert.Equal(4, block.AsSpan()[5]);
        Assert.Equal(0, PinnedAllocator.ArrayOf(wrapped.Allocate(0)).Count);

        wrapped.Free(in block);
        Assert.Throws<WorkspaceException>(() => PinnedAllocator.ArrayOf(in block).Count);
        Assert.Throws<WorkspaceException>(() => PinnedAllocator.ArrayOf(default).Count);
    }

    [Fact]
    public void A_stale_free_is_seen_even_when_the_address_is_in_use_again()
    {
        IAllocator allocator = new PinnedAllocator();
        Allocation first = allocator.Allocate(64);
        Allocation second = allocator.Allocate(64);
        var forged = new Allocation(second.Address, 64, 64, false, allocator, first.State);
        allocator.Free(in first);
        Assert.Throws<WorkspaceException>(() => allocator.Free(in forged));
        Assert.Throws<WorkspaceException>(() => allocator.Free(new Allocation(second.Address, 64, 64, false, allocator)));
        allocator.Free(in second);
    }
}
