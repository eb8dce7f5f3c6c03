using Workspaces.Memory.Arenas;
using Workspaces.Memory.Budgets;

namespace Workspaces.Tests.Arenas;

/// <summary>What a budget holds is what the arena has committed, whatever is refused on the way.</summary>
public sealed class ArenaBudgetTests
{
    private const long MiB = 1 << 20;

    private static long Page => Environment.SystemPageSize;

    [Fact]
    public void Growth_trim_and_dispose_take_and_give_what_is_committed()
    {
        var budget = new MemoryBudget("test", 64 * MiB);
        using var arena = new Arena(32 * MiB, 0, VirtualMemory.Current, budget);
        Assert.Same(budget, arena.Budget);
        Assert.Equal((MiB + Page, Page), (arena.MissingBytes(MiB), arena.MissingBytes(0)));
        Assert.True(arena.TryCommit(4 * MiB, long.MaxValue, out _));
        Assert.Equal((4 * MiB) + Page, budget.Used);
        Assert.Equal(arena.CommittedBytes, budget.Used);
        Assert.Equal((0, MiB), (arena.MissingBytes(4 * MiB), arena.MissingBytes(5 * MiB)));
        arena.Trim(MiB);
        Assert.Equal(MiB + Page, budget.Used);
        arena.Dispose();
        arena.Dispose();
        Assert.Equal(0, budget.Used);
    }

    [Fact]
    public void Past_the_budget_nothing_is_taken_and_a_later_refusal_of_the_system_is_told_from_it()
    {
        var memory = new RefusingVirtualMemory();
        var budget = new MemoryBudget("test", (2 * MiB) + Page);
        using var arena = new Arena(32 * MiB, 0, memory, budget);
        Assert.False(arena.TryCommit((2 * MiB) + 1, long.MaxValue, out CommitStatus status));
        Assert.Equal((CommitStatus.PastBudget, 0L, 0L), (status, budget.Used, arena.UsableBytes));
        Assert.True(arena.TryCommit(2 * MiB, long.MaxValue, out _));
        Assert.False(arena.TryCommit(4 * MiB, 3 * MiB, out status));
        Assert.Equal(CommitStatus.PastLimit, status);

        var roomy = new MemoryBudget("roomy", 64 * MiB);
        using var refused = new Arena(32 * MiB, 0, new RefusingVirtualMemory { MaxCommit = MiB }, roomy);
        Assert.False(refused.TryCommit(4 * MiB, long.MaxValue, out status));
        Assert.Equal((CommitStatus.RefusedBySystem, 0L), (status, roomy.Used));
    }

    [Fact]
    public void An_arena_moves_to_another_budget_with_all_its_pages_or_stays()
    {
        var root = new MemoryBudget("root", 64 * MiB);
        MemoryBudget first = root.NewChild("first"), second = root.NewChild("second"), tight = root.NewChild("tight", MiB);
        using var arena = new Arena(32 * MiB, 0, VirtualMemory.Current, first);
        Assert.True(arena.TryCommit(4 * MiB, long.MaxValue, out _));
        Assert.False(arena.TryMoveTo(tight));
        Assert.Same(first, arena.Budget);
        Assert.Equal((arena.CommittedBytes, 0L), (first.Used, tight.Used));
        Assert.True(arena.TryMoveTo(second));
        Assert.Same(second, arena.Budget);
        Assert.Equal((0L, arena.CommittedBytes, arena.CommittedBytes), (first.Used, second.Used, root.Used));

        using var free = new Arena(32 * MiB, 0, VirtualMemory.Current);
        Assert.True(free.TryCommit(4 * MiB, long.MaxValue, out _));
        Assert.False(free.TryMoveTo(tight));
        Assert.Null(free.Budget);
        Assert.True(free.TryMoveTo(first));
        Assert.Same(first, free.Budget);
        Assert.Equal(free.CommittedBytes, first.Used);
    }

    [Fact]
    public void A_refused_decommit_keeps_the_books_right()
    {
        var memory = new RefusingVirtualMemory { RefuseDecommit = true };
        var budget = new MemoryBudget("test", 64 * MiB);
        using var arena = new Arena(32 * MiB, 0, memory, budget);
        Assert.True(arena.TryCommit(4 * MiB, long.MaxValue, out _));
        Assert.Equal(0, arena.Discard(0, MiB));
        Assert.Equal(RefusingVirtualMemory.OutOfMemory, arena.LastSystemError);
        Assert.Equal(0, arena.Trim(MiB));
        Assert.Equal((4 * MiB) + Page, budget.Used);
        Assert.Equal(0, arena.DiscardedBytes);
    }
}
