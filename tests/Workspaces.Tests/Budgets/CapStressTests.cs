using System.Diagnostics;
using Workspaces.Memory;
using Workspaces.Memory.Budgets;
using static Workspaces.Tests.Budgets.LimitedManager;

namespace Workspaces.Tests.Budgets;

/// <summary>Many threads with random sizes under one limit: it is never passed by a byte, and nothing is lost.</summary>
public sealed class CapStressTests
{
    private const int Threads = 16;
    private const long LimitMebi = 20;
    private const long QuotaMebi = 6;

    [Fact]
    public void Under_sixteen_threads_for_a_second_the_limit_is_never_passed() => Stress(TimeSpan.FromSeconds(1));

    [Fact]
    [Trait("Category", "Slow")]
    public void Under_sixteen_threads_for_ten_seconds_the_limit_is_never_passed() => Stress(TimeSpan.FromSeconds(10));

    private static void Stress(TimeSpan duration)
    {
        using var limited = new LimitedManager(LimitMebi, ("quota", QuotaMebi));
        WorkspaceConfiguration[] names =
        [
            new() { Name = "a" }, new() { Name = "b" }, new() { Name = "quota" }, new() { Name = "capped", MaxSize = 6 * Mebi }, new(),
            new() { Name = "own", WorkspaceMode = WorkspaceMode.None }, new() { Name = "kept", MinSize = Mebi },
        ];
        var clock = Stopwatch.StartNew();
        var worker = new CapStressWorker[Threads];
        var threads = new Thread[Threads];
        for (int i = 0; i < Threads; i++)
        {
            CapStressWorker mine = worker[i] = new CapStressWorker(limited.Manager, names, seed: i);
            threads[i] = new Thread(() => mine.RunUntil(() => clock.Elapsed > duration));
            threads[i].Start();
        }

        long samples = 0, above = 0, quota = 0;
        while (threads.Any(static thread => thread.IsAlive))
        {
            BudgetReport report = limited.Manager.Budget;
            if (report.UsedBytes > LimitMebi * Mebi || limited.Pages.Committed > LimitMebi * Mebi) above++;
            if (report.Holders.Sum(static share => share.UsedBytes) != report.UsedBytes) above++;
            quota = Math.Max(quota, report.Holders.Single(static share => share.Name == "quota").UsedBytes);
            samples++;
            Thread.Yield();
        }

        Assert.Empty(worker.Select(static one => one.Failure).OfType<Exception>());
        Assert.Equal(0, above);
        Assert.InRange(limited.Pages.Peak, LimitMebi * Mebi / 2, LimitMebi * Mebi); // counted at every commit
        Assert.InRange(quota, 0, QuotaMebi * Mebi);
        Assert.True(samples > 10 && worker.All(static one => one.Passes > 0));
        Assert.True(worker.Sum(static one => one.Refused) > 0, "the limit was never met");
        limited.AssertBooksAreTrue();

        Assert.True(limited.Manager.Destroy("kept")); // each of its leases keeps a MiB
        using Workspace last = limited.Manager.Lease(new() { Name = "last" });
        using Pass pass = last.Enter();
        Filled(last, LimitMebi - 1);
    }
}
