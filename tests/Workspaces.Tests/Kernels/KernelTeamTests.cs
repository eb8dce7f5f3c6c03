using Workspaces.Kernels.Team;

namespace Workspaces.Tests.Kernels;

public class KernelTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_part_runs_exactly_once(int threads)
    {
        using var team = new KernelTeam(threads);
        foreach (int parts in new[] { 0, 1, 2, 3, 17, 1000 })
        {
            for (int repeat = 0; repeat < 50; repeat++)
            {
                var job = new Count { Counts = new int[parts] };
                team.Run(parts, ref job);
                Assert.All(job.Counts, count => Assert.Equal(1, count));
            }
        }
    }

    [Fact]
    public void A_job_may_hold_spans()
    {
        using var team = new KernelTeam(3);
        int[] data = new int[100];
        var job = new Write { Data = data };
        team.Run(100, ref job);
        Assert.Equal(Enumerable.Range(0, 100), data);
    }

    [Fact]
    public void An_exception_reaches_the_caller_after_all_parts_have_run_and_the_team_still_works()
    {
        using var team = new KernelTeam(3);
        for (int repeat = 0; repeat < 20; repeat++)
        {
            var failing = new Count { Counts = new int[50], FailAt = 31 };
            Assert.Equal("part 31", Assert.Throws<InvalidOperationException>(() => team.Run(50, ref failing)).Message);
            Assert.All(failing.Counts, count => Assert.Equal(1, count));
            var job = new Count { Counts = new int[50] };
            team.Run(50, ref job);
            Assert.All(job.Counts, count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void A_call_from_inside_a_job_runs_in_its_caller()
    {
        using var team = new KernelTeam(3);
        var job = new Nested { Team = team, Counts = new int[8 * 16] };
        team.Run(8, ref job);
        Assert.All(job.Counts, count => Assert.Equal(1, count));
    }

    [Fact]
    public void Callers_on_several_threads_all_get_their_own_parts_done()
    {
        using var team = new KernelTeam(2);
        int[] totals = new int[4];
        Thread[] callers = [.. Enumerable.Range(0, 4).Select(caller => new Thread(() =>
        {
            for (int repeat = 0; repeat < 500; repeat++)
            {
                var job = new Count { Counts = new int[7] };
                team.Run(7, ref job);
                totals[caller] += job.Counts.Sum();
            }
        }))];
        foreach (Thread caller in callers)
            caller.Start();
        foreach (Thread caller in callers)
            caller.Join();
        Assert.All(totals, total => Assert.Equal(3500, total));
    }

    [Fact]
    public void Running_makes_no_garbage()
    {
        using var team = new KernelTeam(2);
        var job = new Count { Counts = new int[64] };
        for (int warm = 0; warm < 100; warm++)
            team.Run(64, ref job);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            team.Run(64, ref job);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Dispose_ends_the_threads_may_be_repeated_and_later_runs_are_refused()
    {
        var team = new KernelTeam(4);
        var job = new Count { Counts = new int[8] };
        team.Run(8, ref job);
        team.Dispose();
        team.Dispose();
        Assert.Throws<ObjectDisposedException>(() => team.Run(8, ref job));
        new KernelTeam(4).Dispose();
    }

    [Fact]
    public void A_job_that_is_not_worth_waking_anybody_runs_in_its_caller_while_all_sleep_and_wherever_it_runs_every_part_runs_once()
    {
        using var team = new KernelTeam(3);
        var alone = new Threads { Seen = new int[64] };
        team.WhileAwake.Run(64, ref alone); // nobody has started yet
        Assert.All(alone.Seen, thread => Assert.Equal(Environment.CurrentManagedThreadId, thread));
        for (int repeat = 0; repeat < 200; repeat++)
        {
            var job = new Count { Counts = new int[64] };
            (repeat % 3 == 0 ? team : team.WhileAwake).Run(64, ref job);
            Assert.All(job.Counts, count => Assert.Equal(1, count));
        }

        Assert.Equal(team.Threads, team.WhileAwake.Threads);
        team.Dispose();
        Assert.Throws<ObjectDisposedException>(() => team.WhileAwake.Run(64, ref alone));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(5000)]
    public void A_team_of_an_absurd_size_is_refused(int threads) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new KernelTeam(threads));

    private struct Count : IKernelJob
    {
        public int[] Counts;
        public int? FailAt;

        public readonly void Execute(int part)
        {
            Interlocked.Increment(ref Counts[part]);
            if (part == FailAt)
                throw new InvalidOperationException($"part {part}");
        }
    }

    private struct Threads : IKernelJob
    {
        public int[] Seen;

        public readonly void Execute(int part) => Seen[part] = Environment.CurrentManagedThreadId;
    }

    private struct Nested : IKernelJob
    {
        public KernelTeam Team;
        public int[] Counts;

        public readonly void Execute(int part)
        {
            var inner = new Inner { Counts = Counts, First = part * 16 };
            Team.Run(16, ref inner);
        }
    }

    private struct Inner : IKernelJob
    {
        public int[] Counts;
        public int First;

        public readonly void Execute(int part) => Interlocked.Increment(ref Counts[First + part]);
    }

    private ref struct Write : IKernelJob
    {
        public Span<int> Data;

        public readonly void Execute(int part) => Data[part] = part;
    }
}
