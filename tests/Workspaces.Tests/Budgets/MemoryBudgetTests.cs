using Workspaces.Memory.Budgets;

namespace Workspaces.Tests.Budgets;

/// <summary>The tree of reservations by itself.</summary>
public sealed class MemoryBudgetTests
{
    [Fact]
    public void A_reservation_is_made_in_every_node_above_or_nowhere()
    {
        var root = new MemoryBudget("all", 100);
        MemoryBudget quota = root.NewChild("step", 60), lease = quota.NewChild("step"), other = root.NewChild("data");
        Assert.True(lease.TryTake(60));
        Assert.False(lease.TryTake(1));
        Assert.Same(quota, lease.LastRefusal);
        Assert.False(other.TryTake(41));
        Assert.Same(root, other.LastRefusal);
        Assert.Equal((60L, 60L, 60L, 0L), (root.Used, quota.Used, lease.Used, other.Used));
        Assert.True(other.TryTake(40));
        Assert.Null(other.LastRefusal);
        lease.Give(60);
        other.Give(40);
        Assert.Equal((0L, 0L, 100L), (root.Used, quota.Used, root.Report().PeakBytes));
    }

    [Fact]
    public void What_lacks_is_told_by_the_innermost_node_that_is_full()
    {
        var root = new MemoryBudget("all", 100);
        MemoryBudget quota = root.NewChild("step", 60), lease = quota.NewChild("step");
        Assert.True(lease.TryTake(50));
        Assert.Same(quota, lease.FindFull(15, out long missing));
        Assert.Equal(5, missing);
        Assert.Null(lease.FindFull(10, out missing));
        Assert.Equal(0, missing);
        Assert.True(lease.IsUnder(quota) && lease.IsUnder(root) && !root.IsUnder(lease));
    }

    [Fact]
    public void A_request_near_the_largest_number_is_refused_and_does_not_wrap()
    {
        var root = new MemoryBudget("all", 100);
        Assert.True(root.TryTake(10));
        Assert.False(root.TryTake(long.MaxValue));
        Assert.Equal(10, root.Used);
    }

    [Fact]
    public void A_move_leaves_the_root_as_it_is_and_a_refused_one_everything()
    {
        var root = new MemoryBudget("all", 100);
        MemoryBudget from = root.NewChild("a"), to = root.NewChild("b", 30).NewChild("b");
        Assert.True(from.TryTake(100));
        Assert.False(from.TryMove(31, to));
        Assert.Equal((100L, 0L), (from.Used, to.Used));
        Assert.True(from.TryMove(30, to));
        Assert.Equal((70L, 30L, 100L), (from.Used, to.Used, root.Used));
    }

    [Fact]
    public void Holders_of_one_name_are_added_up_and_the_biggest_comes_first()
    {
        var root = new MemoryBudget("all", 0);
        MemoryBudget first = root.NewChild("a"), second = root.NewChild("A"), big = root.NewChild("b", 50);
        Assert.True(first.TryTake(10) && second.TryTake(20) && big.NewChild("b").TryTake(40));
        BudgetReport report = root.Report();
        Assert.Equal([new BudgetShare("b", 40, 50), new BudgetShare("A", 30, 0)], report.Holders);
        Assert.Equal((0L, 70L), (report.LimitBytes, report.UsedBytes));
        second.Give(20);
        second.Leave();
        Assert.Equal(10, root.Report().Holders[1].UsedBytes);
    }

    [Fact]
    public void Under_any_number_of_threads_no_limit_is_passed_and_the_holders_always_add_up()
    {
        const int Threads = 8, Rounds = 20_000;
        var root = new MemoryBudget("all", 1000);
        MemoryBudget[] quotas = [root.NewChild("a", 400), root.NewChild("b", 400), root.NewChild("c")];
        long refused = 0, wrong = 0;
        int running = Threads;
        void Work(int seed)
        {
            var random = new Random(seed);
            MemoryBudget mine = quotas[seed % quotas.Length].NewChild($"leaf {seed}"), other = quotas[(seed + 1) % quotas.Length].NewChild($"other {seed}");
            var held = new Stack<(MemoryBudget Node, long Bytes)>();
            for (int i = 0; i < Rounds; i++)
            {
                long bytes = random.Next(1, 200);
                if (random.Next(2) == 0 && mine.TryTake(bytes)) held.Push((mine, bytes));
                else if (held.TryPop(out (MemoryBudget Node, long Bytes) last))
                {
                    if (ReferenceEquals(last.Node, mine) && random.Next(2) == 0 && mine.TryMove(last.Bytes, other)) held.Push((other, last.Bytes));
                    else last.Node.Give(last.Bytes);
                }
                else Interlocked.Increment(ref refused);
            }

            foreach ((MemoryBudget node, long bytes) in held) node.Give(bytes);
            Interlocked.Decrement(ref running);
        }

        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(seed => new Thread(() => Work(seed)))];
        foreach (Thread thread in threads) thread.Start();
        while (Volatile.Read(ref running) > 0)
        {
            BudgetReport report = root.Report();
            if (report.UsedBytes > 1000 || report.Holders.Sum(static share => share.UsedBytes) != report.UsedBytes) wrong++;
            if (quotas[0].Used > 400 || quotas[1].Used > 400) wrong++;
        }

        foreach (Thread thread in threads) thread.Join();
        Assert.Equal(0, wrong);
        Assert.Equal(0, root.Used);
        Assert.InRange(root.Report().PeakBytes, 400, 1000);
    }
}
