using Workspaces.Kernels.Team;

namespace Workspaces.Tests.Kernels;

public class TeamWakingTests
{
    [Fact]
    public void The_first_job_wakes() => Assert.True(new TeamWaking().Pays());

    [Fact]
    public void When_few_jobs_followed_one_occasion_in_sixteen_is_taken()
    {
        var waking = new TeamWaking();
        for (int round = 0; round < 3; round++)
        {
            waking.Count(woken: true);
            for (int follower = 0; follower < 3; follower++) waking.Count(woken: false);
            Assert.Equal(15, Enumerable.Range(0, 100).TakeWhile(_ => !waking.Pays()).Count());
        }
    }

    [Fact]
    public void When_enough_jobs_followed_the_next_occasion_is_taken()
    {
        var waking = new TeamWaking();
        waking.Count(woken: true);
        for (int follower = 0; follower < 4; follower++)
        {
            Assert.False(waking.Pays());
            waking.Count(woken: false);
        }

        Assert.True(waking.Pays());
    }

    [Fact]
    public void A_job_of_middle_size_is_left_to_its_caller_while_waking_does_not_pay_and_all_its_parts_run_once()
    {
        using var team = new KernelTeam(2);
        int elsewhere = 0, here = Environment.CurrentManagedThreadId;
        for (int repeat = 0; repeat < 64; repeat++)
        {
            SpinWait.SpinUntil(() => team.IsAsleep);
            var job = new Seen { Threads = new int[16] };
            team.WhilePaying.Run(16, ref job);
            Assert.All(job.Threads, thread => Assert.NotEqual(0, thread));
            if (job.Threads.Any(thread => thread != here)) elsewhere++;
        }

        Assert.InRange(elsewhere, 0, 12);
        Assert.Equal(2, team.WhilePaying.Threads);
    }

    private struct Seen : IKernelJob
    {
        public int[] Threads;

        public readonly void Execute(int part)
        {
            Threads[part] = Environment.CurrentManagedThreadId;
            Thread.SpinWait(2000); // until the other thread is there
        }
    }
}
