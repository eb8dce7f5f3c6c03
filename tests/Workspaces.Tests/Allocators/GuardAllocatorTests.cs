using Workspaces.Memory;
using Workspaces.Memory.Allocators;

namespace Workspaces.Tests.Allocators;

/// <summary>Writes where none may be, found at the free, at a check, or when the block leaves quarantine.</summary>
public sealed unsafe class GuardAllocatorTests : IDisposable
{
    private readonly StatisticsAllocator _books = new(new NativeAllocator());

    public void Dispose() => _books.Dispose();

    [Theory]
    [InlineData(-1, "before its first byte", "byte -1")]
    [InlineData(-16, "before its first byte", "byte -16")]
    [InlineData(100, "behind its last byte", "byte 100")]
    [InlineData(115, "behind its last byte", "byte 115")]
    public void A_write_outside_is_found_when_the_block_is_freed(int at, string what, string where)
    {
        foreach (int alignment in (int[])[1, 64, 4096])
        {
            var allocator = new GuardAllocator(_books, guardBytes: 16);
            Allocation block = allocator.Allocate(100, alignment), other = allocator.Allocate(100);
            ((byte*)block.Address)[at] = 0;
            string found = Assert.Throws<WorkspaceException>(allocator.Check).Message;
            string message = Assert.Throws<WorkspaceException>(() => allocator.Free(in block)).Message;
            Assert.Equal(found, message);
            Assert.Contains(what, message, StringComparison.Ordinal);
            Assert.Contains(where, message, StringComparison.Ordinal);
            Assert.Contains("Remedy: ", message, StringComparison.Ordinal);
            Assert.Equal(1, _books.Statistics.LiveCount); // freed all the same
            Assert.Contains("once", Assert.Throws<WorkspaceException>(() => allocator.Free(in block)).Message, StringComparison.Ordinal);
            allocator.Check();
            allocator.Free(in other);
            allocator.Dispose();
            Assert.Equal(0, _books.Statistics.LiveCount);
        }
    }

    [Fact]
    public void A_write_after_the_free_is_found_at_a_check_and_when_the_block_leaves_quarantine()
    {
        var allocator = new GuardAllocator(_books, quarantineBytes: 1000);
        Allocation block = allocator.Allocate(600), other = allocator.Allocate(600), third = allocator.Allocate(10);
        allocator.Free(in block);
        Assert.Equal(3, _books.Statistics.LiveCount);
        Assert.Equal(0xFD, *(byte*)block.Address); // poisoned
        ((byte*)block.Address)[599] = 1;
        Assert.Contains("after it was freed, at its byte 599", Assert.Throws<WorkspaceException>(allocator.Check).Message, StringComparison.Ordinal);
        string message = Assert.Throws<WorkspaceException>(() => allocator.Free(in other)).Message; // no room for both
        Assert.Contains($"0x{block.Address:x}", message, StringComparison.Ordinal);
        Assert.Equal(2, _books.Statistics.LiveCount); // the other one has taken its place
        allocator.Free(in third);
        allocator.Check();
        ((byte*)other.Address)[0] = 1;
        Assert.Throws<WorkspaceException>(allocator.Dispose);
        Assert.Equal(0, _books.Statistics.LiveCount);
    }

    [Fact]
    public void Fresh_bytes_are_not_zero_by_chance_and_zeroed_ones_are()
    {
        var allocator = new GuardAllocator(_books, quarantineBytes: 0);
        Allocation fresh = allocator.Allocate(1000), zeroed = allocator.Allocate(1000, zeroed: true);
        Assert.Equal(-1, fresh.AsSpan().IndexOfAnyExcept((byte)0xFF));
        Assert.Equal(-1, zeroed.AsSpan().IndexOfAnyExcept((byte)0));
        allocator.Free(in fresh);
        allocator.Free(in zeroed);
        Assert.Equal(0, _books.Statistics.LiveCount); // nothing in quarantine
        Assert.Throws<ArgumentOutOfRangeException>(() => new GuardAllocator(_books, guardBytes: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GuardAllocator(_books, guardBytes: 1 << 17));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GuardAllocator(_books, quarantineBytes: -1));
    }

    [Fact]
    public void Writes_inside_are_never_reported()
    {
        var allocator = new GuardAllocator(_books, guardBytes: 1, quarantineBytes: 5_000);
        var random = new Random(3);
        for (int i = 0; i < 500; i++)
        {
            Allocation block = allocator.Allocate(random.Next(0, 900), 1 << random.Next(0, 8));
            block.AsSpan().Fill((byte)i);
            allocator.Free(in block);
        }

        allocator.Check();
        allocator.Dispose();
        Assert.Equal(0, _books.Statistics.LiveCount);
    }
}
