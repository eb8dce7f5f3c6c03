using Workspaces.Memory;
using Workspaces.Memory.Allocators;

namespace Workspaces.Tests.Allocators;

public class NativeAllocatorTests
{
    [Fact]
    public void Blocks_of_more_than_2_GiB_have_no_span_but_every_byte()
    {
        IAllocator allocator = new NativeAllocator();
        const long bytes = 3L << 30;
        Allocation block = allocator.Allocate(bytes); // not touched but for one byte: costs a page
        unsafe
        {
            *((byte*)block.Address + bytes - 1) = 3;
            Assert.Equal(3, *((byte*)block.Address + bytes - 1));
        }
        Assert.Contains("slices", Assert.Throws<WorkspaceException>(() => block.AsSpan().Length).Message, StringComparison.Ordinal);
        allocator.Free(in block);
    }
}
