using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.Memory;

namespace Workspaces.Tests.Planned;

/// <summary>Passes that go on on another thread after an <c>await</c> go on in their plan.</summary>
public sealed class HopTests
{
    public static TheoryData<LifetimePolicy> Lifetimes => new(LifetimePolicy.Released, LifetimePolicy.LastUse);

    [Theory]
    [MemberData(nameof(Lifetimes))]
    public void Ten_thousand_hops_inside_passes_stay_planned(LifetimePolicy lifetimes)
    {
        using var threads = new AlternatingThreads();
        threads.Run(async () =>
        {
            using var planned = new PlannedWorkspace(lifetimes);
            int hops = 0;
            for (int i = 0; i < 210; i++)
            {
                using Pass pass = planned.Workspace.Enter();
                Tensor x = Tensor.Ones([20]).RequireGrad(), y = x;
                for (int k = 0; k < 50; k++)
                {
                    int before = Environment.CurrentManagedThreadId;
                    await Task.Yield();
                    if (Environment.CurrentManagedThreadId != before) hops++;
                    y = y + x;
                }

                y.Sum().Backward();
                await Task.Yield();
                Assert.Equal(51f, x.Grad!.Value.Mean().Item());
            }

            Assert.True(hops >= 10_000);
            planned.AssertPlanned();
            Assert.Equal(0, planned.Workspace.Memory.Allocated);
        });
    }

    [Fact]
    public void Two_flows_that_take_turns_in_one_pass_share_its_plan()
    {
        using var planned = new PlannedWorkspace();
        using SemaphoreSlim mine = new(1), yours = new(0);
        for (int i = 0; i < 40; i++)
        {
            using Pass pass = planned.Workspace.Enter();
            float[] means = new float[2];
            Outside.Join(
                Task.Run(async () => means[0] = await Turns(mine, yours, 2)),
                Task.Run(async () => means[1] = await Turns(yours, mine, 3)));
            Assert.Equal([2f + 25, 3f + 25], means);
        }

        planned.AssertPlanned();
    }

    /// <summary>Both at once and never in the same order: slower at worst, never wrong.</summary>
    [Theory]
    [MemberData(nameof(Lifetimes))]
    public void Two_flows_that_race_in_one_pass_keep_their_bytes(LifetimePolicy lifetimes)
    {
        using var planned = new PlannedWorkspace(lifetimes);
        for (int i = 0; i < 60; i++)
        {
            using Pass pass = planned.Workspace.Enter();
            using var together = new Barrier(2);
            Outside.Join([.. Enumerable.Range(1, 2).Select(start => Task.Factory.StartNew(
                () => Assert.True(Race(together, start)), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))]);
        }

        Assert.Equal(0, planned.Workspace.Memory.Allocated);
    }

    private static async Task<float> Turns(SemaphoreSlim mine, SemaphoreSlim next, float start)
    {
        Tensor x = default;
        for (int k = 0; k <= 25; k++)
        {
            await mine.WaitAsync();
            Tensor more = k == 0 ? Tensor.Full([33], start) : x + 1;
            if (k > 0) x.Dispose();
            x = more;
            next.Release();
        }

        await mine.WaitAsync();
        float mean = x.Mean().Item();
        next.Release();
        return mean;
    }

    private static bool Race(Barrier together, float start)
    {
        together.SignalAndWait();
        Tensor x = Tensor.Full([500], start);
        for (int k = 0; k < 60; k++)
        {
            Tensor more = x + 1;
            x.Dispose();
            x = more;
            if (TensorMemory.Span<float>(x.HeaderOrNull!).IndexOfAnyExcept(start + k + 1) >= 0) return false;
        }

        return true;
    }
}
