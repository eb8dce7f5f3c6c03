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
    public void Threads_that_the_system_refuses_change_no_result_and_are_asked_for_again()
    {
        int asked = 0, started = 0, room = 1;
        using var team = new KernelTeam(6, start: thread =>
        {
            asked++;
            if (started == room) throw new OutOfMemoryException("no more threads");
            started++;
            thread.UnsafeStart();
        });
        Check();
        Check();
        Assert.Equal(1, started);
        Assert.InRange(asked, 2, 20); // not at each of the 40 jobs
        room = 5;
        Assert.True(SpinWait.SpinUntil(() => Check() && started == 5, 20_000));
        Check();
        Assert.Equal(5, started);

        bool Check()
        {
            for (int repeat = 0; repeat < 20; repeat++)
            {
                var job = new Slots { Counts = new int[40], InUse = new int[6] };
                team.RunSlots(40, 6, ref job);
                Assert.All(job.Counts, count => Assert.Equal(1, count));
            }

            return true;
        }
    }

    [Fact]
    public void All_parts_run_also_when_the_caller_is_alone_and_one_throws()
    {
        using var team = new KernelTeam(1);
        var failing = new Count { Counts = new int[50], FailAt = 31 };
        Assert.Equal("part 31", Assert.Throws<InvalidOperationException>(() => team.Run(50, ref failing)).Message);
        Assert.All(failing.Counts, count => Assert.Equal(1, count));
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
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Parts_that_share_slots_run_exactly_once_and_never_two_in_one_slot_even_when_jobs_with_other_slots_come_between(int slots)
    {
        using var team = new KernelTeam(4);
        for (int repeat = 0; repeat < 300; repeat++)
        {
            var job = new Slots { Counts = new int[23], InUse = new int[slots] };
            team.RunSlots(23, slots, ref job);
            Assert.All(job.Counts, count => Assert.Equal(1, count));
            Assert.All(job.InUse, users => Assert.Equal(0, users));
            var other = new Count { Counts = new int[repeat % 9] };
            team.Run(other.Counts.Length, ref other);
            Assert.All(other.Counts, count => Assert.Equal(1, count));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Threads_that_are_far_get_large_jobs_only_and_every_part_of_any_job_still_runs_once(int threads)
    {
        using var team = new KernelTeam(threads, farNanoseconds: 0);
        BecomesFar(team);
        int here = Environment.CurrentManagedThreadId, elsewhere = 0;
        for (int repeat = 0; repeat < 5000; repeat++)
        {
            var small = new Threads { Seen = new int[16] };
            team.WhileAwake.Run(16, ref small);
            Assert.All(small.Seen, thread => Assert.Equal(here, thread));
            var middle = new Threads { Seen = new int[16] };
            team.WhileNear.Run(16, ref middle);
            Assert.All(middle.Seen, thread => Assert.NotEqual(0, thread));
            if (middle.Seen.Any(thread => thread != here)) elsewhere++;
            if (repeat % 50 != 0) continue;
            var large = new Count { Counts = new int[16] };
            team.Run(16, ref large);
            Assert.All(large.Counts, count => Assert.Equal(1, count));
        }

        Assert.True(elsewhere <= 5, $"{elsewhere} of 5000 jobs that are kept from threads that are far reached one; 4 look whether it still is.");
        Assert.True(team.IsFar);
    }

    [Fact]
    public void No_thread_is_far_below_the_round_trip_that_says_so_and_then_jobs_of_every_size_are_shared()
    {
        using var team = new KernelTeam(2, farNanoseconds: double.PositiveInfinity);
        for (int repeat = 0; repeat < 2000; repeat++)
        {
            var job = new Count { Counts = new int[8] };
            (repeat % 2 == 0 ? team : team.WhileNear).Run(8, ref job);
            Assert.All(job.Counts, count => Assert.Equal(1, count));
        }

        Assert.False(team.IsFar);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(double.PositiveInfinity)]
    public void Measuring_how_far_threads_are_makes_no_garbage(double farNanoseconds)
    {
        using var team = new KernelTeam(2, farNanoseconds);
        if (farNanoseconds == 0) BecomesFar(team);
        var job = new Slots { Counts = new int[64], InUse = new int[2] };
        for (int warm = 0; warm < 3000; warm++)
            team.WhileNear.RunSlots(64, 2, ref job);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 5000; i++)
            team.WhileNear.RunSlots(64, 2, ref job);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_part_that_fails_in_a_slot_reaches_the_caller_and_leaves_the_team_working()
    {
        using var team = new KernelTeam(3);
        var failing = new Slots { Counts = new int[50], InUse = new int[2], FailAt = 31 };
        Assert.Equal("part 31", Assert.Throws<InvalidOperationException>(() => team.RunSlots(50, 2, ref failing)).Message);
        Assert.All(failing.Counts, count => Assert.Equal(1, count));
        var job = new Slots { Counts = new int[50], InUse = new int[2] };
        team.RunSlots(50, 2, ref job);
        Assert.All(job.Counts, count => Assert.Equal(1, count));
    }

    /// <summary>Runs jobs until a thread has answered; how soon depends on who else uses the machine.</summary>
    [Fact]
    public void The_round_trip_can_be_asked_for_also_of_threads_that_sleep()
    {
        using KernelTeam alone = new(1), team = new(2, farNanoseconds: double.PositiveInfinity);
        Assert.Equal(double.NaN, alone.MeasureRoundTrip());
        double nanoseconds = team.MeasureRoundTrip();
        for (int attempt = 0; double.IsNaN(nanoseconds) && attempt < 20; attempt++)
        {
            SpinWait.SpinUntil(() => team.IsAsleep);
            nanoseconds = team.MeasureRoundTrip();
        }

        if (!double.IsNaN(nanoseconds)) Assert.InRange(nanoseconds, 10, 10_000); // else other programs had the second core all the time
        Assert.False(team.IsFar);
        var job = new Count { Counts = new int[100] };
        team.Run(100, ref job);
        Assert.All(job.Counts, static count => Assert.Equal(1, count));
    }

    private static void BecomesFar(KernelTeam team)
    {
        while (!team.IsFar)
        {
            var job = new Count { Counts = new int[16] };
            team.Run(16, ref job);
        }
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

    private struct Slots : ISlotJob
    {
        public int[] Counts;
        public int[] InUse;
        public int? FailAt;

        public readonly void Execute(int part, int slot)
        {
            bool alone = Interlocked.Increment(ref InUse[slot]) == 1;
            Interlocked.Increment(ref Counts[part]);
            Interlocked.Decrement(ref InUse[slot]);
            if (!alone || part == FailAt)
                throw new InvalidOperationException(alone ? $"part {part}" : $"two parts in slot {slot}");
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
