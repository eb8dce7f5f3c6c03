using Workspaces.Memory.Arenas;
using Workspaces.Memory.Budgets;

namespace Workspaces.Tests.Arenas;

/// <summary>Pages given back in the middle of an arena, poison, and the bounds of what may be reached.</summary>
public sealed unsafe class ArenaDiscardTests
{
    private const long MiB = 1 << 20;
    private readonly MemoryBudget _budget = new("test", 64 * MiB);
    private readonly RefusingVirtualMemory _memory = new();

    private static long Page => Environment.SystemPageSize;

    [Fact]
    public void Only_whole_pages_below_the_usable_end_are_given_back()
    {
        using Arena arena = Committed(8 * MiB);
        long committed = arena.CommittedBytes;
        Assert.Equal(0, arena.Discard(1, Page));
        Assert.Equal(0, arena.Discard(1, (2 * Page) - 1));
        Assert.Equal((0, Page, 0), (arena.WholePages(1, Page), arena.WholePages(1, 2 * Page), arena.WholePages(9 * Page, Page)));
        Assert.Equal(2 * Page, arena.Discard((4 * Page) - 1, (6 * Page) + 1));
        Assert.Equal((2 * Page, committed - (2 * Page), committed - (2 * Page)), (arena.DiscardedBytes, arena.CommittedBytes, _budget.Used));
        Assert.Equal(MiB, arena.Discard(7 * MiB, long.MaxValue / 2));
        Assert.Equal(MiB + (2 * Page), arena.DiscardedBytes);
    }

    [Fact]
    public void After_a_discard_everything_from_its_first_page_on_grows_anew()
    {
        using Arena arena = Committed(8 * MiB);
        arena.Touch(8 * MiB);
        arena.Base[0] = 7;
        Assert.Equal(MiB, arena.Discard(4 * MiB, 5 * MiB));
        Assert.Equal(Page, arena.Discard(6 * MiB, (6 * MiB) + Page));
        arena.RestoreDiscarded();
        long keep = (4 * MiB) - Page;
        Assert.Equal((0L, keep, keep + Page, keep), (arena.DiscardedBytes, arena.UsableBytes, arena.CommittedBytes, arena.TouchedBytes));
        Assert.Equal(keep + Page, _budget.Used);
        Assert.Equal(0, arena.LastSystemError); // the system took exactly these pages
        Assert.InRange(arena.HugePageAdvisedBytes, 0, keep);
        Assert.True(arena.TryCommit(8 * MiB, long.MaxValue, out _));
        arena.Touch(8 * MiB);
        Assert.Equal(7, arena.Base[0]);
        Assert.Equal(-1, new Span<byte>(arena.Base + keep, (int)((8 * MiB) - keep)).IndexOfAnyExcept((byte)0xFF));
        Assert.Equal(arena.CommittedBytes, _budget.Used);

        // A second round knows nothing of the first.
        Assert.Equal(Page, arena.Discard(7 * MiB, (7 * MiB) + Page));
        arena.RestoreDiscarded();
        Assert.Equal((7 * MiB) - Page, arena.UsableBytes);
    }

    [Fact]
    public void A_discard_from_the_first_page_on_leaves_nothing()
    {
        using Arena arena = Committed(4 * MiB);
        Assert.Equal(2 * Page, arena.Discard(0, 2 * Page));
        arena.RestoreDiscarded();
        Assert.Equal((0L, 0L, 0L, 0L), (arena.UsableBytes, arena.CommittedBytes, _budget.Used, arena.HugePageAdvisedBytes));
        Assert.True(arena.TryCommit(4 * MiB, long.MaxValue, out _));
        arena.Touch(4 * MiB);
        Assert.Equal(0xFF, arena.Base[(4 * MiB) - 1]);
    }

    [Fact]
    public void A_refused_restore_is_noted_and_the_arena_grows_all_the_same()
    {
        using Arena arena = Committed(4 * MiB);
        Assert.Equal(Page, arena.Discard(2 * MiB, (2 * MiB) + Page));
        _memory.RefuseDecommit = true;
        arena.RestoreDiscarded();
        Assert.Equal(RefusingVirtualMemory.OutOfMemory, arena.LastSystemError);
        Assert.True(arena.TryCommit(4 * MiB, long.MaxValue, out _));
        arena.Touch(4 * MiB);
        Assert.Equal(0xFF, arena.Base[(4 * MiB) - 1]);
    }

    [Fact]
    public void Slices_end_at_the_usable_bytes()
    {
        using Arena arena = Committed(2 * MiB);
        arena.Touch(2 * MiB);
        Assert.Equal(0, arena.Slice(2 * MiB, 0).Length);
        Span<byte> slice = arena.Slice((2 * MiB) - 10, 10);
        slice.Clear();
        Assert.Equal((0xFF, 0, 0), (arena.Base[(2 * MiB) - 11], arena.Base[(2 * MiB) - 10], arena.Base[(2 * MiB) - 1]));
        arena.Kill((2 * MiB) - 5, 4);
        Assert.Equal([0, 0xFF, 0xFF, 0xFF, 0xFF, 0], arena.Slice((2 * MiB) - 6, 6).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => arena.Slice((2 * MiB) - 10, 11).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => arena.Slice(-1, 1).Length);
        Assert.Equal(0xFF, arena.Slice(0, 1)[0]);
    }

    [Fact]
    public void A_forgotten_touch_poisons_from_the_start_again()
    {
        using Arena arena = Committed(MiB);
        arena.Touch(MiB);
        new Span<byte>(arena.Base, (int)MiB).Fill(3);
        arena.ForgetTouch();
        Assert.Equal(0, arena.TouchedBytes);
        arena.Touch(1);
        Assert.Equal((0xFF, 0xFF, 3), (arena.Base[0], arena.Base[Arena.SmallGranule - 1], arena.Base[Arena.SmallGranule]));
    }

    [Fact]
    public void Pages_are_taken_and_given_back_with_their_contents()
    {
        using Arena arena = Committed(MiB);
        arena.Touch(MiB);
        arena.Base[Page] = 5;
        Assert.True(arena.GivePages(0, MiB));
        Assert.False(arena.HasTakenPages);
        arena.TakePages(1, (3 * Page) - 1);
        Assert.True(arena.HasTakenPages);
        Assert.Equal(3, arena.Base[0] = 3); // its page is shared with who lies before
        Assert.True(arena.GivePages(Page + 5, Page + 6));
        Assert.Equal(5, arena.Base[Page]);

        arena.TakePages();
        _memory.RefuseProtect = true;
        Assert.False(arena.GivePages(0, 1));
        Assert.False(arena.GivePages());
        Assert.Equal(RefusingVirtualMemory.OutOfMemory, arena.LastSystemError);
        Assert.Equal(0, arena.Trim(0));
        Assert.Equal(0, arena.Discard(0, MiB));
        _memory.RefuseProtect = false;
        Assert.True(arena.GivePages());
        Assert.False(arena.HasTakenPages);
        Assert.Equal(5, arena.Base[Page]);

        // The rest stays taken when a part is given back.
        arena.TakePages(2 * Page, 4 * Page);
        arena.TakePages(8 * Page, 9 * Page);
        Assert.True(arena.GivePages(2 * Page, 4 * Page));
        Assert.True(arena.HasTakenPages);
        _memory.RefuseProtect = true;
        Assert.True(arena.GivePages(2 * Page, 4 * Page)); // so nothing is asked of the system
        Assert.False(arena.GivePages(8 * Page, 9 * Page));
        _memory.RefuseProtect = false;
        Assert.True(arena.GivePages());

        // Gaps without pages are closed first.
        Assert.Equal(Page, arena.Discard(4 * Page, 5 * Page));
        arena.TakePages();
        Assert.False(arena.HasTakenPages);
    }

    [Fact]
    public void A_disposed_arena_discards_and_forgets_nothing()
    {
        Arena arena = Committed(MiB);
        arena.Dispose();
        Assert.Throws<ObjectDisposedException>(() => arena.Discard(0, MiB));
        Assert.Throws<ObjectDisposedException>(arena.ForgetTouch);
        Assert.Equal(0, _budget.Used);
    }

    private Arena Committed(long bytes)
    {
        var arena = new Arena(32 * MiB, 0, _memory, _budget);
        Assert.True(arena.TryCommit(bytes, long.MaxValue, out _));
        return arena;
    }
}
