using System.Runtime.InteropServices;
using Workspaces.Memory.Allocators;
using Workspaces.Memory.Arenas;

namespace Workspaces.Tests.Arenas;

public unsafe class ArenaTests
{
    private const long KiB = 1024;
    private const long MiB = 1024 * KiB;
    private const long NoLimit = long.MaxValue;

    private static long Page => Environment.SystemPageSize;

    [Theory]
    [InlineData(1, 2 * MiB)]
    [InlineData(2 * MiB, 2 * MiB)]
    [InlineData((2 * MiB) + 1, 4 * MiB)]
    [InlineData(256L * 1024 * MiB, 256L * 1024 * MiB)]
    public void A_new_arena_holds_only_aligned_addresses(long asked, long capacity)
    {
        using var arena = new Arena(asked);
        Assert.Equal(capacity, arena.CapacityBytes);
        Assert.Equal(capacity + Page, arena.ReservedBytes);
        Assert.Equal(0, (long)arena.Base % Arena.Alignment);
        Assert.Equal((0, 0, 0, 0), (arena.CommittedBytes, arena.UsableBytes, arena.TouchedBytes, arena.HugePageAdvisedBytes));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData((1L << 38) + 1)]
    [InlineData(long.MaxValue)]
    public void Sizes_outside_the_range_are_errors(long bytes) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Arena(bytes));

    [Fact]
    public void A_negative_minimum_is_an_error() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Arena(MiB, -1));

    [Theory]
    [InlineData(1, 64 * KiB)]
    [InlineData(64 * KiB, 64 * KiB)]
    [InlineData((64 * KiB) + 1, 128 * KiB)]
    [InlineData((2 * MiB) - 1, 2 * MiB)]
    [InlineData(2 * MiB, 2 * MiB)]
    [InlineData((2 * MiB) + 1, 4 * MiB)]
    public void It_grows_in_granules_and_keeps_a_tail_page(long asked, long usable)
    {
        using var arena = new Arena(64 * MiB);
        Assert.True(arena.TryCommit(asked, NoLimit, out CommitStatus status));
        Assert.Equal((CommitStatus.Committed, usable, usable + Page), (status, arena.UsableBytes, arena.CommittedBytes));
        Assert.Equal(0, arena.Base[usable + Page - 1]); // the last byte of the tail page can be read
    }

    [Fact]
    public void Growth_moves_nothing_and_loses_nothing()
    {
        using var arena = new Arena(64 * MiB);
        byte* first = arena.Base;
        for (long size = 100; size <= 64 * MiB; size = (size * 3 / 2) + 1)
        {
            Commit(arena, size);
            arena.Touch(size);
            arena.Base[size - 1] = 42;
            arena.Base[size / 2] = 43;
        }
        Assert.True(first == arena.Base);
        for (long size = 100; size <= 64 * MiB; size = (size * 3 / 2) + 1)
            Assert.Equal(42, arena.Base[size - 1]);
    }

    [Fact]
    public void A_limit_holds_to_the_byte_and_the_capacity_does()
    {
        using var arena = new Arena(4 * MiB);
        Assert.False(arena.TryCommit(100_001, 100_000, out CommitStatus status));
        Assert.Equal((CommitStatus.PastLimit, 0), (status, arena.CommittedBytes));
        Assert.True(arena.TryCommit(99_000, 100_000, out _));
        Assert.Equal(100_000, arena.UsableBytes);
        Assert.True(arena.TryCommit(100_001, 100_002, out _)); // grows inside a page that is committed already
        Assert.Equal((100_002, VirtualMemory.RoundUp(100_002, Page) + Page), (arena.UsableBytes, arena.CommittedBytes));
        Assert.True(arena.TryCommit(10, 5, out _)); // it is there already: a lower limit takes nothing away
        Assert.True(arena.TryCommit(4 * MiB, NoLimit, out _));
        Assert.False(arena.TryCommit((4 * MiB) + 1, NoLimit, out status));
        Assert.Equal(CommitStatus.PastCapacity, status);
        Assert.False(arena.TryCommit(long.MaxValue, NoLimit, out status));
        Assert.Equal(CommitStatus.PastCapacity, status);
        Assert.Throws<ArgumentOutOfRangeException>(() => arena.TryCommit(-1, NoLimit, out _));
        Assert.Equal(0, arena.Base[(4 * MiB) + Page - 1]);
    }

    [Fact]
    public void First_touch_poisons_once_and_never_past_the_usable_bytes()
    {
        using var arena = new Arena(4 * MiB);
        Commit(arena, 100_000, limit: 100_000);
        arena.Touch(1);
        Assert.Equal(64 * KiB, arena.TouchedBytes);
        arena.Base[5] = 1;
        arena.Touch(70_000);
        Assert.Equal(100_000, arena.TouchedBytes);
        Assert.Equal(1, arena.Base[5]);
        Assert.Equal(-1, new Span<byte>(arena.Base + 6, 100_000 - 6).IndexOfAnyExcept((byte)0xFF));
        Assert.True(float.IsNaN(*(float*)(arena.Base + 64)) && double.IsNaN(*(double*)(arena.Base + 64)));
        Assert.Equal(-1, *(int*)(arena.Base + 64));
        Assert.Equal(0, arena.Base[100_000]);
        Assert.Throws<ArgumentOutOfRangeException>(() => arena.Touch(100_001));
        arena.Touch(-5);
        Assert.Equal(100_000, arena.TouchedBytes);
    }

    [Fact]
    public void Trim_keeps_what_it_is_told_and_fresh_bytes_are_poisoned_again()
    {
        using var arena = new Arena(16 * MiB);
        Commit(arena, 8 * MiB);
        arena.Touch(8 * MiB);
        new Span<byte>(arena.Base, (int)(8 * MiB)).Fill(7);

        long keep = VirtualMemory.RoundUp(3_000_000, Page);
        Assert.Equal((8 * MiB) - keep, arena.Trim(3_000_000));
        Assert.Equal((keep, keep + Page, keep), (arena.UsableBytes, arena.CommittedBytes, arena.TouchedBytes));
        Assert.Equal(0, arena.Trim(3_000_000));
        Assert.Equal(0, arena.Trim(NoLimit));

        Commit(arena, 8 * MiB);
        arena.Touch(8 * MiB);
        Assert.Equal(keep, new Span<byte>(arena.Base, (int)(8 * MiB)).IndexOfAnyExcept((byte)7));
        Assert.Equal(-1, new Span<byte>(arena.Base + keep, (int)((8 * MiB) - keep)).IndexOfAnyExcept((byte)0xFF));

        Assert.Equal((8 * MiB) + Page, arena.Trim(0));
        Assert.Equal((0, 0, 0, 0), (arena.UsableBytes, arena.CommittedBytes, arena.TouchedBytes, arena.HugePageAdvisedBytes));
        Assert.Throws<ArgumentOutOfRangeException>(() => arena.Trim(-1));
    }

    [Fact]
    public void A_disposed_arena_throws_and_a_second_dispose_does_nothing()
    {
        var memory = new RefusingVirtualMemory();
        var arena = new Arena(4 * MiB, 0, memory);
        Commit(arena, MiB);
        arena.Touch(MiB);
        arena.Dispose();
        arena.Dispose();
        Assert.Equal(1, memory.Releases);
        Assert.Throws<ObjectDisposedException>(() => (nint)arena.Base);
        Assert.Throws<ObjectDisposedException>(() => arena.TryCommit(0, NoLimit, out _));
        Assert.Throws<ObjectDisposedException>(() => arena.Touch(0));
        Assert.Throws<ObjectDisposedException>(() => arena.Trim(0));
        Assert.Throws<ObjectDisposedException>(() => arena.TryProtect(0, 0, PageAccess.None));
        Assert.Equal((0, 0, 0, 0), (arena.ReservedBytes, arena.CommittedBytes, arena.UsableBytes, arena.TouchedBytes));
    }

    [Fact]
    public void A_refused_reservation_is_halved_to_the_minimum_and_then_explained()
    {
        var memory = new RefusingVirtualMemory { MaxReserve = 20 * MiB };
        using (var arena = new Arena(100 * MiB, 8 * MiB, memory))
            Assert.Equal(14 * MiB, arena.CapacityBytes);
        Assert.Equal([(100 * MiB) + Page, (50 * MiB) + Page, (26 * MiB) + Page, (14 * MiB) + Page], memory.Asked);

        var error = Assert.Throws<AllocationException>(() => new Arena(100 * MiB, 40 * MiB, memory));
        Assert.Equal(100 * MiB, error.RequestedBytes);
        Assert.Contains("104,857,600 bytes", error.Message, StringComparison.Ordinal);
        Assert.Contains("error 12 (", error.Message, StringComparison.Ordinal);
        Assert.Contains("ulimit -v", error.Message, StringComparison.Ordinal);
        Assert.Throws<AllocationException>(() => new Arena(30 * MiB, 64 * MiB, memory)); // a larger minimum means: all or nothing
    }

    [Fact]
    public void A_refused_granule_falls_back_to_the_pages_needed()
    {
        var memory = new RefusingVirtualMemory { MaxCommit = 3 * MiB };
        using var arena = new Arena(64 * MiB, 0, memory);
        Assert.True(arena.TryCommit((2 * MiB) + 5, NoLimit, out _));
        Assert.Equal((2 * MiB) + Page, arena.UsableBytes);
        Assert.False(arena.TryCommit(32 * MiB, NoLimit, out CommitStatus status));
        Assert.Equal(CommitStatus.RefusedBySystem, status);
        Assert.Equal(RefusingVirtualMemory.OutOfMemory, arena.LastSystemError);
        Assert.StartsWith("error 12 (", arena.LastSystemErrorText, StringComparison.Ordinal);
        Assert.Equal((2 * MiB) + Page, arena.UsableBytes);
        memory.MaxCommit = NoLimit;
        Commit(arena, 32 * MiB);
    }

    [Fact]
    public void A_refused_trim_changes_nothing_and_refused_huge_pages_are_asked_for_once()
    {
        var memory = new RefusingVirtualMemory { RefuseDecommit = true, RefuseHugePages = true };
        using var arena = new Arena(64 * MiB, 0, memory);
        Commit(arena, 4 * MiB);
        Commit(arena, 8 * MiB);
        Assert.Equal((1, 0), (memory.HugePageCalls, arena.HugePageAdvisedBytes));
        Assert.Equal(0, arena.Trim(0));
        Assert.Equal((8 * MiB, RefusingVirtualMemory.OutOfMemory), (arena.UsableBytes, arena.LastSystemError));
    }

    [Fact]
    public void Protection_takes_whole_pages_and_gives_them_back_with_their_contents()
    {
        var memory = new RefusingVirtualMemory();
        using var arena = new Arena(4 * MiB, 0, memory);
        Commit(arena, MiB);
        arena.Touch(MiB);
        arena.Base[Page + 3] = 9;
        Assert.True(arena.TryProtect(1, (3 * Page) - 1, PageAccess.None)); // only the second page lies inside
        if (OperatingSystem.IsLinux())
            Assert.Equal(arena.CommittedBytes - Page, ProcessMaps.Bytes(arena, "rw-p"));
        Assert.True(arena.TryProtect(0, MiB, PageAccess.Read));
        Assert.Equal(9, arena.Base[Page + 3]);
        if (OperatingSystem.IsLinux())
            Assert.Equal(MiB, ProcessMaps.Bytes(arena, "r--p"));
        Assert.True(arena.TryProtect(0, MiB, PageAccess.ReadWrite));
        arena.Base[Page + 3] = 10;
        Assert.True(arena.TryProtect(5, 6, PageAccess.None)); // no whole page: nothing to do
        Assert.Equal(0, arena.LastSystemError);
        memory.RefuseProtect = true;
        Assert.False(arena.TryProtect(0, Page, PageAccess.None));
        Assert.Equal(RefusingVirtualMemory.OutOfMemory, arena.LastSystemError);
        Assert.Throws<ArgumentOutOfRangeException>(() => arena.TryProtect(0, arena.UsableBytes + 1, PageAccess.None));
        Assert.Throws<ArgumentOutOfRangeException>(() => arena.TryProtect(2, 1, PageAccess.None));
    }

    [Fact]
    public void Linux_agrees_with_every_counter()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var arena = new Arena(256 * MiB);
        Assert.Equal(arena.ReservedBytes, ProcessMaps.Bytes(arena, "---p"));
        Assert.Equal(arena.ReservedBytes, ProcessMaps.BytesWithFlag(arena, " dc")); // a fork does not copy it
        foreach (long size in (long[])[1, 100_000, MiB, 5 * MiB, 33 * MiB])
        {
            Commit(arena, size);
            Assert.Equal(arena.CommittedBytes, ProcessMaps.Bytes(arena, "rw-p"));
            Assert.Equal(arena.HugePageAdvisedBytes, ProcessMaps.BytesWithFlag(arena, " hg"));
        }
        Assert.True(ProcessMaps.Resident(arena) <= Page, "committing must not touch");
        arena.Touch(33 * MiB);
        Assert.InRange(ProcessMaps.Resident(arena), arena.TouchedBytes, arena.CommittedBytes);

        arena.Trim(3 * MiB);
        Assert.Equal(arena.CommittedBytes, ProcessMaps.Bytes(arena, "rw-p"));
        Assert.InRange(ProcessMaps.Resident(arena), 3 * MiB, arena.CommittedBytes);
        arena.Trim(0);
        Assert.Equal((0, 0), (ProcessMaps.Bytes(arena, "rw-p"), ProcessMaps.Resident(arena)));
        Assert.Equal(arena.ReservedBytes, ProcessMaps.BytesWithFlag(arena, " dc"));
    }

    [Fact]
    public void Steady_use_makes_no_garbage()
    {
        using var arena = new Arena(16 * MiB);
        Cycle(arena);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++)
            Cycle(arena);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Cycle(Arena arena)
    {
        arena.TryCommit(4 * MiB, NoLimit, out _);
        arena.Touch(3 * MiB);
        NativeMemory.Fill(arena.Base, 100, 1);
        arena.Trim(MiB);
    }

    private static void Commit(Arena arena, long usable, long limit = NoLimit) =>
        Assert.True(arena.TryCommit(usable, limit, out _), arena.LastSystemErrorText);
}
