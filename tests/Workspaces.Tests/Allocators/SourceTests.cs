using Workspaces.Memory;
using Workspaces.Memory.Allocators;
using Workspaces.Tests.Arenas;

namespace Workspaces.Tests.Allocators;

/// <summary>What each source adds: files, pages, the cache.</summary>
public sealed class SourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    private string[] Files => [.. Directory.GetFiles(_folder).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Named_files_are_there_while_blocks_are_and_gone_after_the_last_one()
    {
        var allocator = MappedFileAllocator.Named(Path.Combine(_folder, "spill"), segmentBytes: 1 << 16);
        Assert.Empty(Files);
        Allocation small = allocator.Allocate(10_000), large = allocator.Allocate(1 << 20), other = allocator.Allocate(40_000);
        Assert.Equal(["spill", "spill.1"], Files);
        Assert.Equal((1 << 20) + (1 << 16), allocator.MappedBytes);
        large.AsSpan().Fill(1);
        allocator.Free(in large);
        Assert.Equal(["spill"], Files); // a segment of another size is not kept
        allocator.Dispose();
        Assert.False(allocator.IsReleased);
        allocator.Free(in small);
        other.AsSpan().Fill(2);
        Assert.Equal(["spill"], Files);
        allocator.Free(in other);
        Assert.Empty(Files);
        Assert.True(allocator.IsReleased);
        Assert.Throws<WorkspaceException>(() => allocator.Free(in other));
    }

    [Fact]
    public void Temporary_files_have_no_name_where_the_system_can_do_that()
    {
        using var allocator = new MappedFileAllocator(_folder);
        Allocation block = allocator.Allocate(10_000);
        block.AsSpan().Fill(9);
        Assert.Equal(OperatingSystem.IsWindows() ? 1 : 0, Files.Length);
        Assert.Equal(-1, block.AsSpan().IndexOfAnyExcept((byte)9));
        allocator.Free(in block);
        Assert.Equal(16 << 20, allocator.MappedBytes); // one segment is kept for the next block
        Assert.Equal(16 << 20, allocator.Trim());
        Assert.Equal(0, allocator.MappedBytes);
    }

    [Fact]
    public void What_a_block_holds_stands_in_its_file()
    {
        if (OperatingSystem.IsWindows()) return; // nobody else may open it there
        using var allocator = MappedFileAllocator.Named(Path.Combine(_folder, "seen"));
        Allocation block = allocator.Allocate(3);
        block.AsSpan().Fill(0x41);
        using var reader = new FileStream(Path.Combine(_folder, "seen"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Assert.Equal(0x41, reader.ReadByte());
        allocator.Free(in block);
    }

    [Fact]
    public void Files_that_cannot_be_made_are_clear_errors_and_the_allocator_stays_usable()
    {
        Assert.Throws<DirectoryNotFoundException>(() => new MappedFileAllocator(Path.Combine(_folder, "missing")));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MappedFileAllocator(_folder, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MappedFileAllocator(_folder, long.MaxValue));
        string path = Path.Combine(_folder, "taken");
        File.WriteAllText(path, "mine");
        using var allocator = MappedFileAllocator.Named(path);
        var error = Assert.Throws<AllocationException>(() => allocator.Allocate(10));
        Assert.Contains("taken", error.Message, StringComparison.Ordinal);
        Assert.IsAssignableFrom<IOException>(error.InnerException);
        Allocation block = allocator.Allocate(10); // in the next file
        Assert.Equal(["taken", "taken.1"], Files);
        allocator.Free(in block);
        Assert.Equal("mine", File.ReadAllText(path));
    }

    [Fact]
    public void A_full_disk_is_refused_before_a_byte_is_written()
    {
        if (!Directory.Exists("/dev/shm")) return;
        long free = new DriveInfo("/dev/shm").AvailableFreeSpace;
        if (free > 32L << 30) return; // larger than one block may be: it does not get full here
        using var allocator = new MappedFileAllocator("/dev/shm", segmentBytes: 1 << 16);
        Assert.Throws<AllocationException>(() => allocator.Allocate(free + (256L << 20)));
        Allocation block = allocator.Allocate(100);
        block.AsSpan().Fill(1);
        allocator.Free(in block);
    }

    [Fact]
    public void Huge_pages_are_asked_for_and_plain_ones_serve_where_there_are_none()
    {
        foreach (bool refuse in (bool[])[false, true])
        {
            var system = new RefusingVirtualMemory { RefuseHugePages = refuse };
            var allocator = new HugePageAllocator(system, segmentBytes: 1);
            Allocation block = allocator.Allocate(3 << 20, Allocation.MaxAlignment, zeroed: true);
            Assert.Equal((1, 0L), (system.HugePageCalls, block.Address % (2 << 20)));
            if (refuse) Assert.False(allocator.HasHugePages);
            block.AsSpan().Fill(1);
            allocator.Dispose();
            Assert.Equal(0, system.Releases);
            allocator.Free(in block);
            Assert.Equal((1, true), (system.Releases, allocator.IsReleased));
        }
    }

    [Fact]
    public void A_system_that_has_no_pages_is_a_refusal_that_leaves_nothing()
    {
        var system = new RefusingVirtualMemory { MaxCommit = 2 << 20 };
        using var allocator = new HugePageAllocator(system, segmentBytes: 2 << 20);
        Assert.Throws<AllocationException>(() => allocator.Allocate(5 << 20));
        Assert.Equal((0, 1), (allocator.MappedBytes, system.Releases));
        Allocation block = allocator.Allocate(1 << 20);
        Assert.Equal(2 << 20, allocator.MappedBytes);
        allocator.Free(in block);
    }

    [Fact]
    public void Small_blocks_share_a_segment_and_their_bytes_are_reused()
    {
        using var allocator = new HugePageAllocator(segmentBytes: 2 << 20);
        Allocation[] blocks = [.. Enumerable.Range(0, 1000).Select(i => allocator.Allocate(1000 + (i % 7)))];
        Assert.Equal(2 << 20, allocator.MappedBytes);
        Allocation freed = blocks[500];
        allocator.Free(in freed);
        blocks[500] = allocator.Allocate(1000);
        Assert.Equal(freed.Address, blocks[500].Address);
        foreach (Allocation block in blocks) allocator.Free(in block);
        Assert.Equal(2 << 20, allocator.Trim());
    }

    [Fact]
    public void A_cache_serves_equal_classes_again_up_to_its_cap_and_gives_back_what_it_is_told_to()
    {
        var books = new StatisticsAllocator(new NativeAllocator());
        var cache = new CachingAllocator(books, maxCachedBytes: 10_000);
        Allocation first = cache.Allocate(4000);
        cache.Free(in first);
        Allocation second = cache.Allocate(3700, zeroed: true); // of the same class: 3,585 to 4,096
        Assert.Equal(first.Address, second.Address);
        Assert.Equal((1, 1), (cache.HitCount, cache.MissCount));
        Allocation[] more = [.. Enumerable.Range(0, 5).Select(_ => cache.Allocate(4096))];
        foreach (Allocation block in more) cache.Free(in block);
        cache.Free(in second);
        Assert.Equal((8192, 8192), (cache.CachedBytes, books.Statistics.LiveBytes)); // two fit below the cap
        Allocation large = cache.Allocate(10_001); // can never be kept: not rounded
        Assert.Equal(8192 + 10_001, books.Statistics.LiveBytes);
        cache.Free(in large);
        Assert.Equal(4096, cache.Trim(keepBytes: 5_000));
        Assert.Equal(4096, cache.CachedBytes);
        Allocation live = cache.Allocate(64);
        cache.Dispose();
        Assert.Equal((0, 1), (cache.CachedBytes, books.Statistics.LiveCount));
        cache.Free(in live);
        Assert.Equal(0, books.Statistics.LiveCount);
        Assert.Throws<ArgumentOutOfRangeException>(() => cache.Trim(-1));
    }

    [Fact]
    public void No_class_wastes_more_than_a_quarter()
    {
        var books = new StatisticsAllocator(new NativeAllocator());
        var cache = new CachingAllocator(books);
        for (long bytes = 1; bytes < 1 << 24; bytes += 1 + (bytes / 5))
        {
            Allocation block = cache.Allocate(bytes);
            long taken = books.Statistics.LiveBytes - cache.CachedBytes;
            Assert.InRange(taken, bytes, Math.Max(bytes + 63, bytes * 5 / 4));
            cache.Free(in block);
            cache.Trim();
        }
    }

    [Fact]
    public void A_cache_gives_way_when_its_upstream_is_full()
    {
        var cache = new CachingAllocator(new LimitAllocator(new NativeAllocator(), 8192));
        Allocation block = cache.Allocate(4096);
        cache.Free(in block);
        block = cache.Allocate(8192); // only with what the cache held
        cache.Free(in block);
        Assert.Throws<AllocationException>(() => cache.Allocate(8193));
        Assert.Equal(0, cache.CachedBytes);
    }
}
